"""Snapshots and automated backups of clusters of RDS and DocumentDB."""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.rds_model import (
    Cluster,
    Data,
    Tagged,
    account,
    arn,
    cluster_of,
    identifier,
    snapshot_of,
    tag_list,
    tags_of,
    wanted_by,
)

KEPT = (
    "DBClusterIdentifier",
    "Engine",
    "EngineMode",
    "EngineVersion",
    "MasterUsername",
    "Port",
    "StorageEncrypted",
    "KmsKeyId",
    "StorageType",
    "DbClusterResourceId",
    "ClusterCreateTime",
    "BackupRetentionPeriod",
    "PreferredBackupWindow",
    "AvailabilityZones",
    "IAMDatabaseAuthenticationEnabled",
)


@answers("rds", "CreateDBClusterSnapshot")
def create_db_cluster_snapshot(call: Call) -> dict[str, Any]:
    cluster, name = cluster_of(call), identifier(call, "DBClusterSnapshotIdentifier")
    if cluster.data["Status"] not in ("available", "backing-up"):
        raise AwsError("InvalidDBClusterStateFault", f"DB cluster {cluster.name} is not in available state.", 400)
    refuse_a_taken_snapshot(call, name)
    cluster.data["Status"] = "backing-up"

    def backed_up() -> None:
        if cluster.data["Status"] == "backing-up":
            cluster.data["Status"] = "available"

    call.world.clock.after("rds:snapshot", backed_up)
    tags = {**(cluster.tags if cluster.data["CopyTagsToSnapshot"] else {}), **tags_of(call)}
    return {"DBClusterSnapshot": _described(make_snapshot(call, cluster, name, tags))}


@answers("rds", "DescribeDBClusterSnapshots")
def describe_db_cluster_snapshots(call: Call) -> dict[str, Any]:
    if call.get("DBClusterSnapshotIdentifier"):
        found = [snapshot_of(call, "DBClusterSnapshotIdentifier")]
    else:
        found = list(account(call).snapshots.values())
    engine, cluster = wanted_by(call, "engine"), call.get("DBClusterIdentifier")
    kept = [
        each
        for each in found
        if (engine is None or each.data["Engine"] in engine)
        and cluster in (None, each.data["DBClusterIdentifier"])
        and each.data["SnapshotType"] in ([call.get("SnapshotType")] if call.get("SnapshotType") else ("manual", "automated"))
    ]
    return {"DBClusterSnapshots": [_described(each) for each in kept]}


@answers("rds", "DeleteDBClusterSnapshot")
def delete_db_cluster_snapshot(call: Call) -> dict[str, Any]:
    snapshot = snapshot_of(call, "DBClusterSnapshotIdentifier")
    if snapshot.data["Status"] != "available":
        raise AwsError("InvalidDBClusterSnapshotStateFault", "The snapshot is not in the available state.", 400)
    del account(call).snapshots[snapshot.data["DBClusterSnapshotIdentifier"]]
    return {"DBClusterSnapshot": _described(snapshot)}


@answers("rds", "DescribeDBClusterAutomatedBackups")
def describe_db_cluster_automated_backups(call: Call) -> dict[str, Any]:
    """Of current clusters and of deleted ones, whose backups are kept on request."""
    known = account(call)
    return {"DBClusterAutomatedBackups": [*(_backup(call, each) for each in known.clusters.values()), *known.retained_backups]}


@answers("rds", "DescribeDBInstanceAutomatedBackups")
def describe_db_instance_automated_backups(_call: Call) -> dict[str, Any]:
    """Instances of clusters have none of their own, and others the stand-in does not make."""
    return {"DBInstanceAutomatedBackups": []}


def retain_backups(call: Call, cluster: Cluster) -> None:
    account(call).retained_backups.append({**_backup(call, cluster), "Status": "retained"})


def _backup(call: Call, cluster: Cluster) -> Data:
    name = f"cluster-ab-{cluster.data['DbClusterResourceId'].removeprefix('cluster-').lower()}"
    shown = {key: value for key, value in cluster.data.items() if key in (*KEPT, "DBClusterArn") and value is not None}
    return {**shown, "DBClusterAutomatedBackupsArn": arn(call, "cluster-auto-backup", name), "Region": call.region}


def refuse_a_taken_snapshot(call: Call, name: str) -> None:
    if name in account(call).snapshots:
        message = f"Cannot create the cluster snapshot because one with the identifier {name} already exists."
        raise AwsError("DBClusterSnapshotAlreadyExistsFault", message, 400)


def make_snapshot(call: Call, cluster: Cluster, name: str, tags: dict[str, str]) -> Tagged:
    data: Data = {key: cluster.data[key] for key in KEPT if cluster.data.get(key) is not None}
    data.update(
        DBClusterSnapshotIdentifier=name,
        DBClusterSnapshotArn=arn(call, "cluster-snapshot", name),
        SnapshotCreateTime=utcnow(),
        SnapshotType="manual",
        Status="creating",
        PercentProgress=0,
        AllocatedStorage=1,
        DatabaseName=cluster.data.get("DatabaseName"),
    )
    snapshot = Tagged(data, tags, cluster.password)
    account(call).snapshots[name] = snapshot

    def made() -> None:
        data.update(Status="available", PercentProgress=100)

    call.world.clock.after("rds:snapshot", made)
    return snapshot


def _described(snapshot: Tagged) -> Data:
    shown = {key: value for key, value in snapshot.data.items() if key != "DatabaseName"}
    return {**shown, "TagList": tag_list(snapshot.tags)}
