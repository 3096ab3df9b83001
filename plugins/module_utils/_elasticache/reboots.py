# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reboots that changed parameters need: reported, and done only with allow_reboot, replicas first.

A rebooted node loses its data, so that only this option reboots it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._resource import Outcome
from .._wait import Started, wait_for
from . import api, write_api

NODE = "cache node"
PENDING, DONE = "pending-reboot", "in-sync"
#: a change of one of these restarts the nodes
RESTARTING = frozenset({"engine", "engine_version", "node_type", "parameter_group_name"})
NEEDS_REBOOT = "requires-reboot"


def waits(node: Mapping[str, Any]) -> bool:
    """Return whether a node runs with outdated parameters."""
    return (node.get("CacheParameterGroup") or {}).get("ParameterApplyStatus") == PENDING


def note(kind: str, name: str) -> str:
    return (
        f"{kind} {name}: parameters take effect after a reboot of its nodes; set allow_reboot: true to reboot them, replicas first. "
        "A rebooted node loses its data."
    )


def changes_static(client: Any, parameter_group: Outcome) -> bool:
    """Return whether a change of a parameter group takes effect only after a reboot."""
    if parameter_group.action != "update" or "parameters" not in parameter_group.attributes:
        return False
    before, after = parameter_group.before["parameters"], parameter_group.after["parameters"]
    changed = {name for name in {**before, **after} if before.get(name) != after.get(name)}
    known = api.describe_parameters(client, parameter_group.name)
    return any(each["ParameterName"] in changed and each.get("ChangeType") == NEEDS_REBOOT for each in known)


def waiting_nodes(client: Any, group: Mapping[str, Any], everyone: bool) -> list[str]:
    """Return the nodes of a group that need a reboot, the primary last. everyone: whether all of them will after the planned changes."""
    shard: Mapping[str, Any] = next(iter(group.get("NodeGroups") or []), {})
    primary = {each["CacheClusterId"] for each in shard.get("NodeGroupMembers") or [] if each.get("CurrentRole") == "primary"}
    members = sorted(group.get("MemberClusters") or [], key=lambda member: (member in primary, member))
    return [member for member in members if everyone or waits(api.describe_cache_cluster(client, member) or {})]


def outcomes(nodes: list[str]) -> list[Outcome]:
    """Return the outcomes of a reboot, with AWS's own status."""
    before, after = {"parameter_status": PENDING}, {"parameter_status": DONE}
    return [Outcome(NODE, node, action="update", attributes=["parameter_status"], before=dict(before), after=dict(after)) for node in nodes]


def reboot(client: Any, group: str, nodes: list[str], timeout_seconds: float) -> None:
    """Reboot one node after another, and wait for each."""

    def available() -> tuple[bool, str]:
        status = str((api.describe_replication_group(client, group) or {"Status": "gone"})["Status"])
        return status in {"available", "gone"}, status

    for name in nodes:
        wait_for(available, f"cache replication group {group} to be available", timeout_seconds, str)
        write_api.reboot_cache_cluster(client, name)
        _wait_until_rebooted(client, name, timeout_seconds)


def _wait_until_rebooted(client: Any, name: str, timeout_seconds: float) -> None:
    """For a moment after RebootCacheCluster, AWS shows a node as available, and its parameters may still be shown as in sync."""
    started = Started()

    def poll() -> tuple[bool, str]:
        node = api.describe_cache_cluster(client, name)
        if node is None:
            return True, "gone"
        status = str(node["CacheClusterStatus"])
        has_started = started.seen(status != "available")
        return has_started and status == "available" and not waits(node), status

    wait_for(poll, f"{NODE} {name} to be rebooted", timeout_seconds, str)
