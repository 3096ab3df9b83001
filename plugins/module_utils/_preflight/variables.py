# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which variables a user may set, and which of those set are misspelt or empty. Pure functions."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils.common.yaml import yaml_load

from .conversion import is_null

#: Variables of the whole collection; every other one belongs to a role.
COLLECTION_VARIABLES: dict[str, str] = {
    "opta_environment": "name of the environment; default is the inventory host name",
    "opta_region": "AWS region, for example eu-west-1",
    "opta_account_id": "AWS account of the environment; a run against another account fails",
    "opta_name_prefix": "prefix of all resource names; default is opta",
    "opta_tags": "tags for all resources, in addition to the collection's own",
    "opta_permissions_boundary_arn": "ARN of the permissions boundary of all IAM roles",
    "opta_deletion_protection": "deletion protection of clusters and databases; default is true",
    "opta_progress_seconds": "seconds between progress lines during long waits; default is 30",
    "opta_delete_retained": "whether destroy also deletes retained resources, such as snapshots and their key; default is false",
    "opta_destroy_confirm": "name of the environment, to confirm its deletion",
    "opta_prune_confirm": "name of the environment, to confirm the deletion of resources that the inventory no longer lists",
}

#: their types, of those that are no strings
COLLECTION_OPTIONS: dict[str, dict[str, Any]] = {
    **{name: {"type": "str"} for name in COLLECTION_VARIABLES},
    "opta_tags": {"type": "dict"},
    "opta_deletion_protection": {"type": "bool"},
    "opta_delete_retained": {"type": "bool"},
    "opta_progress_seconds": {"type": "float"},
}

#: Facts that the collection itself sets
PUBLISHED = ("opta_account",)
#: how much of a name must be the same
NEARLY = 0.93
#: of facts that roles publish, in the words of an error
PUBLISHED_NAME = re.compile(r"\b(opta_account|\w+_outputs)\b")


@functools.cache
def role_options(roles_directory: Path, role: str) -> dict[str, dict[str, Any]]:
    """The inputs of a role, of all its entry points, as its meta/argument_specs.yml declares them."""
    options: dict[str, dict[str, Any]] = {}
    for entry_point in _specs(roles_directory, role).values():
        options.update(entry_point.get("options") or {})
    return options


def entry_point_inputs(roles_directory: Path, role: str, entry_point: str) -> tuple[str, ...]:
    """Return the names of the inputs of one entry point of a role."""
    return tuple(_specs(roles_directory, role)[entry_point].get("options") or {})


@functools.cache
def _specs(roles_directory: Path, role: str) -> dict[str, dict[str, Any]]:
    specs: dict[str, dict[str, Any]] = _content(roles_directory / role / "meta" / "argument_specs.yml")["argument_specs"]
    return specs


@functools.cache
def role_defaults(roles_directory: Path, role: str) -> dict[str, Any]:
    """The defaults of a role as they are written: templates are not evaluated."""
    return _content(roles_directory / role / "defaults" / "main.yml") or {}


@functools.cache
def role_outputs(roles_directory: Path, role: str) -> dict[str, dict[str, Any]]:
    """The outputs of a role, as its meta/outputs.yml declares them."""
    outputs: dict[str, dict[str, Any]] = _content(roles_directory / role / "meta" / "outputs.yml")["argument_specs"]["outputs"]["options"]
    return outputs


def _content(path: Path) -> Any:
    return yaml_load(path.read_text(encoding="utf-8"))


#: inputs with another name than in an earlier version: the old name and the new one (docs/upgrading.md)
RENAMED = {
    "k8s_addons_cluster_goes": "k8s_addons_cluster_deleted",
    "network_delete_retained": "retention_delete_retained",
    "network_delete_volumes": "retention_delete_volumes",
    "network_emptied_buckets": "retention_emptied_buckets",
    "network_skip_cache_snapshots": "retention_skip_cache_snapshots",
    "network_databases_without_snapshot": "retention_databases_without_snapshot",
    "network_kms_key_deletion_window_days": "retention_kms_key_deletion_window_days",
}


def unknown_variables(present: Iterable[str], known: Iterable[str], roles: Iterable[str]) -> list[str]:
    """A sentence for each variable that has the prefix of a role (or opta_) but that nothing reads."""
    names = sorted(known)
    prefixes = tuple(f"{role}_" for role in roles) + ("opta_",)
    outputs = tuple(f"{role}_outputs" for role in roles)
    sentences = []
    for variable in sorted(present):
        if not variable.startswith(prefixes) or variable in names or variable in outputs or variable in PUBLISHED:
            continue
        if variable in RENAMED:
            sentences.append(f"{variable} was renamed: use {RENAMED[variable]}.")
            continue
        near = difflib.get_close_matches(variable, names, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]}?" if near else "it is not an input of any role. See the README of the role."
        sentences.append(f"{variable} is not a known variable: {hint}")
    return sentences


def misspelt_variables(present: Iterable[str], known: Collection[str]) -> list[str]:
    """A note for each variable that is no input, and is written nearly as one."""
    others = [name for name in sorted(present) if isinstance(name, str) and name not in known and not name.startswith(("ansible_", "__"))]
    inputs = sorted(known)
    alike = {name: [each for each in inputs if each[0] == name[0] and abs(len(each) - len(name)) <= 2] for name in others}
    found = {name: difflib.get_close_matches(name, names, n=1, cutoff=NEARLY) for name, names in alike.items()}
    return [f"{name} is not an input of this collection and has no effect: did you mean {near[0]}?" for name, near in found.items() if near]


def unknown_tags(tags: Iterable[str], roles: Collection[str]) -> list[str]:
    """A note when none of the tags that a run is narrowed to belongs to a role of this collection, so that it does nothing of it."""
    given = sorted(set(tags))
    if not given or {"all", "tagged", "untagged", "always", *roles} & set(given):
        return []
    near = difflib.get_close_matches(given[0], sorted(roles), n=1)
    hint = f"did you mean {near[0]}?" if near else f"valid tags are {', '.join(sorted(roles))}."
    return [f"--tags {','.join(given)}: no role of this collection has this tag, so no role runs: {hint}"]


def empty_variables(values: Mapping[str, Any], options: Mapping[str, Mapping[str, Any]], nullable: Collection[str] = ()) -> list[str]:
    """A sentence for each input that is given as an empty string; those whose default is empty may be.

    nullable: inputs that are null by default, of which an empty string is a null where it can be nothing else.
    """
    sentences = []
    for variable, value in sorted(values.items()):
        option = options.get(variable, {})
        null = variable in nullable and is_null(value, option)
        if isinstance(value, str) and not value.strip() and option.get("default") != "" and not null:
            sentences.append(f"{variable} is empty: set a value, for example {_example(variable, option)}, or omit the variable.")
    return sentences


def cause(error: BaseException) -> str:
    """The last of an error's sentences, which says what was missing."""
    return str(error).strip().splitlines()[0].rpartition(": ")[2].rstrip(".")


def _example(variable: str, option: Mapping[str, Any]) -> str:
    if option.get("choices"):
        return str(option["choices"][0])
    if variable.endswith("_region"):
        return "eu-west-1"
    return str(option["default"]) if option.get("default") else "see the description of the variable"


def confirmation_notes(given: Mapping[str, Any]) -> list[str]:
    """Names in a run that deletes nothing that confirm a deletion: from the inventory they would confirm every later one."""
    return [
        f"{name} is {given[name]!r}, but this run deletes nothing. Do not set it in the inventory, where it confirms every destroy: "
        f"pass it on the command line of the run that deletes, for example -e {name}={given[name]}."
        for name in sorted(given)
        if name.endswith("_confirm") and name != "opta_prune_confirm" and given[name]
    ]
