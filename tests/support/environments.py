"""Virtual environments of pinned requirements, each created again when its requirements have changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.standin import ROOT

REQUIREMENTS = ROOT / "requirements"
STAMP = "requirements.sha256"


def provide(directory: Path, requirements: Path, python: str = sys.executable) -> Path:
    """The virtual environment in this directory, of this Python, with what this file of requirements pins."""
    if not is_current(directory, requirements):
        shutil.rmtree(directory, ignore_errors=True)
        uv("venv", "--quiet", "--python", python, str(directory))
        _install(directory / "bin" / "python", requirements)
        mark(directory, requirements)
    return directory


def pinned(requirements: Path) -> list[str]:
    """Arguments of an installer: exactly these versions, whose hashes must match."""
    return ["--no-deps", "--require-hashes", "-r", str(requirements)]


def uv(*arguments: str) -> None:
    settings = {**os.environ, "UV_CACHE_DIR": str(ROOT / ".cache" / "uv")}
    subprocess.run(["uv", *arguments], cwd=ROOT, env=settings, check=True)


def is_current(directory: Path, requirements: Path) -> bool:
    """Whether the directory was installed from the requirements as they are now."""
    stamp = directory / STAMP
    return stamp.exists() and stamp.read_text(encoding="utf-8") == _digest(requirements)


def mark(directory: Path, requirements: Path) -> None:
    """Record the requirements that the directory was installed from."""
    (directory / STAMP).write_text(_digest(requirements), encoding="utf-8")


def _install(python: Path, requirements: Path) -> None:
    try:
        uv("pip", "install", "--quiet", "--python", str(python), *pinned(requirements))
    except subprocess.CalledProcessError:
        print("Trying pip, which may be configured to use a mirror", flush=True)
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *pinned(requirements)], cwd=ROOT, check=True)


def _digest(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()
