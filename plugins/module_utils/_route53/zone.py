# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A public hosted zone of Route 53: what it is, how it is created, updated and deleted."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .. import _tags
from .._errors import PlatformError, Refused
from .._resource import Attribute, Change, Resource, tags_attribute
from . import api, records, references

FIXED = "Route 53 cannot change the name servers of a hosted zone. Delete the zone and create it again, or omit delegation_set_id"


def zone_arn(partition: str, zone_id: str) -> str:
    """A zone's ARN; it has neither region nor account."""
    return f"arn:{partition}:route53:::hostedzone/{zone_id}"


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """The table of a zone's attributes."""
    return (
        Attribute("comment", lambda z: z["comment"]),
        Attribute("delegation_set_id", lambda z: z["delegation_set_id"], Change.REFUSED, FIXED),
        tags_attribute(lambda z: z["tags"], purge_tags),
    )


class HostedZone(Resource):
    """A zone, found by its domain; of several with the same domain, the environment's own.

    external_dns_owner_id: its records are the zone's own and go with it. delete_records: so does every other record.
    deleted_records: names of records that are removed before the zone is; a plan still sees them.
    """

    kind = "hosted zone"
    computed = ("zone_id", "arn", "name_servers")

    def __init__(
        self,
        client: Any,
        domain: str,
        tags: Mapping[str, Any] | None = None,
        purge_tags: bool = False,
        delegation_set_id: str | None = None,
        external_dns_owner_id: str = "",
        delete_records: bool = False,
        deleted_records: Collection[str] = (),
    ) -> None:
        self.client = client
        self.name = records.normal(domain)
        self.partition = client.meta.partition
        self.marks = _tags.marks(tags)
        self.attributes = attributes(purge_tags)
        self.external_dns_owner_id = external_dns_owner_id
        self.delete_records = delete_records
        self.deleted_records = {records.normal(name) for name in deleted_records}
        self.parent: Mapping[str, Any] | None = None
        #: the zones of the name that may be meant, as ListHostedZones answers them
        self.of_the_name: list[dict[str, Any]] = []
        self._delegation_set_id = delegation_set_id

    def find(self) -> Mapping[str, Any] | None:
        public = [zone for zone in api.list_hosted_zones(self.client) if not zone["Config"]["PrivateZone"]]
        self.parent = records.nearest_parent(self.name, public)
        named = [zone for zone in public if records.normal(zone["Name"]) == self.name]
        if not named:
            return None
        tags = api.list_tags(self.client, [zone["Id"] for zone in named])
        found = [{**zone, "tags": tags.get(zone["Id"], {})} for zone in named]
        ours = [zone for zone in found if _tags.carries(self.tags(zone), self.marks)]
        self.of_the_name = ours or found
        return self.read(self.of_the_name[0])

    def read(self, zone: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """As find() answers it. zone: as ListHostedZones answers it, with its tags."""
        answer = api.get_hosted_zone(self.client, zone["Id"])
        if answer is None:
            return None
        delegation = answer.get("DelegationSet") or {}
        return {
            **zone,
            "comment": zone["Config"].get("Comment") or "",
            "delegation_set_id": api.bare_id(delegation.get("Id") or ""),
            "zone_id": zone["Id"],
            "arn": zone_arn(self.partition, zone["Id"]),
            "name_servers": sorted(records.normal(server) for server in delegation.get("NameServers") or []),
        }

    def tags(self, found: Mapping[str, Any]) -> Mapping[str, str]:
        return references.tags_of(found)

    def derived(self) -> dict[str, Any]:
        """The name servers, when a delegation set says them before the zone is there."""
        if not self._delegation_set_id:
            return {}
        delegation_set = api.get_reusable_delegation_set(self.client, self._delegation_set_id)
        if delegation_set is None:
            raise PlatformError(
                f"delegation_set_id is {self._delegation_set_id}, but the account has no reusable delegation set with this ID: "
                "see `aws route53 list-reusable-delegation-sets`, or omit the option."
            )
        return {"name_servers": sorted(records.normal(server) for server in delegation_set["NameServers"])}

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if found is None:
            self.derived()  # tells a delegation set that is not there
        if desired.get("state") != "absent" and len(self.of_the_name) > 1:
            raise Refused(records.several_zones(self.name, [zone["Id"] for zone in self.of_the_name]))
        if desired.get("state") != "absent" or found is None or self.delete_records:
            return
        foreign = self._foreign(self._records(found["zone_id"]))
        if foreign:
            raise Refused(
                f"{self.kind} {self.name} is not deleted: it has records that this collection did not create: "
                f"{', '.join(records.describe_record_sets(foreign))}. "
                "Delete them, or set delete_records: true to delete all of them with the zone."
            )

    def _records(self, zone_id: str) -> list[Mapping[str, Any]]:
        return records.beyond_the_zones_own(api.list_resource_record_sets(self.client, zone_id), self.name)

    def _foreign(self, found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        own = records.of_external_dns(found, self.external_dns_owner_id)
        return [each for each in found if each not in own and records.normal(each["Name"]) not in self.deleted_records]

    def create(self, desired: Mapping[str, Any]) -> None:
        request: dict[str, Any] = {"Name": self.name, "CallerReference": f"{references.reference_prefix(self.marks)}{time.time_ns()}"}
        if desired.get("comment") is not None:
            request["HostedZoneConfig"] = {"Comment": desired["comment"], "PrivateZone": False}
        if desired.get("delegation_set_id"):
            request["DelegationSetId"] = desired["delegation_set_id"]
        zone_id = api.create_hosted_zone(self.client, **request)
        if zone_id is None:  # the answer to the first call was lost
            made = [z["Id"] for z in api.list_hosted_zones(self.client) if z["CallerReference"] == request["CallerReference"]]
            zone_id = made[0]
        self._set_tags(zone_id, {}, desired.get("tags") or {})

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "tags" in names:
            self._set_tags(found["zone_id"], found["tags"], desired["tags"])
        if "comment" in names:
            api.update_comment(self.client, found["zone_id"], desired["comment"])

    def _set_tags(self, zone_id: str, before: Mapping[str, str], after: Mapping[str, Any]) -> None:
        added, removed = _tags.difference(before, {name: str(value) for name, value in after.items()})
        if added or removed:
            api.change_tags(self.client, zone_id, _tags.as_list(added), removed)

    def delete(self, found: Mapping[str, Any]) -> None:
        remaining = self._records(found["zone_id"])
        gone = remaining if self.delete_records else records.of_external_dns(remaining, self.external_dns_owner_id)
        if gone:
            api.change_resource_record_sets(self.client, found["zone_id"], records.as_changes("DELETE", gone))
        api.delete_hosted_zone(self.client, found["zone_id"])

    def describe(self, found: Mapping[str, Any]) -> dict[str, Any]:
        shown = {attribute.name: attribute.read(found) for attribute in self.attributes}
        return {"name": self.name, **{name: found[name] for name in self.computed}, **shown}

    def parent_zone(self) -> dict[str, str]:
        """Name and id of the account's zone that the domain lies in; empty strings when there is none."""
        parent = self.parent or {}
        return {"name": records.normal(parent.get("Name", "")), "zone_id": parent.get("Id", "")}
