# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to Amazon EC2 for volumes and snapshots, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._eventual_consistency import retry_until_consistent


class VolumeError(AnsibleAWSError):
    """A call about volumes or snapshots failed."""


class VolumeErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = VolumeError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(["InvalidVolume.NotFound", "InvalidSnapshot.NotFound"])


def _filters(tags: dict[str, str]) -> list[dict[str, Any]]:
    return [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]


@VolumeErrorHandler.common_error_handler("describe volumes")
@AWSRetry.jittered_backoff()
def describe_volumes(client: Any, tags: dict[str, str]) -> list[dict[str, Any]]:
    return client.get_paginator("describe_volumes").paginate(Filters=_filters(tags)).build_full_result()["Volumes"]


@VolumeErrorHandler.common_error_handler("describe snapshots")
@AWSRetry.jittered_backoff()
def describe_snapshots(client: Any, tags: dict[str, str]) -> list[dict[str, Any]]:
    pages = client.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], Filters=_filters(tags))
    return pages.build_full_result()["Snapshots"]


@VolumeErrorHandler.common_error_handler("snapshot a volume")
@AWSRetry.jittered_backoff()
def create_snapshot(client: Any, volume_id: str, description: str, tags: list[dict[str, str]]) -> dict[str, Any]:
    specification = [{"ResourceType": "snapshot", "Tags": tags}]
    return client.create_snapshot(VolumeId=volume_id, Description=description, TagSpecifications=specification)


@VolumeErrorHandler.deletion_error_handler("delete a volume")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_volume(client: Any, volume_id: str) -> bool:
    client.delete_volume(VolumeId=volume_id)
    return True
