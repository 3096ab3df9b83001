"""docs/long-tests.yml: how the tests ended last that are too long for `make test`, and with which versions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import yaml

from tests.controllers import programs
from tests.standin import binaries
from tests.support.standin import ROOT

PATH = ROOT / "docs" / "long-tests.yml"
HEADING = """---
# The last successful run of each long test, recorded by `make test-kill`, `make test-controllers` and `make test-versions`.
# A contract fails if the pinned versions differ from the versions of that run.
"""
#: of the requirements
PACKAGES = ("ansible-core", "boto3", "kubernetes", "moto")


@dataclass
class Result:
    """date: YYYY-MM-DD. result: what pytest says in its closing line. versions: by name. skipped: why tests were, once each reason."""

    date: str
    result: str
    versions: dict[str, str]
    skipped: list[str] = field(default_factory=list)


def pinned(target: str = "") -> dict[str, str]:
    """The versions that the tests of a make target run with, by name; without one those that all of them have."""
    requirements = (ROOT / "requirements" / "development.txt").read_text(encoding="utf-8")
    found = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", requirements, re.MULTILINE))
    tools = {binary.name: binary.version for binary in binaries.BINARIES}
    controllers = programs.versions() if target == "test-controllers" else {}
    return {name: found[name] for name in PACKAGES} | dict(sorted(tools.items())) | controllers


def read(path: Path = PATH) -> dict[str, Result]:
    """The results by the name of the make target."""
    content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    return {target: Result(**result) for target, result in (content or {}).items()}


def record(target: str, result: Result, path: Path = PATH) -> None:
    """Write the result of one target, beside those of the others."""
    results: Mapping[str, Result] = {**read(path), target: result}
    content = {name: {key: value for key, value in asdict(results[name]).items() if value} for name in sorted(results)}
    path.write_text(HEADING + yaml.safe_dump(content, sort_keys=False, width=140), encoding="utf-8")
