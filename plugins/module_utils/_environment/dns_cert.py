# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outputs of the role dns_cert, read from AWS, and who has its domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from .. import _tags
from .._acm import outputs
from .._acm.certificate import Certificate
from .._names import Identity
from .._route53 import api, records, references
from .._route53.zone import HostedZone


class Domain:
    """The environment's zone, and the one of the domain that it is to have."""

    def __init__(self, client: Callable[[str], Any], identity: Identity, domain: str) -> None:
        self.client, self.identity, self.domain = client, identity, records.normal(domain)

    @cached_property
    def _zones(self) -> list[dict[str, Any]]:
        """The public zones of the account, with their tags."""
        client = self.client("route53")
        listed = (api.list_hosted_zones if self.domain else api.list_hosted_zones_if_allowed)(client)
        public = [zone for zone in listed if not zone["Config"]["PrivateZone"]]
        tags = api.list_tags(client, [zone["Id"] for zone in public])
        return [{**zone, "tags": tags.get(zone["Id"], {})} for zone in public]

    def found(self) -> dict[str, Any]:
        """What the preflight holds the domain against."""
        holders = [zone for zone in self._zones if records.normal(zone["Name"]) == self.domain]
        others = [references.tags_of(zone) for zone in holders if not self._is_own(zone)]
        own = self._own()
        return {
            "zone_domain": records.normal(own["Name"]) if own else "",
            "domain_taken": bool(others) and len(others) == len(holders),
            "domain_owner": next((self._owner(tags) for tags in others if _tags.ENVIRONMENT in tags), ""),
            "domain_zone_ids": [zone["Id"] for zone in [each for each in holders if self._is_own(each)] or holders],
        }

    def outputs(self) -> dict[str, Any] | None:
        """None when the domain's zone does not stand; empty ones without a domain."""
        own = self._own()
        if own is None:
            return None if self.domain else dict(outputs.NOTHING)
        domain = records.normal(own["Name"])
        tags = self.identity.tags(outputs.ROLE, domain)
        client = self.client("route53")
        zone = HostedZone(client, domain, tags)
        standing = zone.read(own)
        if standing is None:
            return None
        certificate = Certificate(self.client("acm"), client, domain, {"tags": tags}).find()
        shown = {"arn": certificate["arn"], "status": certificate["Status"]} if certificate else None
        issued = shown is not None and shown["status"] == "ISSUED"
        return outputs.outputs(domain, zone.describe(standing), issued, shown)

    def _own(self) -> Mapping[str, Any] | None:
        """The environment's zone; that of the domain before any other."""
        own = [zone for zone in self._zones if self._is_own(zone)]
        own.sort(key=lambda zone: records.normal(zone["Name"]) != self.domain)
        return own[0] if own else None

    def _is_own(self, zone: Mapping[str, Any]) -> bool:
        tags = references.tags_of(zone)
        return _tags.carries(tags, self.identity.marks()) and tags.get(_tags.ROLE) in {None, outputs.ROLE}

    def _owner(self, tags: Mapping[str, str]) -> str:
        """Why a zone that this collection made is not the environment's."""
        return _tags.not_ours(tags, self.identity.marks()) or f"it was created by the role {tags.get(_tags.ROLE)}"
