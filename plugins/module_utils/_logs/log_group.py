# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A log group of CloudWatch Logs: what it is, how it is created, updated and deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._creation_defaults import LOG_RETENTION_DAYS
from .._resource import Attribute, Change, Resource, tags_attribute
from . import api

FOR_EVER = 0
CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS")


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """The table of a log group's attributes."""
    return (
        Attribute("retention_in_days", lambda g: g.get("retentionInDays", FOR_EVER)),
        Attribute("kms_key_arn", lambda g: g.get("kmsKeyId", "")),
        Attribute(
            "log_group_class",
            lambda g: g.get("logGroupClass", "STANDARD"),
            Change.REFUSED,
            "CloudWatch Logs cannot change the class of a log group. Use another name, or delete the log group first.",
        ),
        tags_attribute(lambda g: g["tags"], purge_tags),
    )


class LogGroup(Resource):
    """Source: Amazon CloudWatch Logs API, CreateLogGroup, DescribeLogGroups."""

    kind = "log group"
    computed = ("arn",)

    def __init__(self, client: Any, name: str, *, purge_tags: bool = False) -> None:
        self.client = client
        self.name = name
        self.attributes = attributes(purge_tags)

    def find(self) -> Mapping[str, Any] | None:
        group = api.describe_log_group(self.client, self.name)
        if group is None:
            return None
        arn = (group.get("logGroupArn") or group["arn"]).removesuffix(":*")
        return {**group, "arn": arn, "tags": api.list_tags(self.client, arn)}

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        """CreateLogGroup takes no retention: a run may have ended before PutRetentionPolicy, and an empty group has nothing to lose."""
        unfinished = found is None or (not found.get("retentionInDays") and not found.get("storedBytes"))
        return {"retention_in_days": LOG_RETENTION_DAYS, **desired} if unfinished else desired

    def create(self, desired: Mapping[str, Any]) -> None:
        request: dict[str, Any] = {"logGroupName": self.name}
        if desired.get("kms_key_arn"):
            request["kmsKeyId"] = desired["kms_key_arn"]
        if desired.get("log_group_class"):
            request["logGroupClass"] = desired["log_group_class"]
        if desired.get("tags"):
            request["tags"] = {key: str(value) for key, value in desired["tags"].items()}
        api.create_log_group(self.client, **request)
        if desired.get("retention_in_days"):
            api.put_retention_policy(self.client, self.name, desired["retention_in_days"])

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "kms_key_arn" in names and desired["kms_key_arn"]:
            api.associate_kms_key(self.client, self.name, desired["kms_key_arn"])
        elif "kms_key_arn" in names:
            api.disassociate_kms_key(self.client, self.name)
        if "retention_in_days" in names and desired["retention_in_days"] != FOR_EVER:
            api.put_retention_policy(self.client, self.name, desired["retention_in_days"])
        elif "retention_in_days" in names:
            api.delete_retention_policy(self.client, self.name)
        if "tags" in names:
            _tags.change(self.client, found["arn"], found["tags"], desired["tags"], api.tag_resource, api.untag_resource)

    def delete(self, found: Mapping[str, Any]) -> None:
        api.delete_log_group(self.client, self.name)
