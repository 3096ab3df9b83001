# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pure decisions of the role dns_cert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opta.platform.plugins.module_utils._acm import outputs
from ansible_collections.opta.platform.plugins.module_utils._acm.names import certificate_names
from ansible_collections.opta.platform.plugins.module_utils._route53.records import normal


def delegation_advice(domain: str, zone: Mapping[str, Any], dns: Mapping[str, Any]) -> list[str]:
    """What the owner of the domain's parent must set. zone, dns: results of route53_zone and dns_delegation_info."""
    return outputs.delegation_advice(domain, zone["zone"]["name_servers"], zone["parent"], dns["reason"])


def dns_cert_outputs(domain: str, zone: Mapping[str, Any], dns: Mapping[str, Any], certificate: Mapping[str, Any]) -> dict[str, Any]:
    """The role's outputs. zone, dns, certificate: results of its tasks, skipped ones without a domain."""
    return outputs.outputs(domain, zone.get("zone"), bool(dns.get("delegated")), certificate.get("certificate"))


def normal_domain(domain: Any) -> str:
    """A domain as AWS compares it: in small letters, without the dot at its end."""
    return normal(str(domain or ""))


class FilterModule:
    """The filters of the role dns_cert."""

    def filters(self) -> dict[str, Any]:
        return {
            "certificate_names": certificate_names,
            "delegation_advice": delegation_advice,
            "dns_cert_outputs": dns_cert_outputs,
            "normal_domain": normal_domain,
        }
