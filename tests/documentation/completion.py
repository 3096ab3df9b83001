"""Keeps defaults/main.yml and the sample inventory complete: each input of the argument specs, with its current default. Pure.

What a person wrote stays: the order, the comments, templates, and examples of inputs that are empty by default.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

Options = Mapping[str, Mapping[str, Any]]
WIDTH = 100
#: a user writes a default of these kinds down only as an example of something else
EMPTY: tuple[Any, ...] = (None, "", [], {})
#: an example of an option that has neither a default nor choices
EXAMPLES = {"bool": "true", "dict": "{}", "float": "0.5", "int": "1", "list": "[]"}
#: ends what belongs to an input: its lines within, indented or commented
ENTRY = re.compile(r"(?:#? ?)(?=[a-z])(\w+):(?: |$)")


def flow(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, list):
        return f"[{', '.join(flow(item) for item in value)}]"
    if isinstance(value, str) and re.fullmatch(r"\w[\w./-]*", value) and yaml.safe_load(value) == value:
        return value
    return json.dumps(value)


def completed_defaults(text: str, options: Options, created: Mapping[str, Any]) -> str:
    """The text of a role's defaults/main.yml. created: defaults at creation by input."""

    def line(name: str, option: Mapping[str, Any]) -> list[str]:
        if "default" in option:
            return [f"{name}: {flow(option['default'])}"]
        if "choices" in option or name not in created:  # ansible-core compares a null with the choices
            return [f"# {name}: {_example(option, created.get(name))}"]
        return [f"{name}: null # {flow(created[name])} when created"]

    def current(name: str, option: Mapping[str, Any], commented: bool, value: str) -> str:
        if "{{" in value or value.startswith((">", "|")):
            return value
        if commented:
            return flow(created[name]) if name in created else value
        if "default" not in option and name in created and value.startswith("null"):
            return f"null # {flow(created[name])} when created"
        return _replaced(value, option["default"]) if option.get("default") not in EMPTY else value

    return _completed(text, options, line, current)


def completed_sample(text: str, options: Options, created: Mapping[str, Any]) -> str:
    """The text of a role's file in the sample inventory."""

    def line(name: str, option: Mapping[str, Any]) -> list[str]:
        description = option.get("description") or ""
        first = description if isinstance(description, str) else description[0]
        plain = re.sub(r"\b[CVOIBMP]\((?:\w+#)?([^()]*)\)", r"\1", " ".join(first.split()))
        value = flow(option["default"]) if "default" in option else _example(option, created.get(name))
        return ["", *(f"# {part}" for part in textwrap.wrap(plain, WIDTH)), f"# {name}: {value}"]

    def current(name: str, option: Mapping[str, Any], commented: bool, value: str) -> str:
        default = option.get("default", created.get(name))
        return _replaced(value, default) if commented and default not in EMPTY else value

    return _completed(text, options, line, current)


def _example(option: Mapping[str, Any], created: Any) -> str:
    if created is not None:
        return flow(created)
    if option.get("choices"):
        return flow([option["choices"][0]] if option.get("type") == "list" else option["choices"][0])
    return EXAMPLES.get(str(option.get("type")), '""')


def _replaced(value: str, default: Any) -> str:
    """The value of a line with its comment; a text that means the default stays as it is."""
    found, mark, comment = value.partition(" #")
    if _same(found.strip(), default):
        return value
    return f"{flow(default)}{mark}{comment}"


def _same(text: str, default: Any) -> bool:
    return text in (flow(default), json.dumps(default), str(default), f"'{default}'", f'"{default}"')


def _completed(
    text: str,
    options: Options,
    line: Callable[[str, Mapping[str, Any]], list[str]],
    current: Callable[[str, Mapping[str, Any], bool, str], str],
) -> str:
    lines = text.splitlines()
    for number, written in enumerate(lines):
        found = re.fullmatch(r"(# )?(\w+): (.+)", written)
        if found and found[2] in options:
            value = current(found[2], options[found[2]], bool(found[1]), found[3])
            lines[number] = f"{found[1] or ''}{found[2]}: {value}"
    before = ""
    for name, option in options.items():
        if name not in _names(lines):
            lines[_end(lines, before) : _end(lines, before)] = line(name, option)
        before = name
    return "\n".join(lines) + "\n"


def _names(lines: list[str]) -> Iterator[str]:
    return (found[1] for each in lines if (found := ENTRY.match(each)))


def _end(lines: list[str], name: str) -> int:
    """The number of the line after an input and all that belongs to it; the end of the text if there is no such input."""
    start = next((number for number, each in enumerate(lines) if (found := ENTRY.match(each)) and found[1] == name), None)
    if start is None:
        return len(lines)
    within = re.compile(r"(# ?)? {2,}\S|#   ")
    return next((number for number in range(start + 1, len(lines)) if not within.match(lines[number])), len(lines))
