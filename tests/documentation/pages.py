"""Every generated file and its text."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support import collection
from tests.support.creation_defaults import creation_defaults

from .charts import charts_table, with_chart_versions
from .completion import completed_defaults, completed_sample
from .tables import markdown, options_table, outputs_table, table
from .twins import twins

#: they belong to the command line and to destroy.yml
OF_A_REMOVAL = {f"{role}_{name}" for role in collection.roles() for name in ("confirm", "cluster_deleted")}
GENERATED = "<!-- Written by `make docs` from meta/argument_specs.yml, meta/outputs.yml and docs.md: change those. -->"


def pages() -> dict[Path, str]:
    """The text of each file by its path."""
    written = {collection.ROLES / role / "README.md": role_page(role) for role in collection.roles()}
    readme = collection.ROOT / "README.md"
    for role in collection.roles():
        written.update(inputs_files(role))
    text = between(readme.read_text(encoding="utf-8"), "roles", roles_table())
    written[readme] = between(text, "modules", modules_table())
    index = collection.ROOT / "docs" / "contributing" / "README.md"
    written[index] = between(index.read_text(encoding="utf-8"), "pages", contributing_list(index.parent))
    for path in files_with_chart_versions():
        written[path] = with_chart_versions(written.get(path) or path.read_text(encoding="utf-8"))
    return {**written, **twins()}


def contributing_list(directory: Path) -> str:
    """A list of the pages for contributors: the heading of each, and its first sentence."""
    lines = []
    for path in sorted(directory.glob("*.md")):
        heading, _empty, *text = path.read_text(encoding="utf-8").splitlines()
        paragraph = " ".join(itertools.takewhile(bool, text))
        if path.name != "README.md":
            lines.append(f"- [{heading.removeprefix('# ')}]({path.name}): {paragraph.partition('. ')[0].rstrip('.')}.")
    return "\n".join(lines)


def inputs_files(role: str) -> dict[Path, str]:
    """The role's defaults and its file in the sample inventory."""
    created = creation_defaults(role)
    path = collection.ROLES / role / "defaults" / "main.yml"
    files = {path: completed_defaults(path.read_text(encoding="utf-8"), collection.inputs(role), created)}
    for sample in (collection.ROOT / "inventories" / "sample" / "host_vars").glob(f"*/{role}.yml"):
        shown = {name: option for name, option in collection.inputs(role).items() if name not in OF_A_REMOVAL}
        files[sample] = completed_sample(sample.read_text(encoding="utf-8"), shown, created)
    return files


def files_with_chart_versions() -> list[Path]:
    """The files that show the version of each chart in a comment."""
    samples = (collection.ROOT / "inventories" / "sample" / "host_vars").glob("*/k8s_addons.yml")
    return [collection.ROLES / "k8s_addons" / "defaults" / "main.yml", *samples]


def role_page(role: str) -> str:
    """The README of a role."""
    entry_points = collection.specs(role)
    defaults = collection.defaults(role)
    hand_written = collection.ROLES / role / "docs.md"
    parts = [f"# opta.platform.{role}", GENERATED, sentence(entry_points["main"])]
    if hand_written.exists():
        parts.append(hand_written.read_text(encoding="utf-8").strip())
    for name, spec in entry_points.items():
        parts += entry_point_parts(name, spec, entry_points["main"].get("options") or {}, defaults, creation_defaults(role))
    outputs = collection.outputs(role)
    if outputs:
        parts += ["## Outputs", f"Published as the one fact `{role}_outputs`.", outputs_table(outputs)]
    if role == "k8s_addons":
        parts += ["## Charts", "A chart has this version unless its `_chart_version` is set.", charts_table()]
    return "\n\n".join(parts) + "\n"


def entry_point_parts(
    name: str, spec: Mapping[str, Any], main: Mapping[str, Any], defaults: Mapping[str, Any], created: Mapping[str, Any] | None = None
) -> list[str]:
    """Heading, description and inputs of an entry point; inputs that main has too are only named."""
    options = spec.get("options") or {}
    if name == "main":
        return ["## Inputs", options_table(options, defaults, created)]
    shared = [f"`{option}`" for option in options if option in main]
    own = {option: meaning for option, meaning in options.items() if option not in main}
    parts = [f"## Entry point `{name}`", sentence(spec)]
    if shared and len(shared) == len(main):
        parts.append("It has the inputs above.")
    elif shared:
        parts.append(f"Of the inputs above it reads {', '.join(shared)}.")
    if own:
        parts.append(options_table(own, defaults, created))
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
