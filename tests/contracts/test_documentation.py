"""Generated pages are as the specs say, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documentation.pages import pages
from tests.support import collection

LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
ANCHOR = re.compile(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)")
#: a file that a page names, from the root, from plugins or from playbooks
NAMED_FILE = re.compile(r"`((?:module_utils|playbooks|plugins|roles|tasks|tests)/[\w/.-]+\.(?:py|sh|yml|md))`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
#: a test that a page names, and the file that its link leads to
NAMED_TEST = re.compile(r"\[([\w/]+\.py)::(\w+)\]\(\.\./tests/([\w/]+\.py)\)")
PAGES = pages()
SECTIONS = ("Example", "Permissions")
#: pages that the rules for lines and anchors apply to
WRITTEN = ("*.md", "docs/**/*.md", "examples/**/*.md", "tests/standin/*.md")
LONGEST_LINE = 160
#: headings that had other names for the same subject
HEADINGS = {
    "An upgrade": "Upgrade",
    "Another password": "Password rotation",
    "Removing it": "Removal",
    "Restoring": "Restore",
    "What is kept": "Retained resources",
    "What is removed": "Removal",
}


def written() -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for pattern in WRITTEN for path in collection.ROOT.glob(pattern)}


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", list(PAGES), ids=lambda path: str(path.relative_to(collection.ROOT)))
def test_generated_documentation_is_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES[path], f"{path.name} is stale: make docs"


@pytest.mark.parametrize("role", [role for role in collection.roles() if role != "common"])
def test_every_role_has_an_example_and_its_permissions(role: str) -> None:
    text = (collection.ROLES / role / "docs.md").read_text()
    for section in SECTIONS:
        assert re.search(rf"^## .*{section}", text, re.MULTILINE | re.IGNORECASE), f"docs.md of {role} has no section {section}"


def test_every_link_has_a_target() -> None:
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


def test_every_anchor_matches_a_heading() -> None:
    pages = {path.resolve(): text for path, text in written().items()}
    broken = [
        f"{path.relative_to(collection.ROOT)}: {target}#{anchor}"
        for path, text in pages.items()
        for target, anchor in ANCHOR.findall(text)
        if (page := pages.get((path.parent / target).resolve() if target else path)) is not None and anchor not in anchors(page)
    ]
    assert not broken


def test_the_same_subject_has_the_same_heading() -> None:
    found = [
        f"{path.relative_to(collection.ROOT)}: {heading}: write {HEADINGS[heading]}"
        for path, text in written().items()
        for heading in re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
        if heading in HEADINGS
    ]
    assert not found


def test_every_file_named_in_the_documentation_exists() -> None:
    roots = (collection.ROOT, collection.ROOT / "plugins", collection.ROOT / "playbooks")
    named = [(path.name, file) for path, text in written().items() for file in NAMED_FILE.findall(text)]
    assert named
    assert [(page, file) for page, file in named if not any((root / file).exists() for root in roots)] == []


def test_lines_fit_an_editor_except_in_tables() -> None:
    long = [
        f"{path.relative_to(collection.ROOT)}:{number}: {len(line)} characters"
        for path, text in written().items()
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) > LONGEST_LINE and not line.lstrip().startswith("|")
    ]
    assert not long


def test_every_test_named_in_the_documentation_exists() -> None:
    named = [found for path in (collection.ROOT / "docs").rglob("*.md") for found in NAMED_TEST.findall(path.read_text(encoding="utf-8"))]
    assert named
    assert [found for found in named if found[0] != found[2]] == []
    sources = {path: (collection.ROOT / "tests" / path).read_text(encoding="utf-8") for path, _name, _target in named}
    assert [f"{path}::{name}" for path, name, _target in named if not re.search(rf"^ *def {name}\(", sources[path], re.MULTILINE)] == []
