"""The documentation of filters, which stands beside them: it names what exists, and its examples are true."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2.nativetypes import NativeEnvironment

from tests.support import collection

FILTERS = collection.ROOT / "plugins" / "filter"
DOCUMENTED = sorted(FILTERS.glob("*.yml"))
#: a comment `# => result`, or one of several lines
RESULT = re.compile(r"# =>(?: (?P<line>.+)|(?P<block>(?:\n *#  .+)+))")


@pytest.fixture(scope="module")
def filters() -> dict[str, Any]:
    """Every filter of the collection by its full name."""
    names = [path.stem for path in FILTERS.glob("[a-z]*.py")]
    modules = [importlib.import_module(f"ansible_collections.opta.platform.plugins.filter.{name}") for name in names]
    return {f"opta.platform.{name}": found for module in modules for name, found in module.FilterModule().filters().items()}


def examples(text: str) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each example that shows its result, with that result."""
    for example in re.split(r"^(?=- )", text, flags=re.MULTILINE):
        shown = RESULT.search(example)
        if shown:
            result = shown["line"] or re.sub(r"^ *#  ", "", shown["block"], flags=re.MULTILINE)
            yield yaml.safe_load(example)[0], yaml.safe_load(result)


@pytest.mark.parametrize("path", DOCUMENTED, ids=lambda path: path.stem)
def test_every_filter_documentation_belongs_to_an_existing_filter(path: Path, filters: dict[str, Any]) -> None:
    documentation = collection.load(path)["DOCUMENTATION"]
    assert documentation["name"] == path.stem
    assert f"opta.platform.{path.stem}" in filters
    positional = [name.strip() for name in documentation.get("positional", "").split(",") if name]
    assert ["_input", *positional] == list(documentation["options"])


@pytest.mark.parametrize("path", DOCUMENTED, ids=lambda path: path.stem)
def test_examples_of_filters_show_their_results(path: Path, filters: dict[str, Any]) -> None:
    environment = NativeEnvironment()
    environment.filters.update(filters)
    content = collection.load(path)
    assert f"opta.platform.{path.stem}" in content["EXAMPLES"]
    for task, result in examples(content["EXAMPLES"]):
        assert environment.from_string(task["ansible.builtin.debug"]["msg"]).render(task.get("vars", {})) == result
        assert content["RETURN"]["_value"]["sample"] == result
