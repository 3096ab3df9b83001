# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reboots that changed parameters need: reported, and done only with allow_reboot, readers first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._reconcile import raise_if_failed
from .._resource import Outcome, State
from .._wait import Started, wait_for
from . import api
from .common import REPAIRABLE
from .instance import DatabaseInstance

if TYPE_CHECKING:
    from .database_resources import DatabaseResources

GROUP = "db_cluster_parameter_group_name"
PENDING, DONE = "pending-reboot", "in-sync"


def members(parts: DatabaseResources) -> dict[str, dict[str, Any]]:
    """Return the members of the cluster as it was found, by name."""
    return {member["DBInstanceIdentifier"]: member for member in (parts.found or {}).get("DBClusterMembers") or []}


def instances_to_repair(parts: DatabaseResources, removed: Sequence[str]) -> list[str]:
    """Return the names of the kept instances that do not start with their parameters, readers first."""
    found = {} if parts.found is None else parts.instance_cache.instances()
    names = [name for name, each in found.items() if each["DBInstanceStatus"] == REPAIRABLE and name not in removed]
    return _readers_first(parts, names)


def repair_outcomes(names: Sequence[str]) -> list[Outcome]:
    """Return the outcomes of rebooting instances that do not start; nobody is connected to them, so this needs no permission."""
    before, after = {"status": REPAIRABLE}, {"status": "available"}
    return [
        Outcome(DatabaseInstance.kind, name, action="update", attributes=["status"], before=dict(before), after=dict(after))
        for name in names
    ]


def repair_note(name: str) -> str:
    return f"{DatabaseInstance.kind} {name} does not start with its parameters: it is rebooted after its parameter group is corrected."


def pending(parts: DatabaseResources, instances: Sequence[Outcome], cluster: Outcome, static: Sequence[str]) -> list[str]:
    """Names of the instances that wait for a reboot after the changes of this pass, readers first. static: of static_changes()."""
    if parts.found is None:
        return []
    known = members(parts)
    deleting = {outcome.name for outcome in instances if outcome.action == "delete"}
    restarted = {outcome.name for outcome in instances if outcome.action == "update" and "db_instance_class" in outcome.attributes}
    all_wait = (cluster.action == "update" and GROUP in cluster.attributes) or bool(static)
    waiting = [
        name
        for name, member in known.items()
        if name not in deleting | restarted and (all_wait or member.get("DBClusterParameterGroupStatus") == PENDING)
    ]
    return _readers_first(parts, waiting)


def _readers_first(parts: DatabaseResources, names: Sequence[str]) -> list[str]:
    known = members(parts)
    return sorted(names, key=lambda name: (known.get(name, {}).get("IsClusterWriter", False), name))


def static_changes(parts: DatabaseResources) -> list[str]:
    """Names of the parameters that are to be changed and that take effect only after a reboot."""
    group = parts.parameter_group
    found = group.find()
    if found is None or parts.found is None or parts.found["DBClusterParameterGroup"] != group.name:
        return []
    return group.static(group.changes(found["parameters"], parts.parameters))


def reboot_outcomes(names: Sequence[str]) -> list[Outcome]:
    """Return the outcomes of a reboot, with AWS's own status."""
    before, after = {"parameter_status": PENDING}, {"parameter_status": DONE}
    return [
        Outcome(DatabaseInstance.kind, name, action="update", attributes=["parameter_status"], before=dict(before), after=dict(after))
        for name in names
    ]


def reboot_notes(parts: DatabaseResources, names: Sequence[str]) -> list[str]:
    """Return the note about needed reboots; every run shows it until they are done."""
    if not names or parts.given["allow_reboot"]:
        return []
    return [
        f"{parts.engine.kind} {parts.name}: changed parameters take effect only after a reboot of {', '.join(names)}; "
        "set allow_reboot: true to reboot them, readers first."
    ]


def reboot_all(parts: DatabaseResources, names: Sequence[str]) -> None:
    """Reboot one instance after another, and wait for each; a failure ends the run before the next reboot."""
    for name in names:
        api.reboot_instance(parts.client, name)
        _wait_until_rebooted(parts, name)


def _wait_until_rebooted(parts: DatabaseResources, name: str) -> None:
    """For a moment after RebootDBInstance, AWS shows an instance as available, and its parameters may still be shown as in sync."""
    started = Started()

    def poll() -> tuple[bool, Mapping[str, Any] | None]:
        instance = parts.instance(name)
        now = instance.find()
        if now is None:
            return True, now
        state = instance.state(now)
        has_started = started.seen(state is State.IN_PROGRESS)
        if has_started:
            raise_if_failed(instance, now)
        found = parts.cluster.find() or {}
        applied = any(
            member["DBInstanceIdentifier"] == name and member.get("DBClusterParameterGroupStatus") == DONE
            for member in found.get("DBClusterMembers") or []
        )
        return has_started and applied and state is State.READY, now

    wait_for(poll, f"{DatabaseInstance.kind} {name} to be rebooted", parts.given["wait_timeout"], parts.instance(name).status)
