"""Mounted Secrets and ConfigMaps, as the kubelet writes them. Standard library alone: it also runs inside of a container."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path


def write(directory: Path, content: Mapping[str, str]) -> None:
    """Bring a mounted directory to this content, base64 by the name of the file: all files change at once, with the link ..data.

    Source: kubernetes 1.35, pkg/volume/util/atomic_writer.go.
    """
    directory.mkdir(parents=True, exist_ok=True)
    version = directory / f"..{sum(1 for _ in directory.glob('..[0-9]*'))}"
    version.mkdir()
    for name, encoded in content.items():
        (version / name).write_bytes(base64.b64decode(encoded))
    link = directory / "..data_tmp"
    link.symlink_to(version.name)
    link.rename(directory / "..data")
    for name in content:
        if not (directory / name).is_symlink():
            (directory / name).symlink_to(f"..data/{name}")
