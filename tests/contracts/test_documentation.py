"""Generated pages are as the specs say, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documentation.pages import pages
from tests.support import collection

LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
#: a test that a page names, and the file that its link leads to
NAMED_TEST = re.compile(r"\[([\w/]+\.py)::(\w+)\]\(\.\./tests/([\w/]+\.py)\)")
PAGES = pages()
SECTIONS = ("Example", "Permissions")


@pytest.mark.parametrize("path", list(PAGES), ids=lambda path: str(path.relative_to(collection.ROOT)))
def test_generated_parts_are_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES[path], f"{path.name} is stale: make docs"


@pytest.mark.parametrize("role", [role for role in collection.roles() if role != "common"])
def test_every_role_has_an_example_and_its_permissions(role: str) -> None:
    text = (collection.ROLES / role / "docs.md").read_text()
    for section in SECTIONS:
        assert re.search(rf"^## .*{section}", text, re.MULTILINE | re.IGNORECASE), f"docs.md of {role} has no section {section}"


def test_links_lead_somewhere() -> None:
    texts = [
        *collection.ROOT.glob("*.md"),
        *(collection.ROOT / "docs").rglob("*.md"),
        *(collection.ROOT / "examples").rglob("*.md"),
        *collection.ROLES.glob("*/*.md"),
    ]
    broken = [
        f"{path.relative_to(collection.ROOT)}: {target}"
        for path in texts
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert not broken


def test_tests_that_are_named_exist() -> None:
    named = [found for path in (collection.ROOT / "docs").rglob("*.md") for found in NAMED_TEST.findall(path.read_text(encoding="utf-8"))]
    assert named
    assert [found for found in named if found[0] != found[2]] == []
    sources = {path: (collection.ROOT / "tests" / path).read_text(encoding="utf-8") for path, _name, _target in named}
    assert [f"{path}::{name}" for path, name, _target in named if not re.search(rf"^ *def {name}\(", sources[path], re.MULTILINE)] == []
