"""The pages for contributors name files, tests, and commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import collection

DIRECTORY = collection.ROOT / "docs" / "contributing"
PAGES = sorted(path for path in DIRECTORY.glob("add-*.md"))
#: a test of its own reads its lists
CHECKED_ELSEWHERE = ("add-a-store.md",)
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
PRECEDENT = re.compile(r"`(<\w+>)` = `([\w-]+)`")
PLACEHOLDER = re.compile(r"<\w+>")
#: paths in sentences and in commands
NAMED = re.compile(r"(?<![\w/<])((?:plugins|roles|tests|playbooks|docs|meta|inventories|changelogs|extensions)/[\w./-]*\w/?)")
TARGET = re.compile(r"\bmake ([a-z-]+)")


def page(name: str) -> str:
    return (DIRECTORY / name).read_text(encoding="utf-8")


def resolved(path: str, precedent: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: precedent.get(found[0], found[0]), path)


@pytest.mark.parametrize("path", [path for path in PAGES if path.name not in CHECKED_ELSEWHERE], ids=lambda path: path.stem)
def test_listed_files_exist_for_the_precedent(path: Path) -> None:
    text = page(path.name)
    precedent = dict(PRECEDENT.findall(text))
    files = [resolved(file, precedent) for file in ROW.findall(text)]
    assert len(files) >= 4
    assert not [file for file in files if "<" in file], "name a precedent for these"
    assert not [file for file in files if not (collection.ROOT / file).exists()]
    assert not [file for file in files if file.endswith("/") and not (collection.ROOT / file).is_dir()]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_named_files_and_commands_exist(path: Path) -> None:
    text = re.sub(r"`[^`]*<\w+>[^`]*`", "", page(path.name))
    assert not [file for file in NAMED.findall(text) if not (collection.ROOT / file).exists()]
    makefile = (collection.ROOT / "Makefile").read_text(encoding="utf-8")
    assert not [target for target in TARGET.findall(text) if not re.search(rf"^{target}:", makefile, re.MULTILINE)]


@pytest.mark.parametrize("path", [path for path in PAGES if path.name not in CHECKED_ELSEWHERE], ids=lambda path: path.stem)
def test_pages_have_the_same_parts(path: Path) -> None:
    text = page(path.name)
    assert text.startswith("# Add a")
    assert re.search(r"^## Steps\n\n1\. ", text, re.MULTILINE)
    assert re.search(r"^## Check\n\n```\nmake ", text, re.MULTILINE)
