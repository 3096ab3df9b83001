# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to CloudWatch Logs, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._eventual_consistency import retry_until_consistent

RETRIED = ["OperationAbortedException"]


class LogsError(AnsibleAWSError):
    """A call to CloudWatch Logs failed."""


class LogsErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = LogsError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code("ResourceNotFoundException")


@LogsErrorHandler.common_error_handler("describe log groups")
@AWSRetry.jittered_backoff()
def describe_log_group(client: Any, name: str) -> dict[str, Any] | None:
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    return next((group for page in pages for group in page["logGroups"] if group["logGroupName"] == name), None)


@LogsErrorHandler.list_error_handler("list tags of a log group", {})
@AWSRetry.jittered_backoff()
def list_tags(client: Any, arn: str) -> dict[str, str]:
    return client.list_tags_for_resource(resourceArn=arn).get("tags") or {}


@LogsErrorHandler.common_error_handler("create log group")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def create_log_group(client: Any, **request: Any) -> None:
    client.create_log_group(**request)


@LogsErrorHandler.common_error_handler("set log retention")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_retention_policy(client: Any, name: str, days: int) -> None:
    client.put_retention_policy(logGroupName=name, retentionInDays=days)


@LogsErrorHandler.deletion_error_handler("delete log retention")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def delete_retention_policy(client: Any, name: str) -> None:
    client.delete_retention_policy(logGroupName=name)


@LogsErrorHandler.common_error_handler("encrypt log group")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def associate_kms_key(client: Any, name: str, key_arn: str) -> None:
    client.associate_kms_key(logGroupName=name, kmsKeyId=key_arn)


@LogsErrorHandler.common_error_handler("disassociate the KMS key from log group")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def disassociate_kms_key(client: Any, name: str) -> None:
    client.disassociate_kms_key(logGroupName=name)


@LogsErrorHandler.common_error_handler("tag log group")
@AWSRetry.jittered_backoff()
def tag_resource(client: Any, arn: str, tags: dict[str, str]) -> None:
    client.tag_resource(resourceArn=arn, tags=tags)


@LogsErrorHandler.common_error_handler("untag log group")
@AWSRetry.jittered_backoff()
def untag_resource(client: Any, arn: str, names: list[str]) -> None:
    client.untag_resource(resourceArn=arn, tagKeys=names)


@LogsErrorHandler.deletion_error_handler("delete log group")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def delete_log_group(client: Any, name: str) -> None:
    client.delete_log_group(logGroupName=name)
