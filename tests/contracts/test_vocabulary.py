"""Texts that users read use the terms of CONTRIBUTING.md's glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import collection

#: files and directories whose texts the contract reads
ROOTS = (
    "README.md",
    "CONTRIBUTING.md",
    "Makefile",
    "docs",
    "examples",
    "changelogs/fragments",
    "tests/demo",
    "meta",
    "playbooks",
    "plugins",
    "roles",
    "inventories",
)
#: a phrase that no text may have, and what to write instead
INSTEAD = {
    r"to (its|their) description": "create or update X",
    r"(the right|on a|as the) word": "confirmation",
    r"(is|are|was|were|be|been) told": "is set, is reported",
    r"tells?": "reports, shows",
    r"anew": "again",
    r"(what|that|who|as it) stands?": "existing resources, exists",
    r"stands? (already|completely|yet)": "exists",
    r"goes away|goes with|goes first|that goes?|(is|are) to go|is gone": "is deleted",
    r"taken? back|takes? away": "delete, cancel, remove",
    r"not well": "unhealthy, has health issues",
    r"on purpose": "retained, intentionally",
    r"mend(s|ed|ing)?": "fix",
    r"(held|hold|holds) (\w+ ){0,3}against": "validate against, compare with",
    r"side by side": "in parallel",
    r"by itself": "automatically",
    r"meanwhile": "in parallel, in the meantime",
    r"another hand": "managed elsewhere",
    r"(is|are) none of": "must be",
    r"carried on|carries on": "continued, continues",
    r"(is|are|was|seen) at work": "is in progress",
    r"begins?(?! CERT)|began|begun": "start, started",
    r"unasked": "unless you request it",
    r"brings?(?! your own)|brought": "create or update, install, set",
}
PHRASES = {re.compile(rf"(?<![\w`-])({phrase})(?![\w`-]|\.\w)", re.IGNORECASE): better for phrase, better in INSTEAD.items()}
#: generated parts of a page, whose sources are read, and the table of phrases in CONTRIBUTING.md
SKIPPED = re.compile(r"^```.*?^```|<!-- \w+:begin -->.*?<!-- \w+:end -->|^\| instead of \|.*?(?=\n\n)", re.MULTILINE | re.DOTALL)
#: directories in whose files users also read the comments, and one whose files are templates
COMMENTED = {"defaults", "demo", "examples", "inventories"}
TEMPLATES = "files"


class Loader(yaml.SafeLoader):
    """Reads any tag, for example !unsafe, as text, a list or a map."""


Loader.add_multi_constructor("!", lambda loader, _suffix, node: construct(loader, node))


def construct(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.ScalarNode)
    return loader.construct_scalar(node)


def texts(path: Path) -> Iterator[str]:
    """The texts of a file that users read: all strings of Python but docstrings, all strings of YAML, else everything."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from python_texts(ast.parse(content))
    elif path.suffix in (".sh", ".yml", "") and COMMENTED.intersection(path.parts) or path.name == "Makefile":
        yield content
    elif path.suffix == ".yml":
        for document in yaml.load_all(content, Loader):
            yield from strings(document)
    elif path.suffix == ".md":
        yield SKIPPED.sub("", content)


def python_texts(tree: ast.AST) -> Iterator[str]:
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docstrings:
            yield node.value


DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def strings(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)


def files() -> list[Path]:
    roots = [collection.ROOT / root for root in ROOTS]
    found = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*"))]
    return sorted(path for path in found if path.is_file() and TEMPLATES not in path.parts)


@pytest.mark.parametrize("root", ROOTS)
def test_the_checked_directories_exist(root: str) -> None:
    assert (collection.ROOT / root).exists()


def test_texts_use_the_terms_of_the_glossary() -> None:
    found = [
        f"{path.relative_to(collection.ROOT)}: {match[0]!r} in {text[max(0, match.start() - 40) : match.end() + 40]!r}: write {better}"
        for path in files()
        for text in texts(path)
        for phrase, better in PHRASES.items()
        for match in phrase.finditer(text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("Bring the network to its description", 2),
        ("`begins_with` and begin_date", 0),
        ("what stands is held firmly against it", 2),
        ("The stand-in and its documentation", 0),
    ],
)
def test_phrases_are_found_as_words(text: str, phrases: int) -> None:
    assert sum(len(phrase.findall(text)) for phrase in PHRASES) == phrases
