# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outputs of the role dns_cert, read from AWS, and who has its domain. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from .. import _tags
from .._acm import outputs
from .._acm.certificate import Certificate
from .._route53 import api, records
from .._route53.zone import Zone


class Domain:
    """The environment's zone, and the one of the domain that it is to have."""

    def __init__(self, client: Callable[[str], Any], environment: str, domain: str) -> None:
        self.client, self.environment, self.domain = client, environment, records.normal(domain)

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
        owners = [zone["tags"].get(_tags.ENVIRONMENT) or self._referred(zone) for zone in holders]
        own = self._own()
        return {
            "zone_domain": records.normal(own["Name"]) if own else "",
            "domain_taken": bool(owners) and self.environment not in owners,
            "domain_owner": next((owner for owner in owners if owner), ""),
            "domain_zone_ids": [zone["Id"] for zone in [each for each in holders if self._is_own(each)] or holders],
        }

    def outputs(self) -> dict[str, Any] | None:
        """None when the domain's zone does not stand; empty ones without a domain."""
        own = self._own()
        if own is None:
            return None if self.domain else dict(outputs.NOTHING)
        domain = records.normal(own["Name"])
        tags = _tags.ownership_tags(self.environment, outputs.ROLE, domain)
        client = self.client("route53")
        zone = Zone(client, domain, tags)
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
        owner, role = zone["tags"].get(_tags.ENVIRONMENT), zone["tags"].get(_tags.ROLE)
        return (owner == self.environment and role in {None, outputs.ROLE}) or (not owner and self._referred(zone) == self.environment)

    @staticmethod
    def _referred(zone: Mapping[str, Any]) -> str:
        """Whose zone the caller reference says it is, of one that was made and not tagged."""
        parts = str(zone["CallerReference"]).split("/")
        return parts[1] if len(parts) == 3 and parts[0] == _tags.COLLECTION else ""
