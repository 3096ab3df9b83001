# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Starting helm: its own environment, no token in arguments or files, and its errors in one sentence."""

from __future__ import annotations

import ctypes
import functools
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .._errors import PlatformError
from .._kubernetes.client import KubernetesClient

#: helm's own waits (hooks, deletion) end before the token does
LONGEST_SECONDS = 12 * 60
LONGEST_MESSAGE = 1500
SET_PARENT_DEATH_SIGNAL = 1

MAJORS = (3, 4)
#: of helm 3: the first with --take-ownership
OLDEST = (3, 17)
VERSION = re.compile(r"v([0-9]+)\.([0-9]+)\b")
GET_HELM = "install it from https://helm.sh/docs/intro/install/ (the execution environment includes it)."


@dataclass(frozen=True)
class Binary:
    """A helm of a version that this collection knows."""

    path: str
    major: int


def find_helm(search_path: str | None = None) -> Binary:
    """The helm on this PATH, or on that of this process; raises PlatformError when there is none of a version that is known."""
    found = shutil.which("helm", path=search_path)
    if found is None:
        raise PlatformError(f"helm 3 or 4 is required, but was not found on the PATH: {GET_HELM}")
    version = _version(found)
    numbers = VERSION.match(version)
    major, minor = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    if major not in MAJORS or (major, minor) < OLDEST:
        raise PlatformError(
            f"helm {OLDEST[0]}.{OLDEST[1]} or newer, or helm 4, is required, but {found} is {version or 'not helm'}: {GET_HELM}"
        )
    return Binary(found, major)


def _version(path: str) -> str:
    state = os.stat(path)
    return _asked_version(path, state.st_size, state.st_mtime_ns)


@functools.cache
def _asked_version(path: str, _size: int, _changed: int) -> str:
    """Ask the binary once while it stays the same; the workers know what the controller has asked."""
    asked = subprocess.run([path, "version", "--template", "{{ .Version }}"], capture_output=True, check=False, text=True)
    return asked.stdout.strip()


#: beginnings of lines that are helm's log and not its error; helm 4 logs whole errors before it tells them
LOGGED = ("WARNING:", "coalesce.go", "I0", "W0", "walk.go", "level=")


class HelmError(PlatformError):
    """helm ended with an error."""


class Helm:
    """The helm binary against one cluster; client None: only what needs no cluster.

    directory: private and temporary; before_change: raises when nothing may be changed.
    """

    def __init__(self, client: KubernetesClient | None, directory: Path, before_change: Callable[[str], None]) -> None:
        self._client = client
        self._directory = directory
        self._before_change = before_change
        self._binary: Binary | None = None

    def run(self, *arguments: str, values: str | None = None, changes: bool = False) -> str:
        """What helm prints; values is given to its standard input (--values -)."""
        if changes:
            self._before_change(f"helm {arguments[0]}")
        return self._start([self.binary.path, *arguments], values)

    @property
    def binary(self) -> Binary:
        if self._binary is None:
            self._binary = find_helm()
        return self._binary

    @property
    def client_side(self) -> list[str]:
        """Arguments by which helm 4 changes objects as helm 3 does: by a patch of what differs, whoever wrote the field last.

        Its own way, server-side apply, stops at each field of another manager, and refuses charts that helm 3 installs.
        """
        return ["--server-side=false"] if self.binary.major > 3 else []

    @property
    def wait_until_gone(self) -> str:
        """The argument by which `helm uninstall` waits for all objects. helm 4's own way ends early: it takes an object that it has
        not seen yet for one that is gone.
        """
        return "--wait=legacy" if self.binary.major > 3 else "--wait"

    @property
    def with_cluster(self) -> list[str]:
        """Arguments of `helm template` that let the chart see the cluster, and the cluster see what it renders."""
        return ["--dry-run=server"] if self.binary.major > 3 else ["--validate", "--dry-run=server"]

    def _start(self, command: list[str], values: str | None = None) -> str:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=self._directory,
            env=self._environment(),
            preexec_fn=end_with_parent(),  # noqa: PLW1509  one call of the C library, loaded before
        )
        try:
            output, errors = process.communicate(values, timeout=LONGEST_SECONDS + 60)
        except subprocess.TimeoutExpired as error:
            process.terminate()  # helm then marks the release as failed
            process.communicate()
            raise HelmError(f"helm {command[1]} did not finish within {LONGEST_SECONDS + 60} seconds.") from error
        if process.returncode:
            raise HelmError(error_text(errors or output) or f"helm {command[1]} ended with {process.returncode}.")
        return output

    def _environment(self) -> dict[str, str]:
        home = str(self._directory)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HELM_", "KUBE"))}
        if "HELM_REGISTRY_CONFIG" in os.environ:
            kept["HELM_REGISTRY_CONFIG"] = os.environ["HELM_REGISTRY_CONFIG"]
        kept |= {"HELM_CACHE_HOME": home, "HELM_CONFIG_HOME": home, "HELM_DATA_HOME": home, "KUBECONFIG": f"{home}/no-kubeconfig"}
        return kept | (self._access() if self._client else {})

    def _access(self) -> dict[str, str]:
        if self._client is None:
            raise AssertionError
        authority = self._directory / "certificate-authority.pem"
        if not authority.exists():
            authority.write_text(self._client.certificate_authority, encoding="ascii")
        if self._client.tokens.seconds_left() < LONGEST_SECONDS:
            self._client.tokens.renew()
        return {
            "HELM_KUBEAPISERVER": self._client.endpoint,
            "HELM_KUBECAFILE": str(authority),
            "HELM_KUBETOKEN": self._client.tokens.token(),
        }


def end_with_parent() -> Callable[[], None] | None:
    """What a child process calls so that it is ended when its parent is killed; None where there is no such thing."""
    try:
        library = ctypes.CDLL(None)
        prctl = library.prctl
    except (OSError, AttributeError):
        return None

    def call() -> None:
        with suppress(Exception):
            prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)

    return call


def error_text(text: str) -> str:
    """helm's message, without the whole objects (Secrets, too) that it repeats in it."""
    lines = [line for line in text.strip().splitlines() if not line.startswith(LOGGED)]
    words = " ".join(lines).removeprefix("Error: ")
    words = re.sub(r'Invalid value: "\{.*?\}": ', "", words)
    return words if len(words) <= LONGEST_MESSAGE else f"{words[:LONGEST_MESSAGE]}…"


def timeout_argument(seconds: float) -> str:
    return f"--timeout={int(max(1, min(seconds, LONGEST_SECONDS)))}s"
