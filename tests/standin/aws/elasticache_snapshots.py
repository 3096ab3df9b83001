"""Snapshots of replication groups: they take time, and outlive their group."""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow

from tests.standin.aws.elasticache_model import NAME, Data, Group, account, arn, group_missing, invalid, name_of
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers


def snapshot_missing(name: str) -> AwsError:
    return AwsError("SnapshotNotFoundFault", f"Snapshot {name} not found.", 404)


@answers("elasticache", "CreateSnapshot")
def create_snapshot(call: Call) -> dict[str, Any]:
    known, name = account(call), name_of(call, "SnapshotName")
    check_snapshot_name(call, name)
    wanted, node = name_of(call, "ReplicationGroupId"), name_of(call, "CacheClusterId")
    group = known.groups.get(wanted) or next((each for each in known.groups.values() if node in each.members), None)
    if group is None:
        raise group_missing(wanted) if wanted else AwsError("CacheClusterNotFound", f"CacheCluster not found: {node}", 404)
    if group.status != "available":
        raise AwsError("InvalidReplicationGroupState", f"Replication group {group.name} is in {group.status} state.", 400)
    group.status = "snapshotting"
    data = begin_snapshot(call, name, group, {tag["Key"]: tag.get("Value", "") for tag in call.get("Tags", [])})

    def end() -> None:
        if group.status == "snapshotting":
            group.status = "available"

    call.world.clock.after("elasticache:snapshot", end)
    return {"Snapshot": data}


@answers("elasticache", "DescribeSnapshots")
def describe_snapshots(call: Call) -> dict[str, Any]:
    known, name = account(call).snapshots, call.get("SnapshotName")
    if name is not None and name_of(call, "SnapshotName") not in known:
        raise snapshot_missing(name)
    chosen = [
        snapshot
        for snapshot in known.values()
        if name in (None, snapshot["SnapshotName"])
        and call.get("ReplicationGroupId") in (None, snapshot["ReplicationGroupId"])
        and {"user": "manual", "system": "automated"}.get(call.get("SnapshotSource")) in (None, snapshot["SnapshotSource"])
    ]
    return {"Snapshots": chosen}


@answers("elasticache", "DeleteSnapshot")
def delete_snapshot(call: Call) -> dict[str, Any]:
    known, name = account(call), name_of(call, "SnapshotName")
    if name not in known.snapshots:
        raise snapshot_missing(name)
    data = known.snapshots[name]
    if data["SnapshotStatus"] not in ("available", "failed"):
        raise AwsError("InvalidSnapshotState", f"Snapshot {name} is in {data['SnapshotStatus']} state.", 400)
    data["SnapshotStatus"] = "deleting"

    def gone() -> None:
        del known.snapshots[name]
        known.tags.pop(data["ARN"], None)

    call.world.clock.after("elasticache:snapshot", gone)
    return {"Snapshot": data}


def check_snapshot_name(call: Call, name: str) -> None:
    if not NAME.fullmatch(name.lower()):
        raise invalid(f"The parameter SnapshotName is not a valid identifier: {name}")
    if name.lower() in account(call).snapshots:
        raise AwsError("SnapshotAlreadyExistsFault", f"Snapshot {name} already exists.", 400)


def begin_snapshot(call: Call, name: str, group: Group, tags: dict[str, str]) -> Data:
    """A snapshot that is being made."""
    settings = group.settings
    data: Data = {
        "SnapshotName": name.lower(),
        "ReplicationGroupId": group.name,
        "ReplicationGroupDescription": settings["ReplicationGroupDescription"],
        "SnapshotStatus": "creating",
        "SnapshotSource": "manual",
        "CacheNodeType": settings["CacheNodeType"],
        "Engine": settings["Engine"],
        "EngineVersion": settings["EngineVersion"],
        "Port": settings["Port"],
        "CacheParameterGroupName": settings["CacheParameterGroupName"],
        "CacheSubnetGroupName": settings["CacheSubnetGroupName"],
        "NumNodeGroups": 1,
        "NodeSnapshots": [{"NodeGroupId": "0001", "CacheClusterId": group.members[0], "SnapshotCreateTime": utcnow()}],
        "KmsKeyId": settings["KmsKeyId"],
        "ARN": arn(call, "snapshot", name.lower()),
    }
    account(call).snapshots[name.lower()] = data
    account(call).tags[data["ARN"]] = tags
    call.world.clock.after("elasticache:snapshot", lambda: data.update(SnapshotStatus="available"))
    return data
