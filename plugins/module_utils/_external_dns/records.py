# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The records that an external-dns keeps: each has a TXT record beside it that names its owner. Private to the collection."""

from __future__ import annotations

from typing import Any

from .._route53.api import list_resource_record_sets
from .._wait import wait_for

#: external-dns, endpoint/labels.go
OWNER = "external-dns/owner="


def owned(client: Any, zone_id: str, owner_id: str) -> list[str]:
    """The names of the TXT records that say that this owner keeps what stands beside them."""
    found = []
    for record in list_resource_record_sets(client, zone_id):
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
