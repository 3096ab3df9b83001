"""The programs of the stand-in: found, downloaded or built, and gathered in one directory.

Each is looked for in $KUBEBUILDER_ASSETS, on PATH, and in the cache ($XDG_CACHE_HOME or ~/.cache, opta-platform/binaries/VERSIONS);
what is missing is downloaded from its official release (see downloads.py), else built with Go from the go.mod files under tools/.

    python -m tests.standin.binaries [--directory DIR]    says where each comes from; makes links to all of them in DIR
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.standin.downloads import DownloadError, download

TOOLS = Path(__file__).parent / "tools"
KUBERNETES, ETCD, HELM, KWOK = "1.35.4", "3.6.5", "3.21.4", "0.7.0"
VERSION_PACKAGE = "k8s.io/component-base/version"  # without these the API server says v0.0.0-master, and charts' kubeVersion rules fail
KUBERNETES_FLAGS = " ".join(
    f"-X {VERSION_PACKAGE}.{name}={value}"
    for name, value in (
        ("gitVersion", f"v{KUBERNETES}"),
        ("gitMajor", "1"),
        ("gitMinor", "35"),
        ("gitTreeState", "clean"),
    )
)
Report = Callable[[str], None]


class BinaryError(Exception):
    """A program that cannot be had, with what was tried."""


@dataclass(frozen=True)
class Binary:
    """A program: its version; the arguments that print it; how Go makes it (folder under tools/, package, linker flags)."""

    name: str
    version: str
    version_arguments: tuple[str, ...]
    module: str
    package: str
    linker_flags: str = ""


BINARIES = (
    Binary("etcd", ETCD, ("--version",), "kubernetes", "go.etcd.io/etcd/server/v3"),
    *(
        Binary(name, KUBERNETES, ("--version",), "kubernetes", f"k8s.io/kubernetes/cmd/{name}", KUBERNETES_FLAGS)
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    ),
    Binary("kubectl", KUBERNETES, ("version", "--client"), "kubernetes", "k8s.io/kubernetes/cmd/kubectl", KUBERNETES_FLAGS),
    Binary(
        "helm", HELM, ("version", "--short"), "helm", "helm.sh/helm/v3/cmd/helm", f"-X helm.sh/helm/v3/internal/version.version=v{HELM}"
    ),
    Binary("kwok", KWOK, ("--version",), "kwok", "sigs.k8s.io/kwok/cmd/kwok"),
)


def architecture() -> str:
    """This machine's architecture in Go's words. BinaryError when it is neither amd64 nor arm64, or not Linux."""
    known = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
    if sys.platform != "linux" or platform.machine() not in known:
        raise BinaryError(f"the stand-in runs on Linux with amd64 or arm64 only, this is {sys.platform} on {platform.machine()}")
    return known[platform.machine()]


def cache_directory() -> Path:
    """Where downloaded and built programs are kept: another set of versions is another directory."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    versions = f"kubernetes-{KUBERNETES}-etcd-{ETCD}-helm-{HELM}-kwok-{KWOK}-linux-{architecture()}"
    return base / "opta-platform" / "binaries" / versions


def minor(version: str) -> str:
    """The major and minor version in a program's output: `1.35` of `Kubernetes v1.35.4`; empty without a version."""
    found = re.search(r"(\d+\.\d+)\.\d+", version)
    return found[1] if found else ""


def find(binary: Binary) -> tuple[Path, str] | None:
    """A program that is there already, and where: in KUBEBUILDER_ASSETS, on PATH (same minor version only), in the cache."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets and os.access(Path(assets) / binary.name, os.X_OK):
        return (Path(assets) / binary.name).resolve(), "KUBEBUILDER_ASSETS"
    on_path = shutil.which(binary.name)
    if on_path and _version_fits(binary, on_path):
        return Path(on_path).resolve(), "PATH"
    cached = cache_directory() / binary.name
    return (cached, "cache") if os.access(cached, os.X_OK) else None


def _version_fits(binary: Binary, path: str) -> bool:
    try:
        answer = subprocess.run([path, *binary.version_arguments], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return minor(answer.stdout) == minor(binary.version)


def build(binary: Binary, report: Report, directory: Path | None = None) -> Path:
    """Builds a program with Go into the cache, or another directory. BinaryError without Go, or with the compiler's own words."""
    go = shutil.which("go")
    if go is None:
        raise BinaryError(
            f"{binary.name} {binary.version} is missing: it is neither on PATH nor in the cache, could not be downloaded, and there is no"
            " Go to build it; install Go 1.26 or later, or set KUBEBUILDER_ASSETS to a folder that has it"
        )
    target = (directory or cache_directory()) / binary.name
    target.parent.mkdir(parents=True, exist_ok=True)
    report(f"  {binary.name:<24} go build (minutes when nothing is compiled yet) ...")
    begun = time.monotonic()
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false", "CGO_ENABLED": "0"}
    unfinished = target.with_name(f".{binary.name}.{os.getpid()}")
    command = [go, "build", f"-ldflags=-s -w {binary.linker_flags}".strip(), "-o", str(unfinished), binary.package]
    try:
        answer = subprocess.run(command, cwd=TOOLS / binary.module, env=environment, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            raise BinaryError(f"go build of {binary.name} {binary.version} failed:\n{answer.stderr[-3000:]}")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    report(f"  {binary.name:<24} built in {time.monotonic() - begun:.0f} s")
    return target


def provide(directory: Path, report: Report = print) -> Path:
    """Makes links to all programs in a directory and returns it; downloads or builds what is missing.

    Raises BinaryError with what is missing and what can be done.
    """
    found = {binary.name: find(binary) for binary in BINARIES}
    if None in found.values():
        with locked(cache_directory(), report):
            found = {binary.name: find(binary) for binary in BINARIES}  # another process may have made them meanwhile
            found.update(_made([binary for binary in BINARIES if found[binary.name] is None], report))
    places = {name: place for name, place in found.items() if place is not None}
    directory.mkdir(parents=True, exist_ok=True)
    for name, (path, _origin) in places.items():
        link = directory / name
        link.unlink(missing_ok=True)
        link.symlink_to(path)
    origins: dict[str, list[str]] = {}
    for name, (_path, origin) in places.items():
        origins.setdefault(origin, []).append(name)
    for origin, names in origins.items():
        report(f"binaries from {origin}: {', '.join(names)}")
    report(f"binaries' cache: {cache_directory()}")
    return directory


@contextlib.contextmanager
def locked(directory: Path, report: Report) -> Iterator[None]:
    """One process at a time downloads or builds into a directory; the lock ends with its process."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report(f"another process downloads or builds the programs in {directory}; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _made(missing: Sequence[Binary], report: Report) -> dict[str, tuple[Path, str]]:
    """Downloads or builds programs; where each is, and which of the two was done."""
    made: dict[str, tuple[Path, str]] = {}
    if missing:
        report(f"missing: {', '.join(binary.name for binary in missing)}; they go into {cache_directory()}")
    release_reachable = True
    for binary in missing:
        if release_reachable:
            try:
                made[binary.name] = download(binary.name, architecture(), cache_directory()), "downloaded"
                report(f"  {binary.name:<24} downloaded, checksum right")
                continue
            except DownloadError as error:
                report(f"  {error}; building with Go instead")
                release_reachable = error.other_worth_trying
        made[binary.name] = build(binary, report), "built"
    return made


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.standin.binaries", description="Provides the programs of the stand-in.")
    parser.add_argument("--directory", type=Path, help="where to make links to them (default: bin in the cache)")
    options = parser.parse_args()
    try:
        print(provide(options.directory or cache_directory() / "bin"))
    except BinaryError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
