# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to Amazon ECR, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .. import _tags
from .._eventual_consistency import retry_until_consistent

MISSING = ["RepositoryNotFoundException", "LifecyclePolicyNotFoundException", "RepositoryPolicyNotFoundException"]


class EcrError(AnsibleAWSError):
    """A call to ECR failed."""


class EcrErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = EcrError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(MISSING)


@EcrErrorHandler.list_error_handler("describe repository", None)
@AWSRetry.jittered_backoff()
def describe_repository(client: Any, name: str) -> dict[str, Any] | None:
    return client.describe_repositories(repositoryNames=[name])["repositories"][0]


@EcrErrorHandler.list_error_handler("get lifecycle policy", None)
@AWSRetry.jittered_backoff()
def get_lifecycle_policy(client: Any, name: str) -> str | None:
    return client.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"]


@EcrErrorHandler.list_error_handler("get repository policy", None)
@AWSRetry.jittered_backoff()
def get_repository_policy(client: Any, name: str) -> str | None:
    return client.get_repository_policy(repositoryName=name)["policyText"]


@EcrErrorHandler.list_error_handler("list tags", {})
@AWSRetry.jittered_backoff()
def list_tags(client: Any, arn: str) -> dict[str, str]:
    return _tags.as_dict(client.list_tags_for_resource(resourceArn=arn)["tags"])


@EcrErrorHandler.list_error_handler("list images", [])
@AWSRetry.jittered_backoff()
def first_images(client: Any, name: str) -> list[dict[str, str]]:
    """Some of the images; empty when the repository holds none."""
    return client.list_images(repositoryName=name, maxResults=1)["imageIds"]


@EcrErrorHandler.list_error_handler("describe images", [])
@AWSRetry.jittered_backoff()
def describe_images(client: Any, name: str) -> list[dict[str, Any]]:
    return client.get_paginator("describe_images").paginate(repositoryName=name).build_full_result().get("imageDetails") or []


@EcrErrorHandler.common_error_handler("create repository")
@AWSRetry.jittered_backoff()
def create_repository(client: Any, **request: Any) -> None:
    client.create_repository(**request)


@EcrErrorHandler.common_error_handler("set tag mutability")
@AWSRetry.jittered_backoff()
def put_image_tag_mutability(client: Any, name: str, request: Mapping[str, Any]) -> None:
    client.put_image_tag_mutability(repositoryName=name, **request)


@EcrErrorHandler.common_error_handler("set image scanning")
@AWSRetry.jittered_backoff()
def put_scan_on_push(client: Any, name: str, enabled: bool) -> None:
    client.put_image_scanning_configuration(repositoryName=name, imageScanningConfiguration={"scanOnPush": enabled})


@EcrErrorHandler.common_error_handler("set lifecycle policy")
@AWSRetry.jittered_backoff()
def put_lifecycle_policy(client: Any, name: str, policy: str) -> None:
    client.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=policy)


@EcrErrorHandler.deletion_error_handler("delete lifecycle policy")
@AWSRetry.jittered_backoff()
def delete_lifecycle_policy(client: Any, name: str) -> None:
    client.delete_lifecycle_policy(repositoryName=name)


@EcrErrorHandler.common_error_handler("set repository policy")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def set_repository_policy(client: Any, name: str, policy: str) -> None:
    client.set_repository_policy(repositoryName=name, policyText=policy)


@EcrErrorHandler.deletion_error_handler("delete repository policy")
@AWSRetry.jittered_backoff()
def delete_repository_policy(client: Any, name: str) -> None:
    client.delete_repository_policy(repositoryName=name)


@EcrErrorHandler.common_error_handler("tag repository")
@AWSRetry.jittered_backoff()
def tag_resource(client: Any, arn: str, tags: Mapping[str, Any]) -> None:
    client.tag_resource(resourceArn=arn, tags=_tags.as_list(tags))


@EcrErrorHandler.common_error_handler("untag repository")
@AWSRetry.jittered_backoff()
def untag_resource(client: Any, arn: str, names: Sequence[str]) -> None:
    client.untag_resource(resourceArn=arn, tagKeys=list(names))


@EcrErrorHandler.deletion_error_handler("delete repository")
@AWSRetry.jittered_backoff()
def delete_repository(client: Any, name: str, force: bool) -> None:
    client.delete_repository(repositoryName=name, force=force)
