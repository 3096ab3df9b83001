# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to Amazon Route 53, one function each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

#: ListTagsForResources takes as many ids, ChangeTagsForResource as many tags
AT_ONCE = 10
#: changes in one ChangeResourceRecordSets
CHANGES_AT_ONCE = 500
#: another request about the same zone is under way
BUSY = ["PriorRequestNotComplete"]


class Route53Error(AnsibleAWSError):
    """A call to Route 53 failed."""


class Route53ErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = Route53Error

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(["NoSuchHostedZone", "NoSuchDelegationSet"])


class Route53ForbiddenHandler(AWSErrorHandler):
    """For who has no domain, and need not be allowed to look for one."""

    _CUSTOM_EXCEPTION = Route53Error

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(["AccessDenied", "AccessDeniedException"])


@Route53ForbiddenHandler.list_error_handler("list hosted zones", [])
def list_hosted_zones_if_allowed(client: Any) -> list[dict[str, Any]]:
    return _list_hosted_zones(client)


@Route53ErrorHandler.common_error_handler("list hosted zones")
def list_hosted_zones(client: Any) -> list[dict[str, Any]]:
    """All public and private zones of the account; `Id` without its path."""
    return _list_hosted_zones(client)


@AWSRetry.jittered_backoff()
def _list_hosted_zones(client: Any) -> list[dict[str, Any]]:
    found = client.get_paginator("list_hosted_zones").paginate().build_full_result()["HostedZones"]
    return [{**zone, "Id": bare_id(zone["Id"])} for zone in found]


class Route53ExistsHandler(AWSErrorHandler):
    """For a call whose repetition, after an answer was lost, is refused because the first one was carried out."""

    _CUSTOM_EXCEPTION = Route53Error

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code("HostedZoneAlreadyExists")


@Route53ErrorHandler.list_error_handler("get hosted zone", None)
@AWSRetry.jittered_backoff()
def get_hosted_zone(client: Any, zone_id: str) -> dict[str, Any] | None:
    return client.get_hosted_zone(Id=zone_id)


@Route53ErrorHandler.list_error_handler("get reusable delegation set", None)
@AWSRetry.jittered_backoff()
def get_reusable_delegation_set(client: Any, delegation_set_id: str) -> dict[str, Any] | None:
    return client.get_reusable_delegation_set(Id=delegation_set_id)["DelegationSet"]


@Route53ErrorHandler.common_error_handler("list tags of hosted zones")
@AWSRetry.jittered_backoff()
def list_tags(client: Any, zone_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Tags by zone id; asks for ten zones at a time."""
    tags = {}
    for start in range(0, len(zone_ids), AT_ONCE):
        asked = list(zone_ids[start : start + AT_ONCE])
        answer = client.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=asked)["ResourceTagSets"]
        for each in answer:
            tags[bare_id(each["ResourceId"])] = {tag["Key"]: tag["Value"] for tag in each.get("Tags") or []}
    return tags


@Route53ErrorHandler.list_error_handler("list resource record sets", [])
@AWSRetry.jittered_backoff()
def list_resource_record_sets(client: Any, zone_id: str) -> list[dict[str, Any]]:
    return client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id).build_full_result()["ResourceRecordSets"]


@Route53ExistsHandler.list_error_handler("create hosted zone", None)
@AWSRetry.jittered_backoff()
def create_hosted_zone(client: Any, **request: Any) -> str | None:
    """The id of the new zone; None when a zone of this caller reference is there already."""
    return bare_id(client.create_hosted_zone(**request)["HostedZone"]["Id"])


@Route53ErrorHandler.common_error_handler("tag hosted zone")
@AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
def change_tags(client: Any, zone_id: str, add: list[dict[str, str]], remove: list[str]) -> None:
    for start in range(0, max(len(add), len(remove)), AT_ONCE):
        batch = {"AddTags": add[start : start + AT_ONCE], "RemoveTagKeys": remove[start : start + AT_ONCE]}
        given = {name: tags for name, tags in batch.items() if tags}
        client.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id, **given)


@Route53ErrorHandler.common_error_handler("set comment of hosted zone")
@AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
def update_comment(client: Any, zone_id: str, comment: str) -> None:
    client.update_hosted_zone_comment(Id=zone_id, Comment=comment)


@Route53ErrorHandler.common_error_handler("change resource record sets")
@AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
def change_resource_record_sets(client: Any, zone_id: str, changes: list[dict[str, Any]]) -> None:
    for start in range(0, len(changes), CHANGES_AT_ONCE):
        batch = {"Changes": changes[start : start + CHANGES_AT_ONCE]}
        client.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)


@Route53ErrorHandler.deletion_error_handler("delete hosted zone")
@AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
def delete_hosted_zone(client: Any, zone_id: str) -> None:
    client.delete_hosted_zone(Id=zone_id)


def bare_id(zone_id: str) -> str:
    """The id without /hostedzone/ or /delegationset/ before it."""
    return zone_id.rsplit("/", 1)[-1]
