# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to Amazon RDS and Amazon DocumentDB, one function each.

Both have the same calls at the same endpoint; each client's model has the members that its service supports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .. import _tags

MISSING = [
    "DBClusterNotFoundFault",
    "DBInstanceNotFound",
    "DBInstanceNotFoundFault",
    "DBParameterGroupNotFound",
    "DBParameterGroupNotFoundFault",
    "DBSubnetGroupNotFoundFault",
    "DBClusterSnapshotNotFoundFault",
]
#: the state that a change needs shows late
BUSY = ["InvalidDBClusterStateFault", "InvalidDBInstanceState"]


class RdsError(AnsibleAWSError):
    """A call to RDS or DocumentDB failed."""


class RdsErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = RdsError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(MISSING)


def accepted(client: Any, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a request that the service's operation has."""
    members = client.meta.service_model.operation_model(operation).input_shape.members
    return {name: value for name, value in request.items() if name in members and value is not None}


def _pages(client: Any, operation: str, key: str, **request: Any) -> list[dict[str, Any]]:
    return client.get_paginator(operation).paginate(**request).build_full_result().get(key) or []


def _with_tags(client: Any, arn_key: str, found: dict[str, Any]) -> dict[str, Any] | None:
    """Return described resources with their tags, which DocumentDB's answers lack; tags are None for what is gone."""
    listed = found["TagList"] if "TagList" in found else list_tags(client, found[arn_key])
    return None if listed is None else {**found, "tags": _tags.as_dict(listed)}


def _all_with_tags(client: Any, arn_key: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in (_with_tags(client, arn_key, each) for each in found) if item is not None]


@RdsErrorHandler.list_error_handler("list the tags of a database resource", None)
@AWSRetry.jittered_backoff()
def list_tags(client: Any, arn: str) -> list[dict[str, str]] | None:
    """Return the tags; None for what does not exist."""
    return client.list_tags_for_resource(ResourceName=arn)["TagList"]


@RdsErrorHandler.common_error_handler("tag a database resource")
@AWSRetry.jittered_backoff()
def add_tags(client: Any, arn: str, tags: Mapping[str, str]) -> None:
    client.add_tags_to_resource(ResourceName=arn, Tags=_tags.as_list(tags))


@RdsErrorHandler.common_error_handler("remove tags of a database resource")
@AWSRetry.jittered_backoff()
def remove_tags(client: Any, arn: str, names: list[str]) -> None:
    client.remove_tags_from_resource(ResourceName=arn, TagKeys=names)


@RdsErrorHandler.list_error_handler("describe the database cluster", None)
@AWSRetry.jittered_backoff()
def describe_cluster(client: Any, name: str) -> dict[str, Any] | None:
    found = client.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    return _with_tags(client, "DBClusterArn", found[0]) if found else None


@RdsErrorHandler.common_error_handler("create the database cluster")
@AWSRetry.jittered_backoff()
def create_cluster(client: Any, **request: Any) -> None:
    client.create_db_cluster(**accepted(client, "CreateDBCluster", request))


@RdsErrorHandler.common_error_handler("restore the database cluster from a snapshot")
@AWSRetry.jittered_backoff()
def restore_from_snapshot(client: Any, **request: Any) -> None:
    client.restore_db_cluster_from_snapshot(**accepted(client, "RestoreDBClusterFromSnapshot", request))


@RdsErrorHandler.common_error_handler("restore the database cluster to a point in time")
@AWSRetry.jittered_backoff()
def restore_to_point_in_time(client: Any, **request: Any) -> None:
    client.restore_db_cluster_to_point_in_time(**accepted(client, "RestoreDBClusterToPointInTime", request))


@RdsErrorHandler.common_error_handler("modify the database cluster")
@AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
def modify_cluster(client: Any, name: str, **request: Any) -> None:
    client.modify_db_cluster(DBClusterIdentifier=name, ApplyImmediately=True, **accepted(client, "ModifyDBCluster", request))


@RdsErrorHandler.deletion_error_handler("delete the database cluster")
@AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
def delete_cluster(client: Any, name: str, final_snapshot: str | None) -> bool:
    how = {"FinalDBSnapshotIdentifier": final_snapshot} if final_snapshot else {}
    client.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=final_snapshot is None, **how)
    return True


@RdsErrorHandler.common_error_handler("describe the instances of the database cluster")
@AWSRetry.jittered_backoff()
def describe_instances(client: Any, cluster_name: str) -> list[dict[str, Any]]:
    filters = [{"Name": "db-cluster-id", "Values": [cluster_name]}]
    found = _pages(client, "describe_db_instances", "DBInstances", Filters=filters)
    return _all_with_tags(client, "DBInstanceArn", found)


@RdsErrorHandler.common_error_handler("create the database instance")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["InvalidDBClusterStateFault"])
def create_instance(client: Any, **request: Any) -> None:
    client.create_db_instance(**accepted(client, "CreateDBInstance", request))


@RdsErrorHandler.common_error_handler("modify the database instance")
@AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
def modify_instance(client: Any, name: str, **request: Any) -> None:
    client.modify_db_instance(DBInstanceIdentifier=name, ApplyImmediately=True, **accepted(client, "ModifyDBInstance", request))


@RdsErrorHandler.common_error_handler("reboot the database instance")
@AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
def reboot_instance(client: Any, name: str) -> None:
    client.reboot_db_instance(DBInstanceIdentifier=name)


@RdsErrorHandler.deletion_error_handler("delete the database instance")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["InvalidDBInstanceState"])
def delete_instance(client: Any, name: str) -> bool:
    client.delete_db_instance(**accepted(client, "DeleteDBInstance", {"DBInstanceIdentifier": name, "SkipFinalSnapshot": True}))
    return True


@RdsErrorHandler.list_error_handler("describe the subnet group", None)
@AWSRetry.jittered_backoff()
def describe_subnet_group(client: Any, name: str) -> dict[str, Any] | None:
    found = client.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]
    return _with_tags(client, "DBSubnetGroupArn", found[0]) if found else None


@RdsErrorHandler.common_error_handler("create the subnet group")
@AWSRetry.jittered_backoff()
def create_subnet_group(client: Any, **request: Any) -> None:
    client.create_db_subnet_group(**request)


@RdsErrorHandler.common_error_handler("modify the subnet group")
@AWSRetry.jittered_backoff()
def modify_subnet_group(client: Any, name: str, **request: Any) -> None:
    client.modify_db_subnet_group(DBSubnetGroupName=name, **request)


@RdsErrorHandler.deletion_error_handler("delete the subnet group")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["InvalidDBSubnetGroupStateFault"])
def delete_subnet_group(client: Any, name: str) -> bool:
    client.delete_db_subnet_group(DBSubnetGroupName=name)
    return True


@RdsErrorHandler.common_error_handler("describe cluster parameter groups")
@AWSRetry.jittered_backoff()
def describe_parameter_groups(client: Any) -> list[dict[str, Any]]:
    return _pages(client, "describe_db_cluster_parameter_groups", "DBClusterParameterGroups")


@RdsErrorHandler.list_error_handler("describe the parameters of the cluster parameter group", [])
@AWSRetry.jittered_backoff()
def describe_parameters(client: Any, group_name: str) -> list[dict[str, Any]]:
    return _pages(client, "describe_db_cluster_parameters", "Parameters", DBClusterParameterGroupName=group_name)


@RdsErrorHandler.common_error_handler("describe the parameters of the family")
@AWSRetry.jittered_backoff()
def describe_default_parameters(client: Any, family: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    marker: dict[str, str] = {}
    while True:
        answer = client.describe_engine_default_cluster_parameters(DBParameterGroupFamily=family, **marker)["EngineDefaults"]
        found.extend(answer.get("Parameters") or [])
        if not answer.get("Marker"):
            return found
        marker = {"Marker": answer["Marker"]}


@RdsErrorHandler.common_error_handler("create the cluster parameter group")
@AWSRetry.jittered_backoff()
def create_parameter_group(client: Any, **request: Any) -> None:
    client.create_db_cluster_parameter_group(**request)


@RdsErrorHandler.common_error_handler("modify the cluster parameter group")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["InvalidDBParameterGroupState", "DBParameterGroupNotFound"])
def modify_parameter_group(client: Any, name: str, parameters: list[dict[str, str]]) -> None:
    client.modify_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=parameters)


@RdsErrorHandler.common_error_handler("reset parameters of the cluster parameter group")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["InvalidDBParameterGroupState"])
def reset_parameter_group(client: Any, name: str, parameters: list[dict[str, str]]) -> None:
    client.reset_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=parameters)


@RdsErrorHandler.deletion_error_handler("delete the cluster parameter group")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["InvalidDBParameterGroupState"])
def delete_parameter_group(client: Any, name: str) -> bool:
    client.delete_db_cluster_parameter_group(DBClusterParameterGroupName=name)
    return True


@RdsErrorHandler.list_error_handler("describe the cluster snapshot", None)
@AWSRetry.jittered_backoff()
def describe_snapshot(client: Any, name: str) -> dict[str, Any] | None:
    found = client.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=name)["DBClusterSnapshots"]
    return _with_tags(client, "DBClusterSnapshotArn", found[0]) if found else None


@RdsErrorHandler.common_error_handler("describe the snapshots of the cluster")
@AWSRetry.jittered_backoff()
def describe_snapshots_of(client: Any, cluster_name: str) -> list[dict[str, Any]]:
    found = _pages(client, "describe_db_cluster_snapshots", "DBClusterSnapshots", DBClusterIdentifier=cluster_name, SnapshotType="manual")
    return _all_with_tags(client, "DBClusterSnapshotArn", found)


@RdsErrorHandler.common_error_handler("describe the versions of the database engine")
@AWSRetry.jittered_backoff()
def describe_engine_versions(client: Any, engine: str, **request: Any) -> list[dict[str, Any]]:
    known = accepted(client, "DescribeDBEngineVersions", request)  # DocumentDB has no IncludeAll
    return _pages(client, "describe_db_engine_versions", "DBEngineVersions", Engine=engine, **known)


@RdsErrorHandler.common_error_handler("describe the instance classes of the database engine")
@AWSRetry.jittered_backoff()
def describe_instance_classes(client: Any, engine: str, **request: Any) -> list[str]:
    options = _pages(client, "describe_orderable_db_instance_options", "OrderableDBInstanceOptions", Engine=engine, **request)
    return sorted({option["DBInstanceClass"] for option in options})
