# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to EC2 Auto Scaling for the groups of a node group, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

KIND = "auto-scaling-group"


class ScalingGroupError(AnsibleAWSError):
    """A call to EC2 Auto Scaling failed."""


class ScalingGroupErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = ScalingGroupError


@ScalingGroupErrorHandler.common_error_handler("describe the tags of the Auto Scaling group")
@AWSRetry.jittered_backoff()
def describe_propagated_tags(client: Any, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """By the name of each group: the tags that it gives to the instances that it launches."""
    filters = [{"Name": KIND, "Values": list(names)}, {"Name": "propagate-at-launch", "Values": ["true"]}]
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for tag in client.get_paginator("describe_tags").paginate(Filters=filters).build_full_result()["Tags"]:
        found[tag["ResourceId"]][tag["Key"]] = tag.get("Value") or ""
    return found


@ScalingGroupErrorHandler.common_error_handler("describe the Auto Scaling group")
@AWSRetry.jittered_backoff()
def describe_instance_ids(client: Any, names: Sequence[str]) -> list[str]:
    """The ids of the instances of the groups that still exist."""
    pages = client.get_paginator("describe_auto_scaling_groups").paginate(AutoScalingGroupNames=list(names))
    found = pages.build_full_result()["AutoScalingGroups"]
    return [instance["InstanceId"] for group in found for instance in group.get("Instances") or []]


@ScalingGroupErrorHandler.common_error_handler("tag the Auto Scaling group")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["ResourceContention"])
def create_or_update_tags(client: Any, name: str, tags: Mapping[str, str]) -> None:
    kind = {"ResourceId": name, "ResourceType": KIND, "PropagateAtLaunch": True}
    client.create_or_update_tags(Tags=[{**kind, "Key": key, "Value": value} for key, value in tags.items()])
