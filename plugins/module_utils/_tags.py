# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ownership tags, which decide what belongs to an environment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

ENVIRONMENT = "opta:environment"
PREFIX = "opta:prefix"
REGION = "opta:region"
ROLE = "opta:role"
NAME = "opta:name"
MANAGED_BY = "opta:managed-by"
RETAINED = "opta:retained"
COLLECTION = "opta.platform"
#: these three identify an environment of an account
IDENTITY = (ENVIRONMENT, PREFIX, REGION)
#: these identify a resource of an environment
OWNERSHIP = (*IDENTITY, ROLE, NAME)


def marks(tags: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the tags that say to which environment something belongs; none when they do not name it."""
    named = tags or {}
    return {key: str(named[key]) for key in IDENTITY if key in named} if ENVIRONMENT in named else {}


def owner(tags: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the tags that say what something is, and of which environment."""
    return {key: str(value) for key, value in (tags or {}).items() if key in OWNERSHIP}


def carries(found: Mapping[str, str] | None, desired: Mapping[str, str]) -> bool:
    """Return whether something has all desired tags; False when none are desired."""
    return bool(desired) and desired.items() <= (found or {}).items()


def as_dict(tags: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Convert AWS's list of {Key, Value} to a dict."""
    return {tag[key]: tag.get(value, "") for tag in tags or []}


def as_list(tags: Mapping[str, Any] | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Convert a dict to AWS's list of {Key, Value}; values become strings."""
    return [{key: name, value: str(content)} for name, content in (tags or {}).items()]


def keeping_others(found: Mapping[str, str] | None, desired: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags after `desired` is applied: tags of others are kept."""
    return {**(found or {}), **{name: str(content) for name, content in desired.items()}}


def only_desired(found: Mapping[str, str] | None, desired: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags after `desired` replaces them; AWS's own tags (aws:) cannot be removed."""
    kept = {name: content for name, content in (found or {}).items() if name.startswith("aws:")}
    return {**kept, **{name: str(content) for name, content in desired.items()}}


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the tags to set and the names of those to remove; AWS's own tags (aws:) are left as they are."""
    added = {name: content for name, content in after.items() if before.get(name) != content and not name.startswith("aws:")}
    return added, sorted(name for name in before if name not in after and not name.startswith("aws:"))


def change(
    client: Any,
    resource_id: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    add: Callable[[Any, str, dict[str, str]], None],
    remove: Callable[[Any, str, list[str]], None],
) -> None:
    """Change the tags of a resource from `before` to `after` by the API's two calls, each only where it is needed."""
    added, removed = difference(before, after)
    if added:
        add(client, resource_id, added)
    if removed:
        remove(client, resource_id, removed)


def not_ours(found: Mapping[str, str] | None, desired: Mapping[str, Any] | None) -> str | None:
    """Return why something found may not be changed under the desired ownership tags; None when it may."""
    ours, theirs = marks(desired), found or {}
    if not ours or carries(theirs, ours):
        return None
    if ENVIRONMENT not in theirs:
        return "it was not created by this collection"
    missing = [key for key in ours if key not in theirs]
    if missing and theirs[ENVIRONMENT] == ours[ENVIRONMENT]:
        return f"it has no tag {' and no tag '.join(missing)}"
    return f"it belongs to {tag_text(theirs)}"


def tag_text(tags: Mapping[str, str]) -> str:
    """Return the environment that ownership tags identify, as text."""
    place = [f"{what} {tags[key]}" for key, what in ((PREFIX, "name prefix"), (REGION, "region")) if key in tags]
    return f"the environment {tags[ENVIRONMENT]}" + (f" ({', '.join(place)})" if place else "")


def merged_unretained(found: Mapping[str, str] | None, desired: Mapping[str, Any]) -> dict[str, str]:
    """As keeping_others, without the tag of a retained resource: what is desired again is no longer retained."""
    return keeping_others({name: content for name, content in (found or {}).items() if name != RETAINED}, desired)
