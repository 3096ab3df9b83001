"""Where a password could show: its forms, what files hold for a moment, and what Helm keeps of a release."""

from __future__ import annotations

import base64
import gzip
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

LOOK_SECONDS = 0.02


def forms(password: str) -> set[str]:
    """The password plain, within a URL and within JSON, and each of these within base64, wherever it begins there."""
    plain = {password, quote(password), quote(password, safe=""), json.dumps(password)[1:-1]}
    return plain | {_within_base64(form.encode(), before) for form in plain for before in range(3)}


def _within_base64(content: bytes, before: int) -> str:
    """The characters that do not depend on what stands around; before: how many bytes do, of a group of three."""
    encoded = base64.b64encode(bytes(before) + content).decode().rstrip("=")
    first, last = -(-before * 8 // 6), (before + len(content)) * 8 // 6
    return encoded[first:last]


def shown(passwords: Iterable[str], texts: Mapping[str, str]) -> list[str]:
    """The names of the texts that hold one of the passwords in some form."""
    looked_for = {form for password in passwords for form in forms(password)}
    return sorted(name for name, text in texts.items() if any(form in text for form in looked_for))


def releases(secrets: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What Helm's own Secrets say, unpacked, by their names."""
    found = {}
    for secret in secrets:
        if secret["type"] == "helm.sh/release.v1":
            packed = base64.b64decode(base64.b64decode(secret["data"]["release"]))
            found[f"helm release {secret['metadata']['name']}"] = gzip.decompress(packed).decode()
    return found


@contextmanager
def watched(directory: Path, held: dict[str, str]) -> Iterator[None]:
    """Gather all that the files below a directory hold, by their paths, also of those that are there for a moment only."""
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(directory, held, ended))
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _watch(directory: Path, held: dict[str, str], ended: threading.Event) -> None:
    known: set[tuple[str, int, int]] = set()
    while not ended.wait(LOOK_SECONDS):
        for path in (Path(place) / name for place, _directories, names in os.walk(directory) for name in names):
            try:
                state = path.stat()
                version = (str(path), state.st_mtime_ns, state.st_size)
                if path.is_file() and version not in known:
                    held[str(path)] = held.get(str(path), "") + path.read_text(errors="replace")
                    known.add(version)
            except OSError:
                continue
