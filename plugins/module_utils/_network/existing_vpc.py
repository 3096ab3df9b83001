# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a VPC that the user brings means for an environment. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import PlatformError


def existing_network(
    vpc_id: str,
    vpcs: Sequence[Mapping[str, Any]],
    subnets: Sequence[Mapping[str, Any]],
    nat_gateways: Sequence[Mapping[str, Any]],
    public_subnet_ids: Sequence[str],
    private_subnet_ids: Sequence[str],
) -> dict[str, Any]:
    """The same values that vpc_network returns for a VPC of ours.

    vpcs, subnets, nat_gateways: as amazon.aws's ec2_vpc_net_info, ec2_vpc_subnet_info and ec2_vpc_nat_gateway_info return them.
    Raises PlatformError when the VPC or a subnet is not there, or the subnet is of another VPC.
    """
    if not vpcs:
        raise PlatformError(f"network_vpc_id is {vpc_id}, but the VPC does not exist in this account and region.")
    if not private_subnet_ids:
        raise PlatformError(
            f"network_vpc_id is {vpc_id}: set its private subnets too, for example network_private_subnet_ids: [subnet-0a1b, subnet-2c3d]."
        )
    by_id = {subnet["subnet_id"]: subnet for subnet in subnets if subnet["vpc_id"] == vpc_id}
    for variable, ids in (("network_public_subnet_ids", public_subnet_ids), ("network_private_subnet_ids", private_subnet_ids)):
        foreign = [subnet_id for subnet_id in ids if subnet_id not in by_id]
        if foreign:
            raise PlatformError(f"{variable}: {', '.join(foreign)} is not a subnet of {vpc_id}; use subnets of that VPC.")
    addresses = [
        address["public_ip"]
        for gateway in nat_gateways
        if gateway.get("state") == "available"
        for address in gateway.get("nat_gateway_addresses") or []
        if address.get("public_ip")
    ]
    return {
        "vpc_id": vpc_id,
        "cidr_blocks": _blocks(vpcs[0]),
        "zone_ids": [by_id[subnet_id]["availability_zone_id"] for subnet_id in private_subnet_ids],
        "public_subnet_ids": list(public_subnet_ids),
        "private_subnet_ids": list(private_subnet_ids),
        "nat_public_ips": sorted(addresses),
    }


def _blocks(vpc: Mapping[str, Any]) -> list[str]:
    """All blocks of IPv4 addresses of a VPC: nodes can be in each of them."""
    associated = [
        each["cidr_block"]
        for each in vpc.get("cidr_block_association_set") or []
        if (each.get("cidr_block_state") or {}).get("state", "associated") == "associated"
    ]
    return list(dict.fromkeys([vpc["cidr_block"], *associated]))
