# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to Secrets Manager, one function each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .. import _tags
from .._eventual_consistency import retry_until_consistent


class SecretsError(AnsibleAWSError):
    """A call to Secrets Manager failed."""


class SecretsErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = SecretsError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code("ResourceNotFoundException")


class ScheduledSecretHandler(SecretsErrorHandler):
    """GetSecretValue answers InvalidRequestException for a secret that is scheduled for deletion."""

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(["ResourceNotFoundException", "InvalidRequestException"])


def is_taken(error: SecretsError) -> bool:
    """Return whether a call failed because another run has created the same secret in the meantime."""
    return getattr(error.exception, "response", {}).get("Error", {}).get("Code") == "ResourceExistsException"


@SecretsErrorHandler.list_error_handler("describe secret", None)
@AWSRetry.jittered_backoff()
def describe_secret(client: Any, name: str) -> dict[str, Any] | None:
    return client.describe_secret(SecretId=name)


@SecretsErrorHandler.common_error_handler("list secrets")
@AWSRetry.jittered_backoff()
def list_secrets(client: Any, name_prefix: str) -> list[dict[str, Any]]:
    """Return the secrets with this name prefix, without those that are scheduled for deletion."""
    filters = [{"Key": "name", "Values": [name_prefix]}]
    return client.get_paginator("list_secrets").paginate(Filters=filters).build_full_result()["SecretList"]


@SecretsErrorHandler.common_error_handler("read secret")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def get_secret_value(client: Any, name: str, version_id: str) -> str:
    return client.get_secret_value(SecretId=name, VersionId=version_id)["SecretString"]


@ScheduledSecretHandler.list_error_handler("read secret", None)
@AWSRetry.jittered_backoff()
def get_current_secret_value(client: Any, name: str) -> dict[str, Any] | None:
    """Return the answer for the version AWSCURRENT; None without one, or when the secret is scheduled for deletion."""
    return client.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")


@SecretsErrorHandler.common_error_handler("generate a random password")
@AWSRetry.jittered_backoff()
def get_random_password(client: Any, length: int) -> str:
    return client.get_random_password(PasswordLength=length, ExcludePunctuation=True, IncludeSpace=False)["RandomPassword"]


@SecretsErrorHandler.common_error_handler("create secret")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_secret(client: Any, **request: Any) -> None:
    client.create_secret(**request)


@SecretsErrorHandler.common_error_handler("change secret")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def update_secret(client: Any, name: str, **request: Any) -> None:
    client.update_secret(SecretId=name, **request)


@SecretsErrorHandler.common_error_handler("write a version of a secret")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def put_secret_value(client: Any, name: str, token: str, value: str, stage: str) -> None:
    client.put_secret_value(SecretId=name, ClientRequestToken=token, SecretString=value, VersionStages=[stage])


@SecretsErrorHandler.common_error_handler("move a label of a secret")
@AWSRetry.jittered_backoff()
def update_secret_version_stage(client: Any, name: str, **request: Any) -> None:
    client.update_secret_version_stage(SecretId=name, **request)


@SecretsErrorHandler.common_error_handler("restore secret")
@AWSRetry.jittered_backoff()
def restore_secret(client: Any, name: str) -> None:
    client.restore_secret(SecretId=name)


@SecretsErrorHandler.deletion_error_handler("delete secret")
@AWSRetry.jittered_backoff()
def delete_secret(client: Any, name: str, recovery_window_in_days: int | None) -> None:
    """Delete the secret with a window in which it can be restored; None deletes it immediately and permanently."""
    how = {"RecoveryWindowInDays": recovery_window_in_days} if recovery_window_in_days else {"ForceDeleteWithoutRecovery": True}
    client.delete_secret(SecretId=name, **how)


@SecretsErrorHandler.common_error_handler("tag secret")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def tag_resource(client: Any, name: str, tags: Mapping[str, str]) -> None:
    client.tag_resource(SecretId=name, Tags=_tags.as_list(tags))


@SecretsErrorHandler.common_error_handler("untag secret")
@AWSRetry.jittered_backoff()
def untag_resource(client: Any, name: str, names: list[str]) -> None:
    client.untag_resource(SecretId=name, TagKeys=names)
