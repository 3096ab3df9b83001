"""Documentation for the site of filters that only roles use: from their signatures and docstrings, in plugins/filter/<filter>.yml."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.support import collection

DIRECTORY = collection.ROOT / "plugins" / "filter"
GENERATED = "# Generated from the filter's signature and docstring"
ACRONYMS = ("API", "ARN", "ARNs", "CNI", "DNS", "IAM", "ID", "IDs", "KMS", "NAT", "URI", "URL", "VPC")
WORDS = {acronym.lower(): acronym for acronym in ACRONYMS}
#: the type that Ansible names, by the beginning of an annotation
TYPES = {
    "Sequence": "list",
    "list": "list",
    "Mapping": "dict",
    "dict": "dict",
    "str": "str",
    "bool": "bool",
    "int": "int",
    "Any": "raw",
}
NEEDED = inspect.Parameter.empty


def filters() -> dict[str, Callable[..., Any]]:
    """The collection's filters by their names."""
    found: dict[str, Callable[..., Any]] = {}
    for path in sorted(DIRECTORY.glob("[a-z]*.py")):
        module = importlib.import_module(f"ansible_collections.opta.platform.plugins.filter.{path.stem}")
        found |= module.FilterModule().filters()
    return found


def write_missing(directory: Path) -> None:
    """Write the documentation of each filter that has none into a copy of plugins/filter."""
    for name, function in filters().items():
        path = directory / f"{name}.yml"
        if not path.exists():
            path.write_text(page(name, function), encoding="utf-8")


def page(name: str, function: Callable[..., Any]) -> str:
    """The documentation of one filter."""
    summary, text = _docstring(name, function)
    signature = inspect.signature(function)
    first, *others = [each for each in signature.parameters.values() if each.kind is not each.VAR_POSITIONAL]
    documentation = {
        "name": name,
        "author": ["opta.platform contributors (@opta-platform)"],
        "version_added": "1.0.0",
        "short_description": summary,
        "description": text,
        "positional": ", ".join(each.name for each in others),
        "options": {"_input": {**_option(first), "required": True}, **{each.name: _option(each) for each in others}},
    }
    needed = ", ".join(each.name for each in others if each.default is NEEDED)
    call = f"opta.platform.{name}({needed})" if needed else f"opta.platform.{name}"
    example = f'result: "{{{{ {_name(first)} | {call} }}}}"'
    returned = {"_value": {"description": f"{summary}.", "type": _type(str(signature.return_annotation))}}
    parts = [f"---\n{GENERATED}\n", _dump({"DOCUMENTATION": documentation}), f"EXAMPLES: |\n  {example}\n", _dump({"RETURN": returned})]
    return "".join(parts)


class _Dumper(yaml.SafeDumper):
    """Indents lists, as yamllint requires."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _dump(content: dict[str, Any]) -> str:
    return str(yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True))


def _docstring(name: str, function: Callable[..., Any]) -> tuple[str, list[str]]:
    """The first sentence without its full stop, and all paragraphs."""
    text = inspect.getdoc(function)
    if not text:
        raise SystemExit(f"The filter {name} has no docstring.")
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    summary = re.split(r"(?<=[a-z)>\]])[.:;] ", paragraphs[0], maxsplit=1)[0]
    return summary.rstrip("."), paragraphs


def _option(parameter: inspect.Parameter) -> dict[str, Any]:
    words = " ".join(WORDS.get(word, word) for word in _name(parameter).split("_"))
    option: dict[str, Any] = {"description": f"{words[0].upper()}{words[1:]}.", "type": _type(str(parameter.annotation))}
    if parameter.default is NEEDED:
        return option | {"required": True}
    return option if parameter.default in (None, "") else option | {"default": parameter.default}


def _name(parameter: inspect.Parameter) -> str:
    """The name of a parameter; the filters that are methods of Identity take one."""
    return "identity" if parameter.name == "self" else parameter.name


def _type(annotation: str) -> str:
    """The type that Ansible names; a name that a module gives to a type of its own stands for a mapping."""
    return TYPES.get(re.split(r"[\[ |]", annotation, maxsplit=1)[0], "dict")
