"""Instances of clusters of RDS and DocumentDB: made, changed, rebooted, deleted. They hold an address in a subnet each."""

from __future__ import annotations

import random
import string
from typing import Any

from moto.core.utils import utcnow

from tests.standin.aws import rds_engines as engines
from tests.standin.aws.ec2_common import backend
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.rds_clusters import effective_parameters, refuse_unless_available
from tests.standin.aws.rds_groups import subnet_group_of
from tests.standin.aws.rds_model import (
    Cluster,
    Data,
    Instance,
    account,
    arn,
    cluster_of,
    combination,
    identifier,
    instance_of,
    tag_list,
    tags_of,
    wanted_by,
)

MOST_INSTANCES = 16
SETTINGS = {
    "PubliclyAccessible": "PubliclyAccessible",
    "DBInstanceClass": "DBInstanceClass",
    "PromotionTier": "PromotionTier",
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "PreferredMaintenanceWindow": "PreferredMaintenanceWindow",
    "CopyTagsToSnapshot": "CopyTagsToSnapshot",
    "CACertificateIdentifier": "CACertificateIdentifier",
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
}
#: what DescribeDBInstances tells while it is not applied (RDS API, PendingModifiedValues)
PENDING = ("DBInstanceClass", "CACertificateIdentifier")


@answers("rds", "CreateDBInstance")
def create_db_instance(call: Call) -> dict[str, Any]:
    name = identifier(call, "DBInstanceIdentifier")
    if name in account(call).instances:
        raise AwsError("DBInstanceAlreadyExists", "DB instance already exists", 400)
    cluster = cluster_of(call)
    if call.get("Engine") != cluster.data["Engine"]:
        raise combination("The engine name requested for your DB instance doesn't match the engine name of your DB cluster.")
    engines.check_class(cluster.data["Engine"], call.get("DBInstanceClass"))
    if call.get("DBInstanceClass") == "db.serverless" and not cluster.data.get("ServerlessV2ScalingConfiguration"):
        raise combination(
            "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance."
        )
    refuse_unless_available(cluster)
    members = account(call).of(cluster)
    if len(members) >= MOST_INSTANCES:
        raise AwsError("InstanceQuotaExceeded", "A cluster has at most 16 DB instances.", 400)
    instance = Instance(_new(call, cluster, name), tags_of(call), effective_parameters(call, cluster), _address(call, cluster))
    instance.writer = not members
    account(call).instances[name] = instance

    def made() -> None:
        instance.data["DBInstanceStatus"] = "available"
        instance.data["Endpoint"] = {
            "Address": cluster.data["Endpoint"].replace(f"{cluster.name}.cluster-", f"{name}."),
            "Port": cluster.data["Port"],
            "HostedZoneId": cluster.data["HostedZoneId"],
        }

    call.world.clock.after("rds:instance", made)
    return {"DBInstance": _described(call, instance)}


@answers("rds", "DescribeDBInstances")
def describe_db_instances(call: Call) -> dict[str, Any]:
    if call.get("DBInstanceIdentifier"):
        return {"DBInstances": [_described(call, instance_of(call))]}
    clusters, engine = wanted_by(call, "db-cluster-id"), wanted_by(call, "engine")
    names = None if clusters is None else {each.rsplit(":", 1)[-1] for each in clusters}
    return {
        "DBInstances": [
            _described(call, each)
            for each in account(call).instances.values()
            if (names is None or each.data["DBClusterIdentifier"] in names) and (engine is None or each.data["Engine"] in engine)
        ]
    }


@answers("rds", "ModifyDBInstance")
def modify_db_instance(call: Call) -> dict[str, Any]:
    instance = instance_of(call)
    _refuse_unless_available(instance)
    changes = {theirs: call.get(member) for member, theirs in SETTINGS.items() if call.get(member) is not None}
    changes.update(_insights_key(call, instance))
    if "DBInstanceClass" in changes:
        engines.check_class(instance.data["Engine"], changes["DBInstanceClass"])
    if (
        not call.get("ApplyImmediately")
        and changes.get("DBInstanceClass", instance.data["DBInstanceClass"]) != instance.data["DBInstanceClass"]
    ):
        instance.data["PendingModifiedValues"] = {"DBInstanceClass": changes.pop("DBInstanceClass")}
    restarts = changes.get("DBInstanceClass", instance.data["DBInstanceClass"]) != instance.data["DBInstanceClass"]
    pending = instance.data["PendingModifiedValues"]
    pending.update({name: value for name, value in changes.items() if name in PENDING and instance.data.get(name) != value})

    def begun() -> None:
        instance.data["DBInstanceStatus"] = "modifying"
        call.world.clock.after("rds:modify", done)

    def done() -> None:
        instance.data.update(changes)
        for name in changes:
            pending.pop(name, None)
        instance.data["DBInstanceStatus"] = "available"
        if restarts:
            _take_parameters(call, instance)

    # Amazon Aurora User Guide: an instance is available until RDS begins; Terraform's waiter waits half a minute before it looks
    call.world.clock.after("rds:notice", begun)
    return {"DBInstance": _described(call, instance)}


@answers("rds", "RebootDBInstance")
def reboot_db_instance(call: Call) -> dict[str, Any]:
    instance = instance_of(call)
    if instance.data["DBInstanceStatus"] != "incompatible-parameters":  # AWS re:Post: such an instance can be rebooted and deleted only
        _refuse_unless_available(instance)

    def begun() -> None:
        instance.data["DBInstanceStatus"] = "rebooting"
        call.world.clock.after("rds:reboot", done)

    def done() -> None:
        _take_parameters(call, instance)
        instance.data["DBInstanceStatus"] = "available" if engines.starts_with(instance.in_force) else "incompatible-parameters"

    # alphagov/govuk-helm-charts, charts/db-backup/scripts/reboot: it stays available for a while after the reboot is requested
    call.world.clock.after("rds:notice", begun)
    return {"DBInstance": _described(call, instance)}


@answers("rds", "DeleteDBInstance")
def delete_db_instance(call: Call) -> dict[str, Any]:
    instance = instance_of(call)
    if instance.data["DBInstanceStatus"] == "deleting":
        raise AwsError("InvalidDBInstanceState", f"Instance {instance.name} is already being deleted.", 400)
    cluster = account(call).clusters[instance.data["DBClusterIdentifier"]]
    if call.get("FinalDBSnapshotIdentifier"):
        raise combination("FinalDBSnapshotIdentifier can not be specified when deleting a cluster instance")
    if len(account(call).of(cluster)) == 1 and cluster.data["DeletionProtection"]:
        message = "Cannot delete the last instance of the protected Cluster, please disable deletion protection and try again."
        raise combination(message)
    instance.data["DBInstanceStatus"] = "deleting"

    def gone() -> None:
        account(call).instances.pop(instance.name, None)
        backend(call).enis.pop(instance.interface, None)
        others = account(call).of(cluster)
        if instance.writer and others:
            min(others, key=lambda each: each.data["PromotionTier"]).writer = True

    call.world.clock.after("rds:instance", gone)
    return {"DBInstance": _described(call, instance)}


def _refuse_unless_available(instance: Instance) -> None:
    if instance.data["DBInstanceStatus"] != "available":
        raise AwsError("InvalidDBInstanceState", f"Database instance {instance.name} is not in available state.", 400)


def _insights_key(call: Call, instance: Instance) -> Data:
    """terraform-provider-aws, issues 3015 and 44046: the first key stays, and one that is not named with the switch is the default one."""
    key, known = call.get("PerformanceInsightsKMSKeyId"), instance.data.get("PerformanceInsightsKMSKeyId")
    if not call.get("EnablePerformanceInsights"):
        if key:
            raise combination("Can not set PerformanceInsightsKMSKeyId without EnablePerformanceInsights")
        return {}
    key = key or _default_key(call)
    if known and key.rpartition("/")[2] != known.rpartition("/")[2]:
        raise combination("You can't change your Performance Insights KMS key.")
    return {"PerformanceInsightsKMSKeyId": known or key}


def _default_key(call: Call) -> str:
    """That of aws/rds."""
    return f"arn:{call.partition}:kms:{call.region}:{call.account}:key/aws-rds"


def _take_parameters(call: Call, instance: Instance) -> None:
    instance.in_force = effective_parameters(call, account(call).clusters[instance.data["DBClusterIdentifier"]])


def _address(call: Call, cluster: Cluster) -> str:
    """The id of a new network interface in one of the subnets, with the cluster's security groups."""
    subnets = subnet_group_of(call, cluster.data["DBSubnetGroup"]).data["Subnets"]
    subnet = subnets[len(account(call).of(cluster)) % len(subnets)]["SubnetIdentifier"]
    groups = [each["VpcSecurityGroupId"] for each in cluster.data["VpcSecurityGroups"]]
    known = backend(call)
    interface = known.create_network_interface(known.get_subnet(subnet), "", group_ids=groups, description="RDSNetworkInterface")
    interface.status = "in-use"
    return str(interface.id)


def _new(call: Call, cluster: Cluster, name: str) -> Data:
    engine = cluster.data["Engine"]
    given = {theirs: call.get(member) for member, theirs in SETTINGS.items() if call.get(member) is not None}
    data: Data = {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": arn(call, "db", name),
        "DbiResourceId": f"db-{''.join(random.choices(string.ascii_uppercase + string.digits, k=26))}",
        "DBClusterIdentifier": cluster.name,
        "DBInstanceStatus": "creating",
        "Engine": engine,
        "EngineVersion": cluster.data["EngineVersion"],
        "AllocatedStorage": 1,
        "AutoMinorVersionUpgrade": True,
        "PromotionTier": 1,
        "PreferredMaintenanceWindow": "mon:03:00-mon:03:30",
        "PreferredBackupWindow": cluster.data["PreferredBackupWindow"],
        "BackupRetentionPeriod": cluster.data["BackupRetentionPeriod"],
        "InstanceCreateTime": utcnow(),
        "PubliclyAccessible": False,
        "StorageEncrypted": cluster.data["StorageEncrypted"],
        "PendingModifiedValues": {},
        "PerformanceInsightsEnabled": False,
        "CopyTagsToSnapshot": False,
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        **given,
    }
    if cluster.data.get("KmsKeyId"):
        data["KmsKeyId"] = cluster.data["KmsKeyId"]
    if data["PerformanceInsightsEnabled"]:
        data.setdefault("PerformanceInsightsRetentionPeriod", 7)
        data.setdefault("PerformanceInsightsKMSKeyId", _default_key(call))
    return data


def _described(call: Call, instance: Instance) -> Data:
    cluster = account(call).clusters.get(instance.data["DBClusterIdentifier"])
    more: Data = {"TagList": tag_list(instance.tags)}
    if cluster is not None:
        more["VpcSecurityGroups"] = cluster.data["VpcSecurityGroups"]
        more["DBSubnetGroup"] = subnet_group_of(call, cluster.data["DBSubnetGroup"]).data
        more["AvailabilityZone"] = cluster.data["AvailabilityZones"][0]
    return {**instance.data, **more}
