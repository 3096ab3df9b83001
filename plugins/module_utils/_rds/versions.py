# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decide which version a database cluster should have. Nothing is downgraded, and a new default of AWS changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._errors import Refused
from . import api
from .engine import DatabaseEngine


@dataclass(frozen=True)
class Versions:
    """desired: the full version; None leaves the present one. notes: what the user should know."""

    effective: str
    desired: str | None = None
    notes: tuple[str, ...] = ()


def numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers, for comparison."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def of_new_cluster(client: Any, engine: DatabaseEngine, what: str, asked: str) -> Versions:
    """Return the version of a new cluster; a major version means AWS's default of it."""
    version = offered_version(client, engine, asked)
    if version is None:
        known = sorted({each["EngineVersion"] for each in api.describe_engine_versions(client, engine.engine)}, key=numbers)
        raise Refused(f"{what}: AWS does not offer engine_version {asked}, but {', '.join(known)}.")
    return Versions(version, version)


def offered_version(client: Any, engine: DatabaseEngine, asked: str) -> str | None:
    """Return the full version that AWS uses for `asked`; None when it offers none."""
    default = {"DefaultOnly": True} if engine.is_major(asked) else {}
    offered = api.describe_engine_versions(client, engine.engine, EngineVersion=asked, **default)
    return max((each["EngineVersion"] for each in offered), key=numbers, default=None)


def of_found_cluster(client: Any, engine: DatabaseEngine, what: str, found: str, asked: str | None, allow_major: bool) -> Versions:
    """Return the version of an existing cluster: upgraded when a later one is desired, else unchanged."""
    targets, notes = upgrade_targets(client, engine, what, found)
    if not targets and asked is not None and numbers(asked) > numbers(found):
        version = offered_version(client, engine, asked)  # AWS lists no targets of some deprecated versions
        targets = [{"EngineVersion": version}] if version else []
    chosen = upgrade(engine, what, found, asked, allow_major, targets)
    return replace(chosen, notes=(*notes, *chosen.notes))


def upgrade_targets(client: Any, engine: DatabaseEngine, what: str, found: str) -> tuple[list[Mapping[str, Any]], tuple[str, ...]]:
    """Return the versions that AWS can upgrade a version to, and a note. AWS lists deprecated versions only in a request for all."""
    described = api.describe_engine_versions(client, engine.engine, EngineVersion=found, IncludeAll=True)
    if not described:
        return [], ()
    deprecated = described[0].get("Status") == "deprecated"
    notes = (f"{what} has version {found}, which AWS has deprecated: upgrade it.",) if deprecated else ()
    return described[0].get("ValidUpgradeTarget") or [], notes


def of_restored_cluster(client: Any, engine: DatabaseEngine, what: str, source: str, asked: str | None, allow_major: bool) -> Versions:
    """Return the version of a restored cluster: that of its source unless a later one is desired.

    RestoreDBClusterFromSnapshot uses the engine's default without a version, so one is always sent; for a deprecated
    source it is the nearest that AWS offers.
    """
    chosen = of_found_cluster(client, engine, what, source, asked, allow_major)
    if chosen.desired or offered_version(client, engine, source):
        return replace(chosen, desired=chosen.effective)
    targets, _notes = upgrade_targets(client, engine, what, source)
    later = sorted((each["EngineVersion"] for each in targets), key=numbers)
    if not later:
        return replace(chosen, desired=source)  # AWS knows more than it lists
    return Versions(later[0], later[0], (f"{what} is restored with version {later[0]}: AWS no longer offers {source}.",))


def upgrade(
    engine: DatabaseEngine, what: str, found: str, asked: str | None, allow_major: bool, targets: Sequence[Mapping[str, Any]]
) -> Versions:
    """Decide about the version of an existing cluster. targets: the versions that AWS can upgrade it to."""
    offered = sorted((each["EngineVersion"] for each in targets), key=numbers)
    newer = [version for version in offered if engine.major(version) == engine.major(found)]
    notes = (f"{what} has version {found}, and AWS offers {newer[-1]}.",) if newer else ()
    if asked is None or (engine.is_major(asked) and numbers(asked) == numbers(engine.major(found))):
        return Versions(found, None, notes)
    if numbers(asked) <= numbers(found):
        above = numbers(asked) < numbers(found)
        return Versions(
            found, None, (f"{what} has version {found}, newer than the desired {asked}; it is left as it is.",) if above else notes
        )
    chosen = [version for version in offered if version == asked or (engine.is_major(asked) and engine.major(version) == asked)]
    if not chosen:
        known = ", ".join(offered) or "nothing"
        raise Refused(f"{what}: AWS cannot upgrade it from {found} to engine_version {asked}; it offers {known}.")
    if engine.major(chosen[-1]) != engine.major(found) and not allow_major:
        raise Refused(
            f"{what}: the upgrade from {found} to {chosen[-1]} changes the major version; "
            "set allow_major_version_upgrade: true to allow it."
        )
    return Versions(chosen[-1], chosen[-1])
