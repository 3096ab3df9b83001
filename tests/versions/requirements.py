"""Pins all requirements anew, with hashes: `python -m tests.versions.requirements`, or `make requirements`."""

from __future__ import annotations

import subprocess

from tests.support.standin import ROOT

from .installed import ANY_PYTHON, REQUIREMENTS
from .matrix import PYTHONS

#: what make installs, and the oldest Python that it runs on
MADE, OLDEST_PYTHON = ("installer", "development", "sanity", "importer", "site"), "3.11"


def pin(name: str, python: str, *arguments: str) -> None:
    """Write requirements/NAME.txt from requirements/NAME.in, for a minor version of Python."""
    command = ["uv", "pip", "compile", "--quiet", "--python-version", python, "--generate-hashes", *arguments]
    subprocess.run([*command, f"requirements/{name}.in", "-o", f"requirements/{name}.txt"], cwd=ROOT, check=True)


def main() -> None:
    for name in MADE:
        pin(name, OLDEST_PYTHON)
    for core, python in PYTHONS.items():
        pin(f"{REQUIREMENTS.name}/core-{core}", python)
    for path in sorted(REQUIREMENTS.glob("ansible-*.in")):
        pin(f"{REQUIREMENTS.name}/{path.stem}", ANY_PYTHON, "--no-deps")


if __name__ == "__main__":
    main()
