# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who reaches a cluster, and which add-ons it has, before AWS is asked. Pure functions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, ip_network
from typing import Any

from .._cidr import SERVICE_RANGES

#: the managed add-ons of the role eks
ADDONS = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns", "aws-ebs-csi-driver")
ADDON_VERSION = re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+")


def cluster_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each rule broken; given: inputs and literal defaults by name."""
    return [*_public(given), *_addons(given)]


def _public(given: Mapping[str, Any]) -> Iterator[str]:
    """EKS API, VpcConfigRequest, publicAccessCidrs: blocks with their length, of public addresses."""
    for block in given.get("eks_endpoint_public_cidr_blocks") or []:
        text = str(block).strip()
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            continue
        if "/" not in text:
            yield f"eks_endpoint_public_cidr_blocks has {text}: write it as a CIDR block, {text}/{network.max_prefixlen}."
        elif isinstance(network, IPv4Network) and any(network.subnet_of(IPv4Network(private)) for private in SERVICE_RANGES):
            yield (
                f"eks_endpoint_public_cidr_blocks has {text}, a private block, which EKS rejects. Use public blocks, for example "
                "203.0.113.0/24; private blocks belong in eks_api_client_cidr_blocks."
            )


def _addons(given: Mapping[str, Any]) -> Iterator[str]:
    for variable in ("eks_addon_versions", "eks_addon_configuration_values"):
        for name in given.get(variable) or {}:
            if name not in ADDONS:
                near = difflib.get_close_matches(str(name), ADDONS, n=1)
                hint = f"did you mean {near[0]}?" if near else f"valid add-ons are {', '.join(ADDONS)}."
                yield f"{variable} has {name}, which is not a managed add-on: {hint}"
    for name, version in (given.get("eks_addon_versions") or {}).items():
        if version is not None and not ADDON_VERSION.fullmatch(str(version)):
            yield f"eks_addon_versions, {name} is {version!r}: it must be an EKS add-on version, for example v1.12.4-eksbuild.1."
    for name, values in (given.get("eks_addon_configuration_values") or {}).items():
        if values is not None and not isinstance(values, Mapping):
            yield f"eks_addon_configuration_values, {name} is {values!r}: it must be a mapping, for example {{replicaCount: 3}}."
