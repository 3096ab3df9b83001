"""Official releases of the stand-in's programs, installed only when their checksum is right.

`tools/checksums.yml` says where each is and what it must be. STANDIN_DOWNLOADS is another base URL for all of them (a mirror, or a
test's server): the path behind a release's host stays.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import urllib.parse
from pathlib import Path
from typing import Any

import requests
import yaml

CHECKSUMS = Path(__file__).parent / "tools" / "checksums.yml"
CONNECT_SECONDS, READ_SECONDS = 3, 60


class DownloadError(Exception):
    """Why a program was not downloaded. `other_worth_trying`: whether other downloads may work nevertheless."""

    def __init__(self, message: str, other_worth_trying: bool) -> None:
        super().__init__(message)
        self.other_worth_trying = other_worth_trying


def download(name: str, architecture: str, directory: Path, table: dict[str, Any] | None = None) -> Path:
    """Downloads one program into the directory; DownloadError, and nothing there, when its checksum is wrong or it cannot be had.

    table: what `tools/checksums.yml` has, for tests.
    """
    release = (table or yaml.safe_load(CHECKSUMS.read_text())).get(name, {}).get(architecture)
    if release is None:
        raise DownloadError(f"{name} has no release with a checksum that is known", other_worth_trying=True)
    url = _url(release["url"])
    expected = release.get("checksum") or _published(url, release["checksum_url"])
    content = _get(url)
    algorithm, digest = expected.split(":")
    if hashlib.new(algorithm, content).hexdigest() != digest:
        raise DownloadError(f"{url} has another {algorithm} checksum than {digest}: it is refused", other_worth_trying=True)
    if "member" in release:
        content = _member(content, release["member"], url)
    directory.mkdir(parents=True, exist_ok=True)
    unfinished = directory / f".{name}.{os.getpid()}"
    unfinished.write_bytes(content)
    unfinished.chmod(0o755)
    return unfinished.replace(directory / name)


def _url(official: str) -> str:
    base = os.environ.get("STANDIN_DOWNLOADS")
    return base.rstrip("/") + urllib.parse.urlsplit(official).path if base else official


def _published(url: str, checksum_url: str) -> str:
    """The checksum in the file that the release publishes: the digest alone, or `digest  file name` lines."""
    file_name = url.rsplit("/", 1)[1]
    lines = [line.split() for line in _get(_url(checksum_url)).decode().splitlines() if line.strip()]
    digests = [words[0] for words in lines if len(words) == 1 or words[1].lstrip("*").rsplit("/", 1)[-1] == file_name]
    if len(digests) != 1:
        raise DownloadError(f"{_url(checksum_url)} has no checksum of {file_name}", other_worth_trying=True)
    return {64: "sha256:", 128: "sha512:"}.get(len(digests[0]), "unknown:") + digests[0]


def _get(url: str) -> bytes:
    try:
        answer = requests.get(url, timeout=(CONNECT_SECONDS, READ_SECONDS))
        answer.raise_for_status()
        return answer.content
    except requests.ConnectionError as error:
        host = urllib.parse.urlsplit(url).netloc
        raise DownloadError(f"{host} cannot be reached", other_worth_trying=False) from error
    except requests.RequestException as error:
        raise DownloadError(f"{url} cannot be downloaded ({error})", other_worth_trying=True) from error


def _member(archive: bytes, member: str, url: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        try:
            content = files.extractfile(member)
        except KeyError as error:
            raise DownloadError(f"{url} has no {member}", other_worth_trying=True) from error
        if content is None:
            raise DownloadError(f"{member} of {url} is no file", other_worth_trying=True)
        return content.read()
