# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The subnets of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._resource import Attribute, Change
from . import write_api
from .ec2_resource import Ec2Resource
from .layout import AvailabilityZone
from .snapshot import Snapshot, name_of

KINDS = ("public", "private")
#: by these tags load balancers find their subnets (AWS Load Balancer Controller, subnet discovery)
ROLE_TAGS = {"public": {"kubernetes.io/role/elb": "1"}, "private": {"kubernetes.io/role/internal-elb": "1"}}


def subnet_name(network: str, kind: str, zone_id: str) -> str:
    """Return the name of a subnet: the network, public or private, and the id of its zone."""
    return f"{network}-{kind}-{zone_id}"


def existing_zones(snapshot: Snapshot) -> list[AvailabilityZone]:
    """Return the zones in which the network has a subnet, with the blocks of the existing ones."""
    zones: dict[str, dict[str, str]] = {}
    for subnet in snapshot.items("subnets"):
        for kind in KINDS:
            zone_id = subnet["AvailabilityZoneId"]
            if name_of(subnet) == subnet_name(snapshot.name, kind, zone_id):
                zone = zones.setdefault(zone_id, {"zone_name": subnet["AvailabilityZone"]})
                zone[f"{kind}_cidr_block"] = subnet["CidrBlock"]
    return [AvailabilityZone(zone_id, **zones[zone_id]) for zone_id in sorted(zones)]


def other_blocks(snapshot: Snapshot) -> list[str]:
    """Return the blocks of the subnets of the VPC that are not the network's own."""
    ours = {subnet_name(snapshot.name, kind, zone.zone_id) for kind in KINDS for zone in existing_zones(snapshot)}
    return [subnet["CidrBlock"] for subnet in snapshot.items("subnets") if name_of(subnet) not in ours]


class Subnet(Ec2Resource):
    """Source: Amazon EC2 API, CreateSubnet, DescribeSubnets, ModifySubnetAttribute."""

    kind = "subnet"
    collection = "subnets"
    id_key = "SubnetId"
    id_name = "subnet_id"

    def table(self) -> Sequence[Attribute]:
        keeps = "a subnet keeps its zone and its block (Amazon EC2, CreateSubnet)."
        return (
            Attribute("cidr_block", lambda s: s["CidrBlock"], Change.REFUSED, keeps),
            Attribute("availability_zone_id", lambda s: s["AvailabilityZoneId"], Change.REFUSED, keeps),
            Attribute("map_public_ip_on_launch", lambda s: bool(s.get("MapPublicIpOnLaunch"))),
        )

    def create(self, desired: Mapping[str, Any]) -> None:
        zone_id, block = desired["availability_zone_id"], desired["cidr_block"]
        made = write_api.create_subnet(self.client, self.snapshot.vpc_id, zone_id, block, desired["tags"])
        if bool(made.get("MapPublicIpOnLaunch")) != desired["map_public_ip_on_launch"]:
            write_api.modify_subnet_attribute(self.client, made["SubnetId"], desired["map_public_ip_on_launch"])
        self.remember({**made, "MapPublicIpOnLaunch": desired["map_public_ip_on_launch"]}, desired)

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "map_public_ip_on_launch" in names:
            write_api.modify_subnet_attribute(self.client, found["SubnetId"], desired["map_public_ip_on_launch"])

    def remove(self, found: Mapping[str, Any]) -> None:
        write_api.delete_subnet(self.client, found["SubnetId"])
