# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls that find and delete what was kept on purpose, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

MISSING = [
    "InvalidSnapshot.NotFound",
    "InvalidVolume.NotFound",
    "DBClusterSnapshotNotFoundFault",
    "DBSnapshotNotFound",
    "ResourceNotFoundException",
    "SnapshotNotFoundFault",
    "ReplicationGroupNotFoundFault",
    "InvalidReplicationGroupState",  # of the tags of a group that begins or ends
]


class RetainedError(AnsibleAWSError):
    """A call about something kept on purpose failed."""


class RetainedErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = RetainedError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(MISSING)


def _all(client: Any, operation: str, key: str, **request: Any) -> list[dict[str, Any]]:
    return client.get_paginator(operation).paginate(**request).build_full_result().get(key) or []


@RetainedErrorHandler.common_error_handler("describe EBS snapshots")
@AWSRetry.jittered_backoff()
def describe_snapshots(ec2: Any, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return _all(ec2, "describe_snapshots", "Snapshots", OwnerIds=["self"], Filters=filters)


@RetainedErrorHandler.common_error_handler("describe EBS volumes")
@AWSRetry.jittered_backoff()
def describe_volumes(ec2: Any, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return _all(ec2, "describe_volumes", "Volumes", Filters=filters)


@RetainedErrorHandler.common_error_handler("describe database clusters")
@AWSRetry.jittered_backoff()
def describe_clusters(rds: Any) -> list[dict[str, Any]]:
    return _all(rds, "describe_db_clusters", "DBClusters")


@RetainedErrorHandler.common_error_handler("describe snapshots of database clusters")
@AWSRetry.jittered_backoff()
def describe_cluster_snapshots(rds: Any) -> list[dict[str, Any]]:
    return _all(rds, "describe_db_cluster_snapshots", "DBClusterSnapshots", SnapshotType="manual")


@RetainedErrorHandler.common_error_handler("describe snapshots of databases")
@AWSRetry.jittered_backoff()
def describe_instance_snapshots(rds: Any) -> list[dict[str, Any]]:
    return _all(rds, "describe_db_snapshots", "DBSnapshots", SnapshotType="manual")


@RetainedErrorHandler.common_error_handler("describe snapshots of caches")
@AWSRetry.jittered_backoff()
def describe_cache_snapshots(elasticache: Any) -> list[dict[str, Any]]:
    return _all(elasticache, "describe_snapshots", "Snapshots", SnapshotSource="user")


@RetainedErrorHandler.common_error_handler("describe caches")
@AWSRetry.jittered_backoff()
def describe_replication_groups(elasticache: Any) -> list[dict[str, Any]]:
    return _all(elasticache, "describe_replication_groups", "ReplicationGroups")


@RetainedErrorHandler.list_error_handler("list tags of a snapshot of a cache", [])
@AWSRetry.jittered_backoff()
def list_cache_tags(elasticache: Any, arn: str) -> list[dict[str, str]]:
    return elasticache.list_tags_for_resource(ResourceName=arn)["TagList"]


@RetainedErrorHandler.deletion_error_handler("delete snapshot of a cache")
@AWSRetry.jittered_backoff()
def delete_cache_snapshot(elasticache: Any, name: str) -> None:
    elasticache.delete_snapshot(SnapshotName=name)


@RetainedErrorHandler.common_error_handler("list secrets")
@AWSRetry.jittered_backoff()
def list_secrets(secretsmanager: Any, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return _all(secretsmanager, "list_secrets", "SecretList", Filters=filters)


@RetainedErrorHandler.common_error_handler("list tagged resources")
@AWSRetry.jittered_backoff()
def tagged_resources(tagging: Any, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return _all(tagging, "get_resources", "ResourceTagMappingList", TagFilters=filters)


@RetainedErrorHandler.deletion_error_handler("delete EBS snapshot")
@AWSRetry.jittered_backoff()
def delete_snapshot(ec2: Any, snapshot_id: str) -> None:
    ec2.delete_snapshot(SnapshotId=snapshot_id)


@RetainedErrorHandler.deletion_error_handler("delete EBS volume")
@AWSRetry.jittered_backoff()
def delete_volume(ec2: Any, volume_id: str) -> None:
    ec2.delete_volume(VolumeId=volume_id)


@RetainedErrorHandler.deletion_error_handler("delete snapshot of a database cluster")
@AWSRetry.jittered_backoff()
def delete_cluster_snapshot(rds: Any, name: str) -> None:
    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)


@RetainedErrorHandler.deletion_error_handler("delete snapshot of a database")
@AWSRetry.jittered_backoff()
def delete_instance_snapshot(rds: Any, name: str) -> None:
    rds.delete_db_snapshot(DBSnapshotIdentifier=name)


@RetainedErrorHandler.deletion_error_handler("delete secret")
@AWSRetry.jittered_backoff()
def delete_secret(secretsmanager: Any, arn: str, recovery_window_in_days: int) -> None:
    secretsmanager.delete_secret(SecretId=arn, RecoveryWindowInDays=recovery_window_in_days)
