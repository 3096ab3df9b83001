"""docs/long-tests.yml: how the tests ended last that are too long for `make test`, and with which versions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.standin import binaries
from tests.support.standin import ROOT

PATH = ROOT / "docs" / "long-tests.yml"
HEADING = """---
# The last good run of each of the long tests, written by themselves: make test-kill and its like. A contract fails once another version
# is pinned than the one with which they ran.
"""
#: of the requirements
PACKAGES = ("ansible-core", "boto3", "kubernetes", "moto")


@dataclass
class Result:
    """date: YYYY-MM-DD. result: what pytest says in its closing line. versions: by name."""

    date: str
    result: str
    versions: dict[str, str]


def pinned() -> dict[str, str]:
    """The versions that the tests run with, by name."""
    requirements = (ROOT / "requirements" / "development.txt").read_text(encoding="utf-8")
    found = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", requirements, re.MULTILINE))
    programs = {binary.name: binary.version for binary in binaries.BINARIES}
    return {name: found[name] for name in PACKAGES} | dict(sorted(programs.items()))


def read(path: Path = PATH) -> dict[str, Result]:
    """The results by the name of the make target."""
    content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    return {target: Result(**result) for target, result in (content or {}).items()}


def record(target: str, result: Result, path: Path = PATH) -> None:
    """Write the result of one target, beside those of the others."""
    results: Mapping[str, Result] = {**read(path), target: result}
    content = {name: vars(results[name]) for name in sorted(results)}
    path.write_text(HEADING + yaml.safe_dump(content, sort_keys=False, width=140), encoding="utf-8")
