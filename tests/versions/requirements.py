"""Pins the requirements of all releases anew, with hashes: `python -m tests.versions.requirements`, as a part of `make requirements`."""

from __future__ import annotations

import subprocess

from tests.support.standin import ROOT

from .installed import ANY_PYTHON, REQUIREMENTS
from .matrix import PYTHONS


def pin(name: str, python: str, *arguments: str) -> None:
    place = REQUIREMENTS.relative_to(ROOT)
    command = ["uv", "pip", "compile", "--quiet", "--python-version", python, "--generate-hashes", *arguments]
    subprocess.run([*command, f"{place}/{name}.in", "--output-file", f"{place}/{name}.txt"], cwd=ROOT, check=True)


def main() -> None:
    for core, python in PYTHONS.items():
        pin(f"core-{core}", python)
    for path in sorted(REQUIREMENTS.glob("ansible-*.in")):
        pin(path.stem, ANY_PYTHON, "--no-deps")


if __name__ == "__main__":
    main()
