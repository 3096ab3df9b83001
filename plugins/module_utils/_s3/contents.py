# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a bucket holds: whether it does, and how it is emptied and removed."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import is_ansible_aws_error_code

from .._errors import Refused
from . import api

EMPTYING_ROUNDS = 5  # logs are still delivered while a bucket is emptied


def holds_objects(client: Any, name: str) -> bool:
    """Whether there is any object, or any version of one."""
    page = api.list_versions(client, name, limit=1)
    return bool(page.get("Versions") or page.get("DeleteMarkers"))


def empty(client: Any, name: str) -> None:
    """Delete all objects with all their versions."""
    while True:
        page = api.list_versions(client, name)
        objects = [
            {"Key": item["Key"], "VersionId": item["VersionId"]} for kind in ("Versions", "DeleteMarkers") for item in page.get(kind) or []
        ]
        if not objects:
            return
        errors = api.delete_objects(client, name, objects)
        if errors:
            first = errors[0]
            raise Refused(f"S3 bucket {name}: {first['Key']} could not be deleted: {first.get('Message', first.get('Code'))}")


def remove(client: Any, name: str, delete_contents: bool) -> None:
    """Delete the bucket; with delete_contents all that it holds first."""
    for _unused in range(EMPTYING_ROUNDS):
        if delete_contents:
            empty(client, name)
        try:
            api.delete_bucket(client, name)
            return
        except is_ansible_aws_error_code("BucketNotEmpty"):
            if not delete_contents:
                raise
    raise Refused(f"S3 bucket {name} could not be emptied: a client still writes to it. Stop the client and run again.")
