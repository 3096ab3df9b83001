# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which chart is meant, what it is called, and the digest that tells a changed local chart."""

from __future__ import annotations

import hashlib
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._errors import PlatformError

with suppress(ImportError):  # ansible-core needs it
    import yaml

DIGEST_LENGTH = 32


@dataclass(frozen=True)
class Chart:
    """A chart as the user names it.

    reference: an absolute path, a name in the repository, or an oci:// URL; digest: of a local chart's files, else empty.
    """

    reference: str
    repository: str | None = None
    version: str | None = None
    digest: str = ""

    @property
    def local(self) -> bool:
        return bool(self.digest)

    @property
    def place(self) -> str:
        return self.repository or self.reference


def find_chart(reference: str, repository: str | None, version: str | None) -> Chart:
    """The chart meant by the module's options; raises PlatformError, in one sentence, when they do not name one."""
    remote = bool(repository) or reference.startswith("oci://")
    if repository and reference.startswith("oci://"):
        raise PlatformError("chart is an oci:// URL, so repository must not be set.")
    if remote and not version:
        raise PlatformError(
            f"version is required for the chart {reference}, for example version: 1.2.3: a "
            "release must not change because a newer chart was published."
        )
    if remote:
        return Chart(reference, repository, version)
    path = Path(reference)
    if not path.is_absolute() or not path.exists():
        raise PlatformError(
            f"chart {reference} is not the absolute path of a chart on this machine; for a chart in a repository, set repository, "
            "for example repository: https://charts.example.com."
        )
    if version:
        raise PlatformError("version is only for charts in a repository; the version of a local chart is in its Chart.yaml.")
    if path.is_dir() and not (path / "Chart.yaml").is_file():
        raise PlatformError(f"{reference} contains no Chart.yaml, so it is not a chart.")
    return Chart(str(path), digest=digest(path))


def chart_name(reference: str) -> str:
    """The name of a chart, from a reference of any kind."""
    path = Path(reference)
    return str(read_metadata(path)["name"]) if path.is_absolute() and path.exists() else reference.rstrip("/").rsplit("/", 1)[-1]


def digest(path: Path) -> str:
    """Characters that stand for all files of a local chart, their names and contents; fit for a label."""
    found = hashlib.sha256()
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    for file in files:
        name = file.relative_to(path).as_posix() if path.is_dir() else "archive"
        content = file.read_bytes()
        found.update(f"{len(name)} {len(content)} {name}\n".encode())
        found.update(content)
    return found.hexdigest()[:DIGEST_LENGTH]


def read_metadata(path: Path) -> dict[str, Any]:
    """What Chart.yaml says, of a directory or an archive."""
    try:
        text = (path / "Chart.yaml").read_text(encoding="utf-8") if path.is_dir() else _from_archive(path)
        content = yaml.safe_load(text)
        return {"name": content["name"], "version": str(content["version"]), "appVersion": str(content.get("appVersion") or "")}
    except (OSError, tarfile.TarError, yaml.YAMLError, KeyError, TypeError) as error:
        raise PlatformError(f"{path.name} has no readable Chart.yaml with name and version: {error}") from error


def _from_archive(path: Path) -> str:
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            if member.name.count("/") == 1 and member.name.endswith("/Chart.yaml"):
                file = archive.extractfile(member)
                if file is not None:
                    return file.read().decode()
    raise PlatformError(f"{path.name} contains no Chart.yaml, so it is not a chart.")
