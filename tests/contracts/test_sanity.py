"""What `make sanity` installs and leaves out."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from tests.sanity.checks import LEFT_OUT
from tests.support import collection

#: tests of ansible-test that have no requirements of their own, but those of this name
NAMES = ("ansible-doc", "import", "import.plugin", "runtime-metadata", "validate-modules")


def requirements(text: str) -> set[str]:
    return {line for line in text.splitlines() if line and not line.startswith("#")}


def test_pinned_requirements_are_those_that_ansible_test_names() -> None:
    named = files("ansible_test") / "_data" / "requirements"
    needed = set().union(*(requirements((named / f"sanity.{name}.txt").read_text(encoding="utf-8")) for name in NAMES))
    assert requirements((collection.ROOT / "requirements" / "sanity.in").read_text(encoding="utf-8")) == needed


def test_every_test_with_requirements_is_pinned_or_left_out() -> None:
    directory = files("ansible_test") / "_data" / "requirements"
    known = {path.name.removeprefix("sanity.").removesuffix(".txt") for path in directory.iterdir() if path.name.startswith("sanity.")}
    known = {name for name in known if not name.endswith((".in", ".ps1"))}
    # no integration target exists
    assert known - {"integration-aliases"} <= {*NAMES, *LEFT_OUT}


@pytest.mark.parametrize("path", sorted((collection.ROOT / "tests" / "sanity").glob("ignore-*.txt")), ids=lambda path: path.stem)
def test_every_ignored_error_has_a_reason(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if " # " not in line] == []
