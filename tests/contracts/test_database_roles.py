"""The role documentdb is the role aurora in other words: what `make docs` does not generate has the same content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.documentation import twins
from tests.support import collection

#: values in descriptions: of Aurora and of DocumentDB
VALUES = (("V(17)", "V(5.0)"), ("(ACUs)", "(DCUs)"), ("5432", "27017"))
ONLY_AURORA = {
    "database_name",
    "database_names",
    "extended_support_enabled",
    "iam_authentication_enabled",
    "seconds_until_auto_pause",
}
#: options whose values are those of the engine
OF_THE_ENGINE = {"storage_type", "log_exports"}
ENTRY_POINTS = tuple(collection.specs(twins.SOURCE))


def for_documentdb(value: Any) -> Any:
    """A part of an argument spec of aurora as documentdb has it."""
    if isinstance(value, Mapping):
        return {for_documentdb(key): for_documentdb(item) for key, item in value.items() if key not in ONLY_AURORA}
    if isinstance(value, list):
        return [for_documentdb(item) for item in value]
    if isinstance(value, str):
        for word, other in VALUES:
            value = value.replace(word, other)
        return twins.replaced(value)
    return value


def flat(options: Mapping[str, Any], parent: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each option with its full name, without its own options."""
    for name, option in options.items():
        yield f"{parent}{name}", {key: value for key, value in option.items() if key != "options"}
        yield from flat(option.get("options") or {}, f"{parent}{name}.")


def test_there_are_options_of_the_engine_only() -> None:
    assert {name.rpartition(".")[2] for name, _option in flat(collection.inputs(twins.SOURCE))} >= OF_THE_ENGINE


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_inputs_are_the_same(entry_point: str) -> None:
    aurora, documentdb = (collection.specs(role)[entry_point] for role in (twins.SOURCE, twins.TWIN))
    expected, found = dict(flat(for_documentdb(aurora["options"]))), dict(flat(documentdb["options"]))
    assert list(found) == list(expected)
    assert not {name for name in found if found[name] != expected[name] and name.rpartition(".")[2] not in OF_THE_ENGINE}
    assert {**documentdb, "options": {}} == {**for_documentdb(aurora), "options": {}}


def test_outputs_are_the_same() -> None:
    assert for_documentdb(collection.outputs(twins.SOURCE)) == collection.outputs(twins.TWIN)


def test_documentation_has_the_same_sections() -> None:
    aurora, documentdb = (
        re.findall(r"^##+ (.*)$", (collection.ROLES / role / "docs.md").read_text(encoding="utf-8"), re.MULTILINE)
        for role in (twins.SOURCE, twins.TWIN)
    )
    assert [section for section in documentdb if section != "Logs"] == aurora
