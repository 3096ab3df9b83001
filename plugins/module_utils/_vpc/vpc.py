# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The VPC, its internet gateway and its default security group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from .._errors import Refused
from .._resource import Attribute, Change, State
from .._wait import wait_for
from . import write_api
from .ec2_resource import Ec2Resource
from .snapshot import tags_of

#: the VPC attributes of EC2 that are always on, and our names of them
DNS = {"enable_dns_support": "enableDnsSupport", "enable_dns_hostnames": "enableDnsHostnames"}
REQUEST_KEYS = {"enable_dns_support": "EnableDnsSupport", "enable_dns_hostnames": "EnableDnsHostnames"}
VISIBLE_SECONDS = 60.0


def blocks_of(vpc: Mapping[str, Any]) -> list[str]:
    """Return the IPv4 CIDR blocks of a VPC in EC2's answer, the first one first."""
    associated = [
        each["CidrBlock"]
        for each in vpc.get("CidrBlockAssociationSet") or []
        if (each.get("CidrBlockState") or {}).get("State", "associated") == "associated"
    ]
    return list(dict.fromkeys([vpc["CidrBlock"], *associated]))


class Vpc(Ec2Resource):
    """Source: Amazon EC2 API, CreateVpc, DescribeVpcs, ModifyVpcAttribute."""

    kind = "VPC"
    collection = "vpcs"
    id_key = "VpcId"
    id_name = "vpc_id"

    def table(self) -> Sequence[Attribute]:
        return (
            Attribute(
                "cidr_block",
                lambda v: v["CidrBlock"],
                Change.REFUSED,
                "a VPC keeps its first block (Amazon EC2, CreateVpc). Create a new environment with the other block.",
            ),
            *(Attribute(name, itemgetter(name)) for name in DNS),
        )

    def find(self) -> Mapping[str, Any] | None:
        found = self.snapshot.find_vpc()
        if found is None:
            return None
        attributes = {name: self.snapshot.vpc_attribute(attribute) for name, attribute in DNS.items()}
        return {**found, "vpc_id": found["VpcId"], **attributes}

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if found is not None and found.get("IsDefault"):
            raise Refused(f"{found['VpcId']} is the region's default VPC, which is never used: remove the tag Name={self.name} from it.")
        if found is None and desired.get("state") != "absent" and not desired.get("cidr_block"):
            raise Refused(f"VPC {self.name} does not exist. To create it, set cidr_block, for example 10.0.0.0/16.")

    def create(self, desired: Mapping[str, Any]) -> None:
        made = write_api.create_vpc(self.client, desired["cidr_block"], desired["tags"])
        self.remember({**made, "State": "available"}, desired)
        self.snapshot.vpc_id = made["VpcId"]
        # A new VPC has DNS support on and host names off
        write_api.modify_vpc_attribute(self.client, made["VpcId"], "EnableDnsHostnames", True)

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        for name, key in REQUEST_KEYS.items():
            if name in names:
                write_api.modify_vpc_attribute(self.client, found["VpcId"], key, desired[name])
        self.snapshot.refresh(*DNS.values())

    def remove(self, found: Mapping[str, Any]) -> None:
        write_api.delete_vpc(self.client, found["VpcId"])


class InternetGateway(Ec2Resource):
    """Source: Amazon EC2 API, CreateInternetGateway, AttachInternetGateway."""

    kind = "internet gateway"
    collection = "internet_gateways"
    id_key = "InternetGatewayId"
    id_name = "internet_gateway_id"

    def table(self) -> Sequence[Attribute]:
        return (Attribute("attached", lambda g: g["attached"]),)

    def matches(self, item: Mapping[str, Any]) -> bool:
        return self._attached(item) or (super().matches(item) and self.snapshot.is_ours(item))

    def _attached(self, item: Mapping[str, Any]) -> bool:
        attachments = item.get("Attachments") or []
        return self.snapshot.vpc_id is not None and any(a.get("VpcId") == self.snapshot.vpc_id for a in attachments)

    def _observe(self) -> dict[str, Any] | None:
        found = super()._observe()
        return None if found is None else {**found, "attached": self._attached(found)}

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if found is not None and not found["attached"] and found.get("Attachments"):
            other = found["Attachments"][0].get("VpcId")
            raise Refused(f"{self.kind} {found['InternetGatewayId']} ({self.name}) is attached to {other}: detach it there, and run again.")

    def state(self, found: Mapping[str, Any]) -> State:
        return State.READY

    def create(self, desired: Mapping[str, Any]) -> None:
        made = write_api.create_internet_gateway(self.client, desired["tags"])
        write_api.attach_internet_gateway(self.client, made["InternetGatewayId"], self.snapshot.vpc_id)
        self.remember({**made, "Attachments": [{"VpcId": self.snapshot.vpc_id, "State": "available"}]}, desired)

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "attached" in names:
            write_api.attach_internet_gateway(self.client, found["InternetGatewayId"], self.snapshot.vpc_id)

    def remove(self, found: Mapping[str, Any]) -> None:
        if found["attached"]:
            write_api.detach_internet_gateway(self.client, found["InternetGatewayId"], self.snapshot.vpc_id)
        write_api.delete_internet_gateway(self.client, found["InternetGatewayId"])


class DefaultSecurityGroup(Ec2Resource):
    """The group that EC2 creates with a VPC: its rules are revoked, so that a resource without a named group allows no access.

    Source: Amazon VPC User Guide, default security groups; EC2 API, RevokeSecurityGroupIngress and ...Egress.
    """

    kind = "default security group"
    collection = "security_groups"
    id_key = "GroupId"
    id_name = "group_id"
    #: what a new VPC's group has, for a plan: everything from itself, everything to everywhere
    NEW: Mapping[str, Any] = {"GroupId": None, "IpPermissions": [{}], "IpPermissionsEgress": [{}], "Tags": []}

    def table(self) -> Sequence[Attribute]:
        return (Attribute("empty", lambda g: not g.get("IpPermissions") and not g.get("IpPermissionsEgress")),)

    def matches(self, item: Mapping[str, Any]) -> bool:
        return item.get("GroupName") == "default"

    def find(self) -> Mapping[str, Any] | None:
        if self.snapshot.vpc_id is None:
            return {**self.NEW, "group_id": None}
        return wait_for(self._look_again, f"the default security group of {self.name} to be listed", VISIBLE_SECONDS)

    def _look_again(self) -> tuple[bool, dict[str, Any] | None]:
        found = self._observe()
        if found is None:
            self.snapshot.refresh(self.collection)
        return found is not None, found

    def tags(self, found: Mapping[str, Any]) -> Mapping[str, str] | None:
        """The tags of the VPC: the group cannot be tagged in a creating call."""
        vpc = self.snapshot.find_vpc()
        return self.snapshot.tags if vpc is None else tags_of(vpc)

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if found.get("IpPermissions"):
            write_api.revoke_security_group_ingress(self.client, found["GroupId"], found["IpPermissions"])
        if found.get("IpPermissionsEgress"):
            write_api.revoke_security_group_egress(self.client, found["GroupId"], found["IpPermissionsEgress"])
