# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outputs of the role dns_cert, and what it tells of a domain that is not delegated. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._resource import KNOWN_AFTER_APPLY
from .._route53.records import normal
from .transformations import ISSUED

ROLE = "dns_cert"
#: Route 53 gives each zone as many
NAME_SERVERS = 4
NOTHING: dict[str, Any] = {"domain": "", "zone_id": "", "zone_arn": "", "name_servers": [], "delegated": "", "certificate_arn": ""}


def outputs(domain: str, zone: Mapping[str, Any] | None, delegated: bool, certificate: Mapping[str, Any] | None) -> dict[str, Any]:
    """zone, certificate: as their modules return them."""
    if not domain or zone is None:
        return dict(NOTHING)
    servers = zone["name_servers"]
    issued = certificate is not None and certificate["status"] == ISSUED
    return {
        "domain": normal(domain),
        "zone_id": zone["zone_id"],
        "zone_arn": zone["arn"],
        "name_servers": list(servers) if isinstance(servers, (list, tuple)) else [KNOWN_AFTER_APPLY] * NAME_SERVERS,
        "delegated": "true" if delegated else "false",
        "certificate_arn": certificate["arn"] if certificate is not None and issued else "",
    }


def delegation_advice(domain: str, name_servers: Any, parent: Mapping[str, str], reason: str) -> list[str]:
    """Lines that say what the owner of the domain's parent must set."""
    domain = normal(domain)
    if isinstance(name_servers, str):
        return [f"{domain} is not delegated yet: {reason}. A run creates the hosted zone and reports its name servers."]
    above = parent.get("name") or domain.partition(".")[2]
    where = f", which is the zone {parent['zone_id']} of this account" if parent.get("zone_id") else ", or where the domain is registered"
    return [
        f"{domain} IS NOT DELEGATED: {reason}.",
        f"Set these NS records for {domain} in the DNS of {above}{where}:",
        *(f"{domain}. NS {server}." for server in name_servers),
        "All other resources are created. Set the records and run again to request the certificate.",
    ]
