# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The records that an external-dns keeps: each has a TXT record beside it that names its owner. Private to the collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._wait import wait_for

#: external-dns, endpoint/labels.go
OWNER = "external-dns/owner="


class RecordsError(AnsibleAWSError):
    """Route 53 refused a call."""


class Handler(AWSErrorHandler):
    """Turns the API's errors into RecordsError; a zone that is gone has no records."""

    _CUSTOM_EXCEPTION = RecordsError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code("NoSuchHostedZone")


@Handler.list_error_handler("list the records of the zone", [])
@AWSRetry.jittered_backoff()
def list_records(client: Any, zone_id: str) -> list[dict[str, Any]]:
    paginator = client.get_paginator("list_resource_record_sets")
    return paginator.paginate(HostedZoneId=zone_id).build_full_result().get("ResourceRecordSets", [])


def owned(client: Any, zone_id: str, owner_id: str) -> list[str]:
    """The names of the TXT records that say that this owner keeps what stands beside them."""
    found = []
    for record in list_records(client, zone_id):
        values = [entry["Value"].strip('"') for entry in record.get("ResourceRecords") or []] if record["Type"] == "TXT" else []
        if any(f"{OWNER}{owner_id}" in value.split(",") for value in values):
            found.append(record["Name"].rstrip("."))
    return sorted(found)


def wait_until_none(client: Any, zone_id: str, owner_id: str, timeout_seconds: float) -> None:
    """Return when external-dns has removed all that it kept."""

    def look() -> tuple[bool, list[str]]:
        names = owned(client, zone_id, owner_id)
        return not names, names

    what = f"the records that external-dns keeps for {owner_id} in the zone {zone_id} to go"
    wait_for(look, what, timeout_seconds, lambda names: f"{', '.join(names)} still there")
