# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to AWS KMS, one function each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .. import _tags
from .._eventual_consistency import retry_until_consistent

POLICY_NAME = "default"  # the only name that KMS knows


class KmsError(AnsibleAWSError):
    """A call to KMS failed."""


class KmsErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = KmsError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code("NotFoundException")


class KmsForbiddenHandler(AWSErrorHandler):
    """For keys of others, whose policy does not let us look."""

    _CUSTOM_EXCEPTION = KmsError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(["NotFoundException", "AccessDeniedException"])


@KmsErrorHandler.list_error_handler("describe key", None)
@AWSRetry.jittered_backoff()
def describe_key(client: Any, key: str) -> dict[str, Any] | None:
    return client.describe_key(KeyId=key)["KeyMetadata"]


@KmsErrorHandler.common_error_handler("list keys")
@AWSRetry.jittered_backoff()
def list_keys(client: Any) -> list[str]:
    return [key["KeyId"] for key in client.get_paginator("list_keys").paginate().build_full_result()["Keys"]]


@KmsErrorHandler.common_error_handler("list aliases")
@AWSRetry.jittered_backoff()
def list_aliases(client: Any) -> list[dict[str, Any]]:
    return client.get_paginator("list_aliases").paginate().build_full_result()["Aliases"]


@KmsForbiddenHandler.list_error_handler("list tags of a key", {})
@AWSRetry.jittered_backoff()
def list_tags(client: Any, key_id: str) -> dict[str, str]:
    tags = client.get_paginator("list_resource_tags").paginate(KeyId=key_id).build_full_result()["Tags"]
    return {tag["TagKey"]: tag["TagValue"] for tag in tags}


@KmsErrorHandler.common_error_handler("get key policy")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def get_key_policy(client: Any, key_id: str) -> str:
    return client.get_key_policy(KeyId=key_id, PolicyName=POLICY_NAME)["Policy"]


@KmsErrorHandler.common_error_handler("get key rotation status")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def get_key_rotation_status(client: Any, key_id: str) -> dict[str, Any]:
    return client.get_key_rotation_status(KeyId=key_id)


@KmsErrorHandler.common_error_handler("create key")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_key(client: Any, **request: Any) -> dict[str, Any]:
    return client.create_key(**request)["KeyMetadata"]


@KmsErrorHandler.common_error_handler("set key policy")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def put_key_policy(client: Any, key_id: str, policy: str) -> None:
    client.put_key_policy(KeyId=key_id, PolicyName=POLICY_NAME, Policy=policy)


@KmsErrorHandler.common_error_handler("enable key rotation")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def enable_key_rotation(client: Any, key_id: str, period_in_days: int | None) -> None:
    period = {"RotationPeriodInDays": period_in_days} if period_in_days else {}
    client.enable_key_rotation(KeyId=key_id, **period)


@KmsErrorHandler.common_error_handler("disable key rotation")
@AWSRetry.jittered_backoff()
def disable_key_rotation(client: Any, key_id: str) -> None:
    client.disable_key_rotation(KeyId=key_id)


@KmsErrorHandler.common_error_handler("update key description")
@AWSRetry.jittered_backoff()
def update_key_description(client: Any, key_id: str, description: str) -> None:
    client.update_key_description(KeyId=key_id, Description=description)


@KmsErrorHandler.common_error_handler("enable key")
@AWSRetry.jittered_backoff()
def enable_key(client: Any, key_id: str) -> None:
    client.enable_key(KeyId=key_id)


@KmsErrorHandler.common_error_handler("disable key")
@AWSRetry.jittered_backoff()
def disable_key(client: Any, key_id: str) -> None:
    client.disable_key(KeyId=key_id)


@KmsErrorHandler.common_error_handler("create alias")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_alias(client: Any, alias: str, key_id: str) -> None:
    client.create_alias(AliasName=alias, TargetKeyId=key_id)


@KmsErrorHandler.common_error_handler("move alias")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def update_alias(client: Any, alias: str, key_id: str) -> None:
    client.update_alias(AliasName=alias, TargetKeyId=key_id)


@KmsErrorHandler.deletion_error_handler("delete alias")
@AWSRetry.jittered_backoff()
def delete_alias(client: Any, alias: str) -> None:
    client.delete_alias(AliasName=alias)


@KmsErrorHandler.deletion_error_handler("schedule key deletion")
@AWSRetry.jittered_backoff()
def schedule_key_deletion(client: Any, key_id: str, pending_window_in_days: int) -> None:
    client.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=pending_window_in_days)


@KmsErrorHandler.common_error_handler("cancel key deletion")
@AWSRetry.jittered_backoff()
def cancel_key_deletion(client: Any, key_id: str) -> None:
    client.cancel_key_deletion(KeyId=key_id)


@KmsErrorHandler.common_error_handler("tag key")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def tag_resource(client: Any, key_id: str, tags: Mapping[str, str]) -> None:
    client.tag_resource(KeyId=key_id, Tags=_tags.as_list(tags, "TagKey", "TagValue"))


@KmsErrorHandler.common_error_handler("untag key")
@AWSRetry.jittered_backoff()
def untag_resource(client: Any, key_id: str, names: list[str]) -> None:
    client.untag_resource(KeyId=key_id, TagKeys=names)
