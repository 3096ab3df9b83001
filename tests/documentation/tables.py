"""Markdown out of argument specs. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: what a default that is a template takes its value from
UPSTREAM = re.compile(r"\b((?:\w+_outputs|opta_account)\.\w+|opta_\w+)\b")


def markdown(text: str) -> str:
    """Ansible's markup as Markdown: C(), V(), O(), M(), I(), B(), L(), U()."""
    text = re.sub(r"\bL\(([^,()]+), *([^()]+)\)", r"[\1](\2)", text)
    text = re.sub(r"\bU\(([^()]+)\)", r"<\1>", text)
    text = re.sub(r"\bO\((?:\w+#)?([^()=]+)=([^()]*)\)", r"`\1: \2`", text)
    text = re.sub(r"\bO\((?:\w+#)?([^()]+)\)", r"`\1`", text)
    text = re.sub(r"\b[CVMP]\(([^()]*(?:\([^()]*\)[^()]*)*)\)", r"`\1`", text)
    text = re.sub(r"\bI\(([^()]+)\)", r"*\1*", text)
    return re.sub(r"\bB\(([^()]+)\)", r"**\1**", text)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar within a cell is escaped."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def options_table(options: Mapping[str, Mapping[str, Any]], defaults: Mapping[str, Any], created: Mapping[str, Any] | None = None) -> str:
    """The inputs of a role, those within a list or dict below it. created: defaults at creation by path."""
    if not options:
        return "None."
    return table(["Variable", "Type", "Default", "Meaning"], _option_rows(options, defaults, created or {}))


def outputs_table(options: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [[f"`{name}`", shown_type(option), meaning(option)] for name, option in options.items()]
    return table(["Key", "Type", "Meaning"], rows)


def _option_rows(
    options: Mapping[str, Mapping[str, Any]], defaults: Mapping[str, Any], created: Mapping[str, Any], parent: str = ""
) -> Iterable[list[str]]:
    for name, option in options.items():
        full_name = f"{parent}{name}"
        default = shown_default(option, defaults.get(name) if not parent else None)
        if full_name in created:
            default = f"`{_literal(created[full_name])}` when created"
        yield [f"`{full_name}`", shown_type(option), default, meaning(option)]
        below = "[]." if option.get("type") == "list" else "."
        yield from _option_rows(option.get("options") or {}, {}, created, f"{full_name}{below}")


def shown_type(option: Mapping[str, Any]) -> str:
    kind = str(option.get("type", "str"))
    return f"list of {option['elements']}" if kind == "list" and "elements" in option else kind


def shown_default(option: Mapping[str, Any], written: Any) -> str:
    """The default as a user reads it; for a template, the variable that it takes its value from, and what holds without that."""
    if option.get("required"):
        return "required"
    upstream = UPSTREAM.search(written) if isinstance(written, str) and "{{" in written else None
    value = option.get("default") if upstream else option.get("default", written)
    literal = "" if value is None else f"`{_literal(value)}`"
    if upstream:
        return f"`{upstream.group(1)}`" + (f", else {literal}" if literal else "")
    return literal


def _literal(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value)


def meaning(option: Mapping[str, Any]) -> str:
    """The description in one cell, with the choices."""
    description = option.get("description") or ""
    lines = [description] if isinstance(description, str) else list(description)
    if option.get("choices"):
        lines.append("One of " + ", ".join(f"V({choice})" for choice in option["choices"]) + ".")
    return markdown(" ".join(" ".join(line.split()) for line in lines))
