# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to ElastiCache that create, change and delete, one function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import wraps
from typing import Any

with suppress(ImportError):  # the module says so
    from botocore.exceptions import ClientError

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .. import _tags
from .._eventual_consistency import retry_until_consistent
from .api import CacheErrorHandler

#: errors about a name that was free before: the response to the creating call was lost, or another run was faster
MADE_ALREADY = (
    "ReplicationGroupAlreadyExists",
    "CacheSubnetGroupAlreadyExists",
    "CacheParameterGroupAlreadyExists",
    "UserAlreadyExists",
    "UserGroupAlreadyExists",
)

#: IncreaseReplicaCount and DecreaseReplicaCount to the number that is there: a call before, whose answer was lost, has ended meanwhile
NO_CHANGE = "NoOperationFault"


def unless_created(call: Callable[..., None]) -> Callable[..., None]:
    """Decorate a call that creates something under a free name: after a lost response, its existence is success."""
    return _tolerating(MADE_ALREADY, call)


def unless_done(call: Callable[..., None]) -> Callable[..., None]:
    """Decorate a call that sets a number which an earlier call may have set."""
    return _tolerating((NO_CHANGE,), call)


def _tolerating(codes: Sequence[str], call: Callable[..., None]) -> Callable[..., None]:
    @wraps(call)
    def tolerant(*args: Any, **kwargs: Any) -> None:
        try:
            call(*args, **kwargs)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in codes:
                raise

    return tolerant


@CacheErrorHandler.common_error_handler("create the replication group")
@unless_created
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_replication_group(client: Any, **request: Any) -> None:
    client.create_replication_group(**request)


@CacheErrorHandler.common_error_handler("change the replication group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def modify_replication_group(client: Any, name: str, **request: Any) -> None:
    client.modify_replication_group(ReplicationGroupId=name, **request)


@CacheErrorHandler.common_error_handler("add replicas")
@unless_done
@AWSRetry.jittered_backoff()
def increase_replica_count(client: Any, name: str, count: int) -> None:
    client.increase_replica_count(ReplicationGroupId=name, NewReplicaCount=count, ApplyImmediately=True)


@CacheErrorHandler.common_error_handler("remove replicas")
@unless_done
@AWSRetry.jittered_backoff()
def decrease_replica_count(client: Any, name: str, count: int) -> None:
    client.decrease_replica_count(ReplicationGroupId=name, NewReplicaCount=count, ApplyImmediately=True)


@CacheErrorHandler.common_error_handler("reboot a node")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def reboot_cache_cluster(client: Any, name: str) -> None:
    client.reboot_cache_cluster(CacheClusterId=name, CacheNodeIdsToReboot=["0001"])


@CacheErrorHandler.deletion_error_handler("delete the replication group")
@AWSRetry.jittered_backoff()
def delete_replication_group(client: Any, name: str, final_snapshot: str | None) -> None:
    final = {"FinalSnapshotIdentifier": final_snapshot} if final_snapshot else {}
    client.delete_replication_group(ReplicationGroupId=name, **final)


@CacheErrorHandler.common_error_handler("create the subnet group")
@unless_created
@AWSRetry.jittered_backoff()
def create_subnet_group(client: Any, name: str, description: str, subnet_ids: Sequence[str], tags: Mapping[str, Any]) -> None:
    client.create_cache_subnet_group(
        CacheSubnetGroupName=name, CacheSubnetGroupDescription=description, SubnetIds=list(subnet_ids), Tags=_tags.as_list(tags)
    )


@CacheErrorHandler.common_error_handler("change the subnet group")
@AWSRetry.jittered_backoff()
def modify_subnet_group(client: Any, name: str, subnet_ids: Sequence[str]) -> None:
    client.modify_cache_subnet_group(CacheSubnetGroupName=name, SubnetIds=list(subnet_ids))


@CacheErrorHandler.deletion_error_handler("delete the subnet group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_subnet_group(client: Any, name: str) -> None:
    client.delete_cache_subnet_group(CacheSubnetGroupName=name)


@CacheErrorHandler.common_error_handler("create the parameter group")
@unless_created
@AWSRetry.jittered_backoff()
def create_parameter_group(client: Any, name: str, family: str, description: str, tags: Mapping[str, Any]) -> None:
    client.create_cache_parameter_group(
        CacheParameterGroupName=name, CacheParameterGroupFamily=family, Description=description, Tags=_tags.as_list(tags)
    )


@CacheErrorHandler.common_error_handler("change parameters")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def modify_parameters(client: Any, name: str, values: Sequence[tuple[str, str]]) -> None:
    named = [{"ParameterName": parameter, "ParameterValue": value} for parameter, value in values]
    client.modify_cache_parameter_group(CacheParameterGroupName=name, ParameterNameValues=named)


@CacheErrorHandler.common_error_handler("reset parameters")
@AWSRetry.jittered_backoff()
def reset_parameters(client: Any, name: str, values: Sequence[tuple[str, str]]) -> None:
    named = [{"ParameterName": parameter, "ParameterValue": value} for parameter, value in values]
    client.reset_cache_parameter_group(CacheParameterGroupName=name, ParameterNameValues=named)


@CacheErrorHandler.deletion_error_handler("delete the parameter group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_parameter_group(client: Any, name: str) -> None:
    client.delete_cache_parameter_group(CacheParameterGroupName=name)


@CacheErrorHandler.common_error_handler("create the user")
@unless_created
@AWSRetry.jittered_backoff()
def create_user(client: Any, **request: Any) -> None:
    client.create_user(**request)


@CacheErrorHandler.common_error_handler("change the user")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def modify_user(client: Any, user_id: str, **request: Any) -> None:
    client.modify_user(UserId=user_id, **request)


@CacheErrorHandler.deletion_error_handler("delete the user")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_user(client: Any, user_id: str) -> None:
    client.delete_user(UserId=user_id)


@CacheErrorHandler.common_error_handler("create the user group")
@unless_created
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_user_group(client: Any, user_group_id: str, engine: str, user_ids: Sequence[str], tags: Mapping[str, Any]) -> None:
    client.create_user_group(UserGroupId=user_group_id, Engine=engine, UserIds=list(user_ids), Tags=_tags.as_list(tags))


@CacheErrorHandler.common_error_handler("change the user group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def modify_user_group(client: Any, user_group_id: str, **request: Any) -> None:
    client.modify_user_group(UserGroupId=user_group_id, **request)


@CacheErrorHandler.deletion_error_handler("delete the user group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_user_group(client: Any, user_group_id: str) -> None:
    client.delete_user_group(UserGroupId=user_group_id)


@CacheErrorHandler.common_error_handler("tag a resource of ElastiCache")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def add_tags(client: Any, arn: str, tags: Mapping[str, Any]) -> None:
    client.add_tags_to_resource(ResourceName=arn, Tags=_tags.as_list(tags))


@CacheErrorHandler.common_error_handler("remove tags of a resource of ElastiCache")
@AWSRetry.jittered_backoff()
def remove_tags(client: Any, arn: str, names: Sequence[str]) -> None:
    client.remove_tags_from_resource(ResourceName=arn, TagKeys=list(names))
