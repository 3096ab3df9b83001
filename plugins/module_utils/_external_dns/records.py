# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The records that an external-dns keeps: beside each stands a TXT record that names its owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._resource import Outcome
from .._route53.api import change_resource_record_sets, list_resource_record_sets
from .._route53.records import as_changes, describe_record_sets, of_external_dns

KIND = "DNS record"


def owned(client: Any, zone_id: str, owner_id: str) -> list[Mapping[str, Any]]:
    """The record sets of an owner, its TXT records among them; none in a zone that is gone."""
    return of_external_dns(list_resource_record_sets(client, zone_id), owner_id)


def remove(client: Any, zone_id: str, owner_id: str, check_mode: bool) -> list[Outcome]:
    """Delete the record sets of an owner, whose external-dns must have ended: it would make them again."""
    found = owned(client, zone_id, owner_id)
    if found and not check_mode:
        change_resource_record_sets(client, zone_id, as_changes("DELETE", found))
    return [Outcome(KIND, name, action="delete") for name in describe_record_sets(found)]
