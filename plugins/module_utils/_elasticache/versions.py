# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Engines and their versions, from DescribeCacheEngineVersions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._creation_defaults import CACHE_ENGINE
from .._errors import Refused
from . import api
from .rules import version_numbers


@dataclass(frozen=True)
class CacheEngine:
    """An engine in the version that a replication group should have.

    family: of its parameters, None when AWS no longer lists it. notes: what the user should know about versions.
    """

    name: str
    version: str
    family: str | None
    notes: tuple[str, ...] = ()


def same_version(found: str | None, desired: str | None) -> bool:
    """Return whether a version is the desired one: 8.0.1 is 8.0."""
    if found is None or desired is None:
        return found == desired
    return found == desired or found.startswith(f"{desired}.") or desired.startswith(f"{found}.")


def is_above(found: str, desired: str) -> bool:
    """Return whether an observed version is newer than the desired one: AWS upgrades automatically at the end of support."""
    return not same_version(found, desired) and version_numbers(found) > version_numbers(desired)


def listed(offered: Sequence[Mapping[str, Any]], version: str) -> Mapping[str, Any] | None:
    """Return the entry of DescribeCacheEngineVersions for a version."""
    return next((each for each in offered if same_version(each["EngineVersion"], version)), None)


def desired_engine(client: Any, found: Mapping[str, Any] | None, engine: str | None, version: str | None) -> CacheEngine:
    """Return the engine that a group should have: as given, else as found, else AWS's default.

    found: the replication group with `engine` and `engine_version`. Raises Refused for a version that AWS does not offer.
    """
    name = engine or (found["engine"] if found else CACHE_ENGINE)
    existing = found["engine_version"] if found and found["engine"] == name else None
    notes: list[str] = []
    if existing and version and is_above(existing, version):
        notes.append(f"it has {name} {existing}, newer than the desired {version}; it is left as it is.")
    asked = version
    if existing and (version is None or is_above(existing, version)):
        version = existing
    chosen = version or api.describe_default_version(client, name)
    offered = api.describe_engine_versions(client, name)
    entry = listed(offered, chosen)
    if entry is None and chosen != existing:
        names = ", ".join(sorted((each["EngineVersion"] for each in offered), key=version_numbers))
        raise Refused(f"engine_version is {chosen}, but ElastiCache offers {name} in {names}.")
    newest = max((each["EngineVersion"] for each in offered), key=version_numbers)
    if existing and asked is None and is_above(newest, existing):
        notes.append(f"it has {name} {existing}; ElastiCache offers {newest} now.")
    return CacheEngine(name, chosen, entry["CacheParameterGroupFamily"] if entry else None, tuple(notes))
