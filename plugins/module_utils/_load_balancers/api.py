# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to Elastic Load Balancing."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

TAGS_AT_ONCE = 20


class BalancerError(AnsibleAWSError):
    """Elastic Load Balancing refused a call."""


def is_denied(error: BalancerError) -> bool:
    return getattr(error.exception, "response", {}).get("Error", {}).get("Code") in ("AccessDenied", "AccessDeniedException")


class Handler(AWSErrorHandler):
    """Turns the API's errors into BalancerError."""

    _CUSTOM_EXCEPTION = BalancerError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(["LoadBalancerNotFound", "TargetGroupNotFound"])


@Handler.list_error_handler("list load balancers", [])
@AWSRetry.jittered_backoff()
def describe_load_balancers(client: Any) -> list[dict[str, Any]]:
    return client.get_paginator("describe_load_balancers").paginate().build_full_result().get("LoadBalancers", [])


@Handler.list_error_handler("describe load balancer", [])
@AWSRetry.jittered_backoff()
def describe_load_balancer(client: Any, arn: str) -> list[dict[str, Any]]:
    """The load balancer in a list; an empty one when it is gone."""
    return client.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]


@Handler.list_error_handler("read the tags of load balancers", [])
@AWSRetry.jittered_backoff()
def describe_tags(client: Any, arns: list[str]) -> list[dict[str, Any]]:
    return client.describe_tags(ResourceArns=arns)["TagDescriptions"]


@Handler.list_error_handler("list the target groups of a load balancer", [])
@AWSRetry.jittered_backoff()
def describe_target_groups(client: Any, arn: str) -> list[dict[str, Any]]:
    paginator = client.get_paginator("describe_target_groups")
    return paginator.paginate(LoadBalancerArn=arn).build_full_result().get("TargetGroups", [])


@Handler.list_error_handler("read the health of targets", [])
@AWSRetry.jittered_backoff()
def describe_target_health(client: Any, arn: str) -> list[dict[str, Any]]:
    return client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
