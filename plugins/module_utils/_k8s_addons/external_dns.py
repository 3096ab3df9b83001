# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define the add-on external-dns, which writes the records of public addresses in the environment's hosted zone only. Pure."""

from __future__ import annotations

from typing import Any

from .definition import DNS, Addon, Chart, Inputs, Statement, identity_of, resources, service_account

NAME = "external-dns"
CHART = Chart("https://kubernetes-sigs.github.io/external-dns/", NAME, "1.21.1", kubernetes=("1.25", "1.36"))
#: without it, the ownership record of the apex would be outside the zone
TXT_PREFIX = "%{record_type}-extdns."
SOURCES = {"nginx_gateway_fabric": ["gateway-httproute", "gateway-grpcroute"], "ingress_nginx": ["ingress"]}


def values(inputs: Inputs) -> dict[str, Any]:
    zone = inputs["zone"]
    return {
        "provider": {"name": "aws"},
        "sources": SOURCES.get(inputs["ingress"], ["service"]),
        "policy": "sync",
        "registry": "txt",
        "txtOwnerId": identity_of(inputs).dns_owner_id,
        "txtPrefix": TXT_PREFIX,
        "domainFilters": [zone["domain"]],
        "extraArgs": {"zone-id-filter": zone["zone_id"], "aws-zone-type": "public"},
        "env": [{"name": "AWS_DEFAULT_REGION", "value": inputs["region"]}],
        "serviceAccount": service_account(ADDON.role_arn(inputs), NAME),
        "resources": resources("50m", "128Mi"),
    }


def statements(inputs: Inputs) -> list[Statement]:
    """Return the policy of external-dns, docs/tutorials/aws.md, limited to the zone."""
    zone = inputs["zone"]
    return [
        {
            "Sid": "Records",
            "Effect": "Allow",
            "Action": ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", "route53:ListTagsForResources"],
            "Resource": [zone.get("zone_arn") or f"arn:{inputs['partition']}:route53:::hostedzone/{zone['zone_id']}"],
        },
        {"Sid": "Zones", "Effect": "Allow", "Action": ["route53:ListHostedZones"], "Resource": ["*"]},
    ]


ADDON = Addon("external_dns", CHART, values, statements, NAME, needs_zone=True, uninstall_phase=DNS)
