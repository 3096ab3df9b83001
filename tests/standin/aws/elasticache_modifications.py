"""Changes of replication groups: in place, at once or in the maintenance window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.utils import utcnow

from tests.standin.aws import elasticache_checks as checks
from tests.standin.aws import elasticache_versions as versions
from tests.standin.aws.elasticache_groups import add_nodes, described, remove_nodes, set_interfaces
from tests.standin.aws.elasticache_model import Data, Group, available_group_of, combination, group_of, invalid
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers

#: what waits for the maintenance window without ApplyImmediately
WAITING = ("CacheNodeType", "EngineVersion", "Engine", "CacheParameterGroupName")
AT_ONCE = (
    "ReplicationGroupDescription",
    "AutomaticFailoverEnabled",
    "MultiAZEnabled",
    "SecurityGroupIds",
    "PreferredMaintenanceWindow",
    "AutoMinorVersionUpgrade",
    "SnapshotRetentionLimit",
    "SnapshotWindow",
)
#: these take effect without work on the nodes
WITHOUT_WORK = ("ReplicationGroupDescription", "SnapshotRetentionLimit", "SnapshotWindow", "PreferredMaintenanceWindow")
MOST_REPLICAS, MOST_TOKENS = 5, 2


@answers("elasticache", "ModifyReplicationGroup")
def modify_replication_group(call: Call) -> dict[str, Any]:
    group = available_group_of(call)
    wanted = _wanted(call, group)
    tokens = _tokens(call, group)
    after = {**group.settings, **wanted}
    checks.check_version_step(group, after["Engine"], after["EngineVersion"])
    checks.check_transit_step(group.settings, after["TransitEncryptionEnabled"], after["TransitEncryptionMode"])
    checks.check_state(call, after, len(group.members))
    if tokens and after["UserGroupIds"]:
        raise combination("A replication group uses an AUTH token or user groups, not both.")
    later = {key: value for key, value in wanted.items() if key in WAITING and not call.get("ApplyImmediately")}
    now = {key: value for key, value in wanted.items() if key not in later}
    group.pending.update(later)
    if set(now) <= set(WITHOUT_WORK) and call.get("AuthTokenUpdateStrategy") is None:
        group.settings.update(now)
        return {"ReplicationGroup": described(call, group)}
    group.token_update = {"ROTATE": "ROTATING", "SET": "SETTING"}.get(call.get("AuthTokenUpdateStrategy", ""))

    def end() -> None:
        group.token_update = None
        group.settings.update(now)
        for key in now:
            group.pending.pop(key, None)
        if tokens != group.tokens:
            group.tokens, group.tokens_changed = tokens, utcnow()
        set_interfaces(call, group)

    _begin(call, group, end)
    return {"ReplicationGroup": described(call, group)}


def _begin(call: Call, group: Group, end: Callable[[], None]) -> None:
    """A change of a group: at first it is still described as available."""
    group.status, group.unnoticed = "modifying", True

    def noticed() -> None:
        group.unnoticed = False
        call.world.clock.after("elasticache:modification", ended)

    def ended() -> None:
        end()
        if group.status == "modifying":
            group.status = "available"

    call.world.clock.after("elasticache:notice", noticed)


@answers("elasticache", "IncreaseReplicaCount", "DecreaseReplicaCount")
def change_replica_count(call: Call) -> dict[str, Any]:
    group, wanted = available_group_of(call), call.get("NewReplicaCount")
    if not call.get("ApplyImmediately"):
        raise invalid("ApplyImmediately must be true: false is not currently supported.")
    if wanted is None:
        raise AwsError("NotImplemented", f"not imitated by the stand-in: {call.operation} without NewReplicaCount", 501)
    before = len(group.members) - 1
    least = 1 if group.settings["AutomaticFailoverEnabled"] else 0
    if wanted == before:
        raise AwsError("NoOperationFault", "The operation was not performed because no changes were required.", 400)
    if (wanted > before) != (call.operation == "IncreaseReplicaCount"):
        raise invalid(f"{call.operation}: the new replica count {wanted} does not fit the present one, {before}.")
    if not least <= wanted <= MOST_REPLICAS:
        raise combination(f"The replica count must be between {least} and {MOST_REPLICAS} for this replication group.")

    def end() -> None:
        add_nodes(call, group, max(wanted - before, 0))
        remove_nodes(call, group, max(before - wanted, 0))

    _begin(call, group, end)
    return {"ReplicationGroup": described(call, group)}


def _wanted(call: Call, group: Group) -> Data:
    """The settings that the call names, in the form in which they are kept."""
    wanted: Data = {key: call.get(key) for key in AT_ONCE if call.get(key) is not None}
    engine = versions.check_engine(call.get("Engine", group.settings["Engine"]))
    if call.get("Engine") is not None or call.get("EngineVersion") is not None:
        given = call.get("EngineVersion", group.settings["EngineVersion"] if engine == group.settings["Engine"] else None)
        wanted |= {"Engine": engine, "EngineVersion": versions.version_of(engine, given)}
    if call.get("CacheNodeType") is not None:
        wanted["CacheNodeType"] = versions.check_node_type(call.get("CacheNodeType"))
    if call.get("CacheParameterGroupName") is not None:
        wanted["CacheParameterGroupName"] = call.get("CacheParameterGroupName").lower()
    if call.get("UserGroupIdsToAdd") or call.get("UserGroupIdsToRemove") or call.get("RemoveUserGroups"):
        removed = call.get("UserGroupIdsToRemove", [])
        kept = [each for each in group.settings["UserGroupIds"] if each not in removed and not call.get("RemoveUserGroups")]
        wanted["UserGroupIds"] = [*kept, *(each.lower() for each in call.get("UserGroupIdsToAdd", []))]
    if call.get("TransitEncryptionEnabled") is not None:
        wanted["TransitEncryptionEnabled"] = bool(call.get("TransitEncryptionEnabled"))
    if call.get("TransitEncryptionMode") is not None:
        wanted["TransitEncryptionMode"] = call.get("TransitEncryptionMode")
    if call.get("LogDeliveryConfigurations") is not None:
        wanted["LogDeliveryConfigurations"] = _log_delivery(call, group)
    return wanted


def _log_delivery(call: Call, group: Group) -> list[Data]:
    configurations = {each["LogType"]: each for each in group.settings["LogDeliveryConfigurations"]}
    for each in call.get("LogDeliveryConfigurations"):
        configurations.pop(each["LogType"], None)
        if each.get("Enabled") is not False:
            configurations[each["LogType"]] = {key: value for key, value in each.items() if key != "Enabled"}
    return list(configurations.values())


def _tokens(call: Call, group: Group) -> list[str]:
    """The AUTH tokens after the call: ROTATE adds one and keeps the one before, SET keeps one that was rotated in."""
    strategy, token = call.get("AuthTokenUpdateStrategy"), call.get("AuthToken")
    if strategy is None and token is None:
        return group.tokens
    if strategy == "DELETE":
        if not call.get("UserGroupIdsToAdd"):
            raise combination("The AUTH token can only be deleted when transitioning to RBAC.")
        return []
    if token is None:
        raise combination("AuthTokenUpdateStrategy must be specified together with AuthToken.")
    checks.check_token(token, group.settings)
    if strategy == "SET":
        if token not in group.tokens:
            raise combination("The AUTH token update strategy SET is only allowed after ROTATE with the same token.")
        return [token]
    return [*group.tokens, token][-MOST_TOKENS:]


@answers("elasticache", "TestFailover")
def test_failover(call: Call) -> dict[str, Any]:
    """The first replica becomes the primary."""
    group = group_of(call)
    if not group.settings["AutomaticFailoverEnabled"]:
        raise AwsError("TestFailoverNotAvailableFault", "Automatic failover must be enabled.", 400)
    group.members.append(group.members.pop(0))
    return {"ReplicationGroup": described(call, group)}
