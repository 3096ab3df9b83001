"""Where the stand-in's programs come from: found, downloaded with the right checksum, or built."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.standin import binaries
from tests.standin.binaries import BINARIES, Binary, BinaryError, cache_directory, find, minor, provide
from tests.standin.downloads import CHECKSUMS, DownloadError, download
from tests.support.until import until

HELM = next(binary for binary in BINARIES if binary.name == "helm")
PROGRAM = b"#!/bin/sh\necho v3.21.4\n"


def _archive(member: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as files:
        information = tarfile.TarInfo(member)
        information.size = len(content)
        files.addfile(information, io.BytesIO(content))
    return packed.getvalue()


ARCHIVE = _archive("linux-amd64/helm", PROGRAM)
SERVED = {
    "/helm.tar.gz": ARCHIVE,
    "/kubectl": PROGRAM,
    "/kubectl.sha256": hashlib.sha256(PROGRAM).hexdigest().encode(),
    "/sums": f"{hashlib.sha256(PROGRAM).hexdigest()}  kubectl\n{'0' * 64}  other\n".encode(),
    "/wrong.sha256": b"0" * 64,
}


@pytest.fixture
def release_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A release server of our own in place of the official ones."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = SERVED.get(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("STANDIN_DOWNLOADS", f"http://127.0.0.1:{server.server_port}")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty cache, an empty PATH and no release server; returns PATH's only directory."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("STANDIN_DOWNLOADS", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return programs


def _program(path: Path, output: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{output}'\n")
    path.chmod(0o755)
    return path


def _release(**more: str) -> dict[str, Any]:
    return {"helm": {"amd64": {"url": "https://get.helm.sh/helm.tar.gz", "member": "linux-amd64/helm", **more}}}


def test_a_download_with_the_right_checksum_is_installed(release_server: str, tmp_path: Path) -> None:
    checksum = f"sha256:{hashlib.sha256(ARCHIVE).hexdigest()}"
    installed = download("helm", "amd64", tmp_path / "cache", _release(checksum=checksum))
    assert installed.read_bytes() == PROGRAM
    assert installed.stat().st_mode & 0o777 == 0o755


def test_a_download_with_a_wrong_checksum_is_refused(release_server: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="has another sha256 checksum than 0+: it is refused"):
        download("helm", "amd64", tmp_path / "cache", _release(checksum=f"sha256:{'0' * 64}"))
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("published", ["/kubectl.sha256", "/sums"])
def test_a_published_checksum_is_read(release_server: str, tmp_path: Path, published: str) -> None:
    table = {"kubectl": {"amd64": {"url": "https://dl.k8s.io/kubectl", "checksum_url": f"https://dl.k8s.io{published}"}}}
    assert download("kubectl", "amd64", tmp_path, table).read_bytes() == PROGRAM


def test_a_published_checksum_that_differs_is_refused(release_server: str, tmp_path: Path) -> None:
    table = {"kubectl": {"amd64": {"url": "https://dl.k8s.io/kubectl", "checksum_url": "https://dl.k8s.io/wrong.sha256"}}}
    with pytest.raises(DownloadError, match="it is refused"):
        download("kubectl", "amd64", tmp_path, table)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_release_is_reported(release_server: str, tmp_path: Path) -> None:
    table = {"kubectl": {"amd64": {"url": "https://dl.k8s.io/missing", "checksum": f"sha256:{'0' * 64}"}}}
    with pytest.raises(DownloadError, match="cannot be downloaded .*404") as refused:
        download("kubectl", "amd64", tmp_path, table)
    assert refused.value.other_worth_trying


def test_a_server_that_cannot_be_reached_is_reported(nothing_here: Path, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="cannot be reached") as refused:
        download("helm", "amd64", tmp_path)
    assert not refused.value.other_worth_trying


def test_every_release_names_the_version_that_is_desired() -> None:
    versions = {binary.name: binary.version for binary in BINARIES}
    releases = yaml.safe_load(CHECKSUMS.read_text())
    assert set(releases) <= set(versions)
    for name, architectures in releases.items():
        assert set(architectures) == {"amd64", "arm64"}
        for architecture, release in architectures.items():
            assert f"v{versions[name]}" in release["url"]
            assert architecture in release["url"]
            assert release["url"].startswith("https://")
            assert ("checksum" in release) != ("checksum_url" in release)


def test_every_go_module_has_the_version_that_is_desired() -> None:
    modules = {"etcd": "go.etcd.io/etcd/server/v3", "helm": "helm.sh/helm/v3", "kwok": "sigs.k8s.io/kwok"}
    for binary in BINARIES:
        required = (binaries.TOOLS / binary.module / "go.mod").read_text()
        assert f"{modules.get(binary.name, 'k8s.io/kubernetes')} v{binary.version}" in required


def test_assets_take_precedence_over_path_and_cache(nothing_here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached = _program(cache_directory() / "helm", "v3.21.4")
    assert find(HELM) == (cached, "cache")
    on_path = _program(nothing_here / "helm", "v3.21.9+g123")
    assert find(HELM) == (on_path, "PATH")
    asset = _program(tmp_path / "assets" / "helm", "anything")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path / "assets"))
    assert find(HELM) == (asset, "KUBEBUILDER_ASSETS")


@pytest.mark.parametrize("output", ["v4.0.1", "v3.20.2", "no version"])
def test_a_program_of_another_minor_version_is_left_on_the_path(nothing_here: Path, output: str) -> None:
    _program(nothing_here / "helm", output)
    assert find(HELM) is None


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("Kubernetes v1.35.4", "1.35"),
        ("etcd Version: 3.6.5\nGit SHA: x", "3.6"),
        ("kwok version v0.7.0 go1.26.8 (linux/amd64)", "0.7"),
        ("", ""),
    ],
)
def test_the_minor_version_is_read_from_a_programs_output(output: str, expected: str) -> None:
    assert minor(output) == expected


def test_a_program_that_cannot_be_provided_is_reported_with_its_remedy(nothing_here: Path, tmp_path: Path) -> None:
    with pytest.raises(BinaryError, match="etcd 3.6.5 is missing.*install Go 1.26 or later, or set KUBEBUILDER_ASSETS"):
        provide(tmp_path / "bin", lambda line: None)


def _compiler(programs: Path, calls: Path, before: str = "") -> None:
    """A compiler that only notes how it is called, and makes empty programs."""
    go = programs / "go"
    go.write_text(
        "#!/bin/sh\n"
        f'echo "$PWD $GOTOOLCHAIN $GOFLAGS $*" >> {calls}\n{before}\n'
        'while [ "$1" != -o ]; do shift; done; printf "#!/bin/sh\\n" > "$2"; /bin/chmod 755 "$2"\n'
    )
    go.chmod(0o755)


def test_concurrent_runs_build_each_program_once(nothing_here: Path, tmp_path: Path) -> None:
    calls, built = tmp_path / "calls", tmp_path / "built"
    os.mkfifo(built)
    _compiler(nothing_here, calls, f"[ -e {calls}.quick ] || read line < {built}")
    lines: dict[str, list[str]] = {"first": [], "second": []}
    with ThreadPoolExecutor() as pool:
        first = pool.submit(provide, tmp_path / "first", lines["first"].append)
        until(calls.exists, 20, "the first one builds")
        second = pool.submit(provide, tmp_path / "second", lines["second"].append)
        until(lambda: lines["second"], 20, "the second one says something")
        Path(f"{calls}.quick").touch()
        built.write_text("go on\n")
        directories = [first.result(20), second.result(20)]
    assert "another process downloads or builds the programs" in lines["second"][0]
    assert lines["second"][1].startswith("binaries from cache: etcd,")
    assert len(calls.read_text().splitlines()) == len(BINARIES)
    assert all(os.access(directory / binary.name, os.X_OK) for directory in directories for binary in BINARIES)


def test_programs_that_cannot_be_downloaded_are_built(nothing_here: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    _compiler(nothing_here, calls)
    lines: list[str] = []
    directory = provide(tmp_path / "bin", lines.append)
    assert {link.name for link in directory.iterdir()} == {binary.name for binary in BINARIES}
    assert all(link.resolve().parent == cache_directory() for link in directory.iterdir())
    assert len([line for line in lines if "cannot be reached" in line]) == 1
    assert any(line.startswith("  etcd") and "built in" in line for line in lines)
    assert str(cache_directory()) in lines[-1]
    called = calls.read_text()
    assert "local -mod=readonly -buildvcs=false" in called
    assert "-X k8s.io/component-base/version.gitVersion=v1.35.4" in called


def test_a_failed_build_shows_the_compiler_output(nothing_here: Path, tmp_path: Path) -> None:
    go = nothing_here / "go"
    go.write_text("#!/bin/sh\necho 'the package is broken' >&2\nexit 1\n")
    go.chmod(0o755)
    with pytest.raises(BinaryError, match="(?s)go build of etcd 3.6.5 failed.*the package is broken"):
        provide(tmp_path / "bin", lambda line: None)
    assert not any(cache_directory().glob("*etcd*"))
    assert not any(cache_directory().glob(".etcd*"))


def test_cached_programs_are_reused(nothing_here: Path, tmp_path: Path) -> None:
    for binary in BINARIES:
        _program(cache_directory() / binary.name, binary.version)
    lines: list[str] = []
    provide(tmp_path / "bin", lines.append)
    assert lines[0].startswith("binaries from cache: etcd,")


def test_versions_are_part_of_the_caches_name(nothing_here: Path) -> None:
    assert all(binary.version in cache_directory().name for binary in BINARIES)
    assert isinstance(BINARIES[0], Binary)
