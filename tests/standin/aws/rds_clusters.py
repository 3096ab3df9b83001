"""Clusters of RDS and DocumentDB: made, restored, changed, deleted. One namespace for both engines."""

from __future__ import annotations

import random
import re
import string
from typing import Any

from moto.core.utils import utcnow

from tests.standin.aws import rds_engines as engines
from tests.standin.aws.ec2_common import backend
from tests.standin.aws.errors import AwsError
from tests.standin.aws.kms import find_key
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.rds_groups import effective, subnet_group_of
from tests.standin.aws.rds_model import (
    Cluster,
    Data,
    account,
    arn,
    cluster_of,
    combination,
    identifier,
    invalid,
    parameter_group_of,
    snapshot_of,
    tag_list,
    tags_of,
    wanted_by,
)
from tests.standin.aws.rds_snapshots import make_snapshot, refuse_a_taken_snapshot, retain_backups

FEWEST_BACKUP_DAYS, MOST_BACKUP_DAYS = 1, 35
#: Source: Amazon Aurora User Guide, starting a cluster; AWS re:Post, a cluster in an inaccessible encryption state
STARTABLE = ("stopped", "inaccessible-encryption-credentials-recoverable")
# request member: data member, for what is simply taken over
PLAIN = {
    "BackupRetentionPeriod": "BackupRetentionPeriod",
    "PreferredBackupWindow": "PreferredBackupWindow",
    "PreferredMaintenanceWindow": "PreferredMaintenanceWindow",
    "DBClusterParameterGroupName": "DBClusterParameterGroup",
    "Port": "Port",
    "DeletionProtection": "DeletionProtection",
    "CopyTagsToSnapshot": "CopyTagsToSnapshot",
    "StorageType": "StorageType",
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "EngineLifecycleSupport": "EngineLifecycleSupport",
    "ServerlessV2ScalingConfiguration": "ServerlessV2ScalingConfiguration",
}


@answers("rds", "CreateDBCluster")
def create_db_cluster(call: Call) -> dict[str, Any]:
    engine = call.get("Engine")
    version = engines.resolve(engine, call.get("EngineVersion"))
    name = _new_name(call)
    if not call.get("MasterUsername") or not call.get("MasterUserPassword"):
        raise combination("Parameter MasterUsername and MasterUserPassword must be provided")
    _check_password(call.get("MasterUserPassword"))
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", call.get("MasterUsername")):
        raise invalid("MasterUsername is not a valid identifier")
    if call.get("MasterUsername").lower() in ("admin", "rdsadmin", "postgres_admin", "user") and engine == engines.AURORA:
        raise invalid(f"MasterUsername {call.get('MasterUsername')} cannot be used as it is a reserved word used by the engine")
    database = call.get("DatabaseName")
    if database is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", database):
        raise invalid("DatabaseName must begin with a letter and contain only alphanumeric characters.")
    cluster = _make(call, name, engine, version, {"MasterUsername": call.get("MasterUsername"), "DatabaseName": database})
    cluster.password = call.get("MasterUserPassword")
    return {"DBCluster": described(call, cluster)}


@answers("rds", "RestoreDBClusterFromSnapshot")
def restore_db_cluster_from_snapshot(call: Call) -> dict[str, Any]:
    snapshot = snapshot_of(call, "SnapshotIdentifier")
    if snapshot.data["Status"] != "available":
        raise AwsError("InvalidDBClusterSnapshotStateFault", "The snapshot is not in the available state.", 400)
    version = engines.resolve(snapshot.data["Engine"], call.get("EngineVersion"))  # without one the engine's default, not the snapshot's
    return _restore(call, snapshot.data, snapshot.password, version)


@answers("rds", "RestoreDBClusterToPointInTime")
def restore_db_cluster_to_point_in_time(call: Call) -> dict[str, Any]:
    source = cluster_of(call, "SourceDBClusterIdentifier")
    if bool(call.get("RestoreToTime")) == bool(call.get("UseLatestRestorableTime")):
        raise combination("One of RestoreToTime and UseLatestRestorableTime must be given")
    when = call.get("RestoreToTime")
    if when and not source.data["EarliestRestorableTime"].timestamp() <= _timestamp(when) <= utcnow().timestamp() + 1:
        raise invalid(f"The specified restore time {when} is not within the restorable window of the cluster")
    return _restore(call, source.data, source.password, source.data["EngineVersion"])


@answers("rds", "DescribeDBClusters")
def describe_db_clusters(call: Call) -> dict[str, Any]:
    found = [cluster_of(call)] if call.get("DBClusterIdentifier") else list(account(call).clusters.values())
    chosen, names = wanted_by(call, "engine"), wanted_by(call, "db-cluster-id")
    kept = [each for each in found if (chosen is None or each.data["Engine"] in chosen) and (names is None or each.name in names)]
    return {"DBClusters": [described(call, each) for each in kept]}


@answers("rds", "ModifyDBCluster")
def modify_db_cluster(call: Call) -> dict[str, Any]:
    cluster = cluster_of(call)
    refuse_unless_available(cluster)
    _check_settings(call, cluster.data["Engine"])
    changes = _settings(call)
    version = call.get("EngineVersion")
    if version and version != cluster.data["EngineVersion"]:
        changes["EngineVersion"] = _upgrade(call, cluster, version)
    if call.get("MasterUserPassword"):
        _check_password(call.get("MasterUserPassword"))
    logs = call.get("CloudwatchLogsExportConfiguration", {})
    if logs:
        on = set(cluster.data["EnabledCloudwatchLogsExports"]) | set(logs.get("EnableLogTypes") or [])
        changes["EnabledCloudwatchLogsExports"] = sorted(on - set(logs.get("DisableLogTypes") or []))
    password = call.get("MasterUserPassword")
    if cluster.data["Engine"] == engines.AURORA:  # DocumentDB tells nothing of what is pending
        pending = {"EngineVersion": changes.get("EngineVersion"), "MasterUserPassword": "****" if password else None}
        cluster.data["PendingModifiedValues"] = {name: value for name, value in pending.items() if value}

    def begun() -> None:
        """Only now is it no longer available (hashicorp/terraform-provider-aws, waitDBClusterAvailable of RDS and DocumentDB)."""
        cluster.data["Status"] = "upgrading" if "EngineVersion" in changes else "resetting-master-credentials" if password else "modifying"
        call.world.clock.after("rds:password" if password else "rds:modify", done)

    def done() -> None:
        cluster.data.pop("PendingModifiedValues", None)
        another_group = (
            changes.get("DBClusterParameterGroup", cluster.data["DBClusterParameterGroup"]) != cluster.data["DBClusterParameterGroup"]
        )
        cluster.data.update(changes)
        cluster.password = password or cluster.password
        for instance in account(call).of(cluster):
            instance.data["EngineVersion"] = cluster.data["EngineVersion"]
            if another_group:
                instance.in_force["another group"] = "until it is rebooted"
        cluster.data["Status"] = "available"

    call.world.clock.after("rds:notice", begun)
    return {"DBCluster": described(call, cluster)}


@answers("rds", "DeleteDBCluster")
def delete_db_cluster(call: Call) -> dict[str, Any]:
    cluster = cluster_of(call)
    if cluster.data["Status"] == "deleting":
        raise AwsError("InvalidDBClusterStateFault", f"DbCluster {cluster.name} is already being deleted", 400)
    if cluster.data["DeletionProtection"]:
        raise combination("Cannot delete protected Cluster, please disable deletion protection and try again.")
    if any(each.data["DBInstanceStatus"] != "deleting" for each in account(call).of(cluster)):
        message = "Cluster cannot be deleted, it still contains DB instances in non-deleting state."
        raise AwsError("InvalidDBClusterStateFault", message, 400)
    final = call.get("FinalDBSnapshotIdentifier")
    if call.get("SkipFinalSnapshot") and final:
        raise combination("FinalDBSnapshotIdentifier can not be specified when deleting a cluster with SkipFinalSnapshot enabled")
    if not call.get("SkipFinalSnapshot"):
        if not final:
            raise combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
        refuse_unless_available(cluster)
        refuse_a_taken_snapshot(call, identifier(call, "FinalDBSnapshotIdentifier"))
        tags = dict(cluster.tags) if cluster.data["CopyTagsToSnapshot"] else {}
        make_snapshot(call, cluster, identifier(call, "FinalDBSnapshotIdentifier"), tags)
    cluster.data["Status"] = "deleting"
    if call.get("DeleteAutomatedBackups") is False:
        retain_backups(call, cluster)

    def gone() -> bool | None:
        if account(call).of(cluster):
            return False
        account(call).clusters.pop(cluster.name, None)
        return None

    call.world.clock.after("rds:cluster", gone)
    return {"DBCluster": described(call, cluster)}


@answers("rds", "StopDBCluster", "StartDBCluster")
def stop_or_start_db_cluster(call: Call) -> dict[str, Any]:
    cluster, stopping = cluster_of(call), call.operation == "StopDBCluster"
    if cluster.data["Status"] not in (("available",) if stopping else STARTABLE):
        raise AwsError("InvalidDBClusterStateFault", f"DbCluster {cluster.name} is in {cluster.data['Status']} state", 400)
    cluster.data["Status"] = "stopped" if stopping else "starting"

    def started() -> None:
        cluster.data["Status"] = "available"

    if not stopping:
        call.world.clock.after("rds:modify", started)
    return {"DBCluster": described(call, cluster)}


@answers("rds", "FailoverDBCluster")
def failover_db_cluster(call: Call) -> dict[str, Any]:
    """Makes another instance the writer, at once."""
    cluster = cluster_of(call)
    members = account(call).of(cluster)
    if len(members) < 2:
        raise AwsError("InvalidDBClusterStateFault", "The cluster has no reader to fail over to.", 400)
    target = call.get("TargetDBInstanceIdentifier") or next(each.name for each in members if not each.writer)
    for each in members:
        each.writer = each.name == target
    return {"DBCluster": described(call, cluster)}


def described(call: Call, cluster: Cluster) -> Data:
    """A cluster in DescribeDBClusters's shape."""
    wanted = effective_parameters(call, cluster)
    members = [
        {
            "DBInstanceIdentifier": each.name,
            "IsClusterWriter": each.writer,
            "DBClusterParameterGroupStatus": "in-sync" if each.in_force == wanted else "pending-reboot",
            "PromotionTier": each.data["PromotionTier"],
        }
        for each in account(call).of(cluster)
    ]
    data = {key: value for key, value in cluster.data.items() if value is not None}
    if data["StorageType"] == "standard":
        del data["StorageType"]  # DocumentDB's default is not shown
    return {**data, "DBClusterMembers": members, "TagList": tag_list(cluster.tags)}


def effective_parameters(call: Call, cluster: Cluster) -> dict[str, str]:
    family = engines.family(cluster.data["Engine"], cluster.data["EngineVersion"])
    return effective(call, cluster.data["DBClusterParameterGroup"], family)


def refuse_unless_available(cluster: Cluster) -> None:
    if cluster.data["Status"] != "available":
        raise AwsError("InvalidDBClusterStateFault", f"DB cluster {cluster.name} is not in available state.", 400)


def _restore(call: Call, source: Data, password: str | None, version: str) -> dict[str, Any]:
    engine = source["Engine"]
    if call.get("Engine", engine) != engine:
        raise combination(f"The engine of the snapshot is {engine}")
    name = _new_name(call)
    kept = {"MasterUsername": source["MasterUsername"], "DatabaseName": source.get("DatabaseName")}
    for member in ("BackupRetentionPeriod", "PreferredBackupWindow", "KmsKeyId"):
        kept[member] = source.get(member)
    cluster = _make(call, name, engine, version, kept)
    cluster.password = password
    return {"DBCluster": described(call, cluster)}


def _new_name(call: Call) -> str:
    name = identifier(call, "DBClusterIdentifier")
    if name in account(call).clusters:
        raise AwsError("DBClusterAlreadyExistsFault", "DB Cluster already exists", 400)
    return name


def _make(call: Call, name: str, engine: str, version: str, given: Data) -> Cluster:
    _check_settings(call, engine)
    subnets = subnet_group_of(call, call.get("DBSubnetGroupName", "default"))
    family = engines.family(engine, version)
    group = call.get("DBClusterParameterGroupName")
    if group and not group.startswith("default."):
        found = parameter_group_of(call, group)
        if found.data["DBParameterGroupFamily"] != family:
            message = (
                f"The Parameter Group {group} with DBParameterGroupFamily {found.data['DBParameterGroupFamily']} can't be used for this "
                f"instance. Please use a Parameter Group with DBParameterGroupFamily {family}"
            )
            raise combination(message)
    code = "".join(random.choices(string.ascii_lowercase + string.digits, k=12))
    suffix = "docdb" if engine == engines.DOCUMENTDB else "rds"
    domain = f"{code}.{call.region}.{suffix}.amazonaws.com"
    data: Data = {
        "DBClusterIdentifier": name,
        "DBClusterArn": arn(call, "cluster", name),
        "DbClusterResourceId": f"cluster-{''.join(random.choices(string.ascii_uppercase + string.digits, k=26))}",
        "Engine": engine,
        "EngineVersion": version,
        "EngineMode": "provisioned",
        "Status": "creating",
        "Port": engines.PORTS[engine],
        "Endpoint": f"{name}.cluster-{domain}",
        "ReaderEndpoint": f"{name}.cluster-ro-{domain}",
        "HostedZoneId": "Z29XKXDKYMONMX",
        "MultiAZ": False,
        "AvailabilityZones": [each["SubnetAvailabilityZone"]["Name"] for each in subnets.data["Subnets"]][:3],
        "DBSubnetGroup": subnets.data["DBSubnetGroupName"],
        "DBClusterParameterGroup": f"default.{family}",
        "BackupRetentionPeriod": 1,
        "PreferredBackupWindow": "03:00-03:30",
        "PreferredMaintenanceWindow": "sun:04:00-sun:04:30",
        "EnabledCloudwatchLogsExports": sorted(call.get("EnableCloudwatchLogsExports", [])),
        "StorageEncrypted": bool(call.get("StorageEncrypted") or given.get("KmsKeyId") or call.get("KmsKeyId")),
        "DeletionProtection": False,
        "CopyTagsToSnapshot": False,
        "IAMDatabaseAuthenticationEnabled": False,
        "StorageType": engines.STORAGE_TYPES[engine][0],
        "EngineLifecycleSupport": "open-source-rds-extended-support" if engine == engines.AURORA else None,
        "ClusterCreateTime": utcnow(),
        "EarliestRestorableTime": utcnow(),
        "LatestRestorableTime": utcnow(),
        "AssociatedRoles": [],
        "ReadReplicaIdentifiers": [],
        "VpcSecurityGroups": _default_group(call, subnets.data["VpcId"]),
        **{key: value for key, value in given.items() if value is not None},
        **_settings(call),
    }
    if data["StorageEncrypted"]:
        data["KmsKeyId"] = _key(call) or data.get("KmsKeyId") or arn(call, "key", "aws-rds").replace(":rds:", ":kms:")
    cluster = Cluster(data, tags_of(call))
    account(call).clusters[name] = cluster

    def made() -> None:
        data["Status"] = "available"

    call.world.clock.after("rds:cluster", made)
    return cluster


def _settings(call: Call) -> Data:
    """What a request sets, in the shape of the data."""
    given = {theirs: call.get(member) for member, theirs in PLAIN.items() if call.get(member) is not None}
    if "ServerlessV2ScalingConfiguration" in given:
        engines.check_scaling(given["ServerlessV2ScalingConfiguration"])
        given["ServerlessV2ScalingConfiguration"] = engines.shown_scaling(given["ServerlessV2ScalingConfiguration"])
    if call.get("VpcSecurityGroupIds"):
        given["VpcSecurityGroups"] = [{"VpcSecurityGroupId": each, "Status": "active"} for each in call.get("VpcSecurityGroupIds")]
    return given


def _check_settings(call: Call, engine: str) -> None:
    days = call.get("BackupRetentionPeriod")
    if days is not None and not FEWEST_BACKUP_DAYS <= days <= MOST_BACKUP_DAYS:
        raise invalid(f"Invalid backup retention period: {days}. Must be between 1 and 35.")
    storage = call.get("StorageType")
    if storage is not None and storage not in engines.STORAGE_TYPES[engine]:
        raise combination(f"You can't specify the storage type {storage} for the engine {engine}.")
    logs = call.get("CloudwatchLogsExportConfiguration", {})
    asked = {*call.get("EnableCloudwatchLogsExports", []), *(logs.get("EnableLogTypes") or []), *(logs.get("DisableLogTypes") or [])}
    unknown = sorted(asked - set(engines.LOG_TYPES[engine]))
    if unknown:
        raise combination(f"You cannot use the log types '{', '.join(unknown)}' with engine version {engine}.")
    for member, pattern in (
        ("PreferredBackupWindow", r"\d\d:\d\d-\d\d:\d\d"),
        ("PreferredMaintenanceWindow", r"[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d"),
    ):
        if call.get(member) is not None and not re.fullmatch(pattern, call.get(member)):
            raise invalid(f"Invalid window: {call.get(member)}")
    for group_id in call.get("VpcSecurityGroupIds", []):
        if backend(call).get_security_group_from_id(group_id) is None:
            raise AwsError("InvalidParameterValue", f"Invalid security group , groupId= {group_id}, groupName=.", 400)
    name = call.get("DBClusterParameterGroupName")
    if name and not name.startswith("default."):
        parameter_group_of(call, name)


def _upgrade(call: Call, cluster: Cluster, version: str) -> str:
    engine, found = cluster.data["Engine"], cluster.data["EngineVersion"]
    target = next((each for each in engines.upgrade_targets(engine, found) if each["EngineVersion"] == version), None)
    if target is None:
        raise combination(f"Cannot upgrade {engine} from {found} to {version}")
    if target["IsMajorVersionUpgrade"]:
        if not call.get("AllowMajorVersionUpgrade"):
            raise combination("The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
        group = call.get("DBClusterParameterGroupName")
        family = engines.family(engine, version)
        if not cluster.data["DBClusterParameterGroup"].startswith("default.") and not group:
            raise combination(
                "The current DB cluster parameter group is custom. You must explicitly specify a new DB cluster parameter group."
            )
        if group and not group.startswith("default.") and parameter_group_of(call, group).data["DBParameterGroupFamily"] != family:
            raise combination(f"The parameter group {group} is not of the family {family}.")
    return version


def _check_password(password: str) -> None:
    if not 8 <= len(password) <= 100 or re.search(r'[/"@\s]', password):
        message = "The parameter MasterUserPassword is not a valid password. "
        raise invalid(message + "Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.")


def _key(call: Call) -> str | None:
    if not call.get("KmsKeyId"):
        return None
    key = find_key(call, call.get("KmsKeyId"))
    if key is None or key.key_state != "Enabled":
        message = (
            f"The specified KMS key [{call.get('KmsKeyId')}] does not exist, is not enabled or you do not have permissions to access it."
        )
        raise AwsError("KMSKeyNotAccessibleFault", message, 400)
    return str(key.arn)


def _default_group(call: Call, vpc_id: str) -> list[Data]:
    groups = backend(call).groups.get(vpc_id, {}).values()
    return [{"VpcSecurityGroupId": group.id, "Status": "active"} for group in groups if group.name == "default"]


def _timestamp(when: Any) -> float:
    return float(when.timestamp()) if hasattr(when, "timestamp") else float(when)
