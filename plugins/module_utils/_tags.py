# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ownership tags: they decide what belongs to an environment. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ENVIRONMENT = "opta:environment"
ROLE = "opta:role"
NAME = "opta:name"
MANAGED_BY = "opta:managed-by"
RETAINED = "opta:retained"
COLLECTION = "opta.platform"


def ownership_tags(environment: str, role: str, name: str) -> dict[str, str]:
    """The four tags that everything made by this collection carries."""
    return {ENVIRONMENT: environment, ROLE: role, NAME: name, MANAGED_BY: COLLECTION}


def as_dict(tags: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """A dict of AWS's list of {Key, Value}."""
    return {tag[key]: tag.get(value, "") for tag in tags or []}


def as_list(tags: Mapping[str, Any] | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """AWS's list of {Key, Value} of a dict; values become strings."""
    return [{key: name, value: str(content)} for name, content in (tags or {}).items()]


def keeping_others(found: Mapping[str, str] | None, wanted: Mapping[str, Any]) -> dict[str, str]:
    """The tags once `wanted` is applied: what others added stays."""
    return {**(found or {}), **{name: str(content) for name, content in wanted.items()}}


def only_wanted(found: Mapping[str, str] | None, wanted: Mapping[str, Any]) -> dict[str, str]:
    """The tags once `wanted` replaces them; those of AWS itself (aws:) cannot be removed."""
    kept = {name: content for name, content in (found or {}).items() if name.startswith("aws:")}
    return {**kept, **{name: str(content) for name, content in wanted.items()}}


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The tags to set and the names of those to remove, so that `before` becomes `after`."""
    return {name: content for name, content in after.items() if before.get(name) != content}, sorted(set(before) - set(after))


def not_ours(found: Mapping[str, str] | None, wanted: Mapping[str, Any] | None) -> str | None:
    """Why something found may not be touched under the ownership tags wanted; None when it may."""
    environment = (wanted or {}).get(ENVIRONMENT)
    if environment is None:
        return None
    owner = (found or {}).get(ENVIRONMENT)
    if owner is None:
        return "it was not made by this collection"
    if owner != environment:
        return f"it belongs to the environment {owner}"
    return None


def taking_back(found: Mapping[str, str] | None, wanted: Mapping[str, Any]) -> dict[str, str]:
    """As keeping_others, but what is described again is no longer something that outlives its environment."""
    return keeping_others({name: content for name, content in (found or {}).items() if name != RETAINED}, wanted)
