# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to ElastiCache that read, and what all calls to it share."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .. import _tags
from .._consistency_errors import ELASTICACHE_MISSING

#: error codes that say that something is not there (botocore's model of ElastiCache)
MISSING = ELASTICACHE_MISSING
#: the errors of ListTagsForResource for a replication group that is being created or deleted
NOT_AVAILABLE = "InvalidReplicationGroupState"

#: DescribeEvents covers the last hour by default, and 14 days at most
LONGEST_DURATION_MINUTES = 14 * 24 * 60


class CacheError(AnsibleAWSError):
    """A call to ElastiCache failed."""


class CacheErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = CacheError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(list(MISSING))


class TagsErrorHandler(AWSErrorHandler):
    """For the tags of a resource that is being created or deleted: they are not known then."""

    _CUSTOM_EXCEPTION = CacheError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code([*MISSING, NOT_AVAILABLE])


def _all(client: Any, operation: str, key: str, **request: Any) -> list[dict[str, Any]]:
    return client.get_paginator(operation).paginate(**request).build_full_result().get(key) or []


@CacheErrorHandler.list_error_handler("describe the replication group", None)
@AWSRetry.jittered_backoff()
def describe_replication_group(client: Any, name: str) -> dict[str, Any] | None:
    return client.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]


@CacheErrorHandler.common_error_handler("describe replication groups")
@AWSRetry.jittered_backoff()
def describe_replication_groups(client: Any) -> list[dict[str, Any]]:
    return _all(client, "describe_replication_groups", "ReplicationGroups")


@CacheErrorHandler.list_error_handler("describe a node of the replication group", None)
@AWSRetry.jittered_backoff()
def describe_cache_cluster(client: Any, name: str) -> dict[str, Any] | None:
    return client.describe_cache_clusters(CacheClusterId=name)["CacheClusters"][0]


@TagsErrorHandler.list_error_handler("list tags", None)
@AWSRetry.jittered_backoff()
def list_tags(client: Any, arn: str) -> dict[str, str] | None:
    """Return the tags; None when they are not known, because the resource is being created or deleted, or is gone."""
    return _tags.as_dict(client.list_tags_for_resource(ResourceName=arn)["TagList"])


@CacheErrorHandler.common_error_handler("describe engine versions")
@AWSRetry.jittered_backoff()
def describe_engine_versions(client: Any, engine: str) -> list[dict[str, Any]]:
    return _all(client, "describe_cache_engine_versions", "CacheEngineVersions", Engine=engine)


@CacheErrorHandler.common_error_handler("describe the default engine version")
@AWSRetry.jittered_backoff()
def describe_default_version(client: Any, engine: str) -> str:
    return client.describe_cache_engine_versions(Engine=engine, DefaultOnly=True)["CacheEngineVersions"][0]["EngineVersion"]


@CacheErrorHandler.list_error_handler("list the node types that the group can change to", {})
@AWSRetry.jittered_backoff()
def list_allowed_node_types(client: Any, name: str) -> dict[str, list[str]]:
    return client.list_allowed_node_type_modifications(ReplicationGroupId=name)


@CacheErrorHandler.list_error_handler("describe the subnet group", None)
@AWSRetry.jittered_backoff()
def describe_subnet_group(client: Any, name: str) -> dict[str, Any] | None:
    return client.describe_cache_subnet_groups(CacheSubnetGroupName=name)["CacheSubnetGroups"][0]


@CacheErrorHandler.common_error_handler("describe parameter groups")
@AWSRetry.jittered_backoff()
def describe_parameter_groups(client: Any) -> list[dict[str, Any]]:
    return _all(client, "describe_cache_parameter_groups", "CacheParameterGroups")


@CacheErrorHandler.list_error_handler("describe the parameters", [])
@AWSRetry.jittered_backoff()
def describe_parameters(client: Any, name: str) -> list[dict[str, Any]]:
    return _all(client, "describe_cache_parameters", "Parameters", CacheParameterGroupName=name)


@CacheErrorHandler.list_error_handler("describe the user", None)
@AWSRetry.jittered_backoff()
def describe_user(client: Any, user_id: str) -> dict[str, Any] | None:
    return client.describe_users(UserId=user_id)["Users"][0]


@CacheErrorHandler.list_error_handler("describe the user group", None)
@AWSRetry.jittered_backoff()
def describe_user_group(client: Any, user_group_id: str) -> dict[str, Any] | None:
    return client.describe_user_groups(UserGroupId=user_group_id)["UserGroups"][0]


@CacheErrorHandler.common_error_handler("describe snapshots")
@AWSRetry.jittered_backoff()
def describe_snapshots(client: Any) -> list[dict[str, Any]]:
    """Return the snapshots that AWS does not delete automatically."""
    return _all(client, "describe_snapshots", "Snapshots", SnapshotSource="user")


@CacheErrorHandler.list_error_handler("describe events", [])
@AWSRetry.jittered_backoff()
def describe_events(client: Any, name: str) -> list[dict[str, Any]]:
    request = {"SourceIdentifier": name, "SourceType": "replication-group", "Duration": LONGEST_DURATION_MINUTES}
    return _all(client, "describe_events", "Events", **request)
