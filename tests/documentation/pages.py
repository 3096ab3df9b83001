"""Every generated file and its text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support import collection

from .tables import markdown, options_table, outputs_table, table
from .twins import twins

GENERATED = "<!-- Written by `make docs` from meta/argument_specs.yml, meta/outputs.yml and docs.md: change those. -->"


def pages() -> dict[Path, str]:
    """The text of each file by its path."""
    written = {collection.ROLES / role / "README.md": role_page(role) for role in collection.roles()}
    readme = collection.ROOT / "README.md"
    text = between(readme.read_text(encoding="utf-8"), "roles", roles_table())
    written[readme] = between(text, "modules", modules_table())
    return {**written, **twins()}


def role_page(role: str) -> str:
    """The README of a role."""
    entry_points = collection.specs(role)
    defaults = collection.defaults(role)
    hand_written = collection.ROLES / role / "docs.md"
    parts = [f"# opta.platform.{role}", GENERATED, sentence(entry_points["main"])]
    if hand_written.exists():
        parts.append(hand_written.read_text(encoding="utf-8").strip())
    for name, spec in entry_points.items():
        parts += entry_point_parts(name, spec, entry_points["main"].get("options") or {}, defaults)
    outputs = collection.outputs(role)
    if outputs:
        parts += ["## Outputs", f"Published as the one fact `{role}_outputs`.", outputs_table(outputs)]
    return "\n\n".join(parts) + "\n"


def entry_point_parts(name: str, spec: Mapping[str, Any], main: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[str]:
    """Heading, description and inputs of an entry point; inputs that main has too are only named."""
    options = spec.get("options") or {}
    if name == "main":
        return ["## Inputs", options_table(options, defaults)]
    shared = [f"`{option}`" for option in options if option in main]
    own = {option: meaning for option, meaning in options.items() if option not in main}
    parts = [f"## Entry point `{name}`", sentence(spec)]
    if shared and len(shared) == len(main):
        parts.append("It has the inputs above.")
    elif shared:
        parts.append(f"Of the inputs above it reads {', '.join(shared)}.")
    if own:
        parts.append(options_table(own, defaults))
    return parts


def sentence(spec: Mapping[str, Any]) -> str:
    """Short description and description of an entry point."""
    description = spec.get("description") or []
    lines = [description] if isinstance(description, str) else description
    return markdown(f"{spec['short_description']}.\n\n" + "\n".join(lines)).strip()


def roles_table() -> str:
    rows = []
    for role in collection.roles():
        entry_points = collection.specs(role)
        names = ", ".join(f"`{name}`" for name in entry_points)
        rows.append([f"[{role}](roles/{role}/README.md)", markdown(entry_points["main"]["short_description"]), names])
    return table(["Role", "What it does", "Entry points"], rows)


def modules_table() -> str:
    rows = [[f"`{name}`", markdown(collection.documentation(name)["short_description"])] for name in collection.modules()]
    return table(["Module", "What it does"], rows)


def between(text: str, marker: str, content: str) -> str:
    """The text with what stands between `<!-- marker:begin -->` and `<!-- marker:end -->` replaced."""
    begin, end = f"<!-- {marker}:begin -->", f"<!-- {marker}:end -->"
    before, rest = text.split(begin)
    _old, after = rest.split(end)
    return f"{before}{begin}\n{content}\n{end}{after}"
