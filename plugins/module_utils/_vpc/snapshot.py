# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A snapshot of what AWS has of one network: read once, one call per kind of item, and kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from .. import _tags
from .._names import CLUSTER_NAME_LIMIT, shortened
from .._parallel import run_parallel
from . import api

READERS = 8
#: the kinds of things that live in a VPC: the call, its filter, the key of the id
IN_VPC: dict[str, tuple[Callable[..., list[dict[str, Any]]], str, str]] = {
    "subnets": (api.describe_subnets, "vpc-id", "SubnetId"),
    "nat_gateways": (api.describe_nat_gateways, "vpc-id", "NatGatewayId"),
    "route_tables": (api.describe_route_tables, "vpc-id", "RouteTableId"),
    "endpoints": (api.describe_vpc_endpoints, "vpc-id", "VpcEndpointId"),
    "flow_logs": (api.describe_flow_logs, "resource-id", "FlowLogId"),
    "security_groups": (api.describe_security_groups, "vpc-id", "GroupId"),
    "network_interfaces": (api.describe_network_interfaces, "vpc-id", "NetworkInterfaceId"),
}
#: the kinds that are found in the whole region
IN_REGION: dict[str, tuple[Callable[..., list[dict[str, Any]]], str]] = {
    "vpcs": (api.describe_vpcs, "VpcId"),
    "internet_gateways": (api.describe_internet_gateways, "InternetGatewayId"),
    "addresses": (api.describe_addresses, "AllocationId"),
    "zones": (api.describe_availability_zones, "ZoneId"),
}
#: what every run needs to know
READ_AT_ONCE = ("subnets", "nat_gateways", "route_tables", "endpoints", "flow_logs", "security_groups")
VPC_ATTRIBUTES = {"enableDnsSupport": "EnableDnsSupport", "enableDnsHostnames": "EnableDnsHostnames"}


def tags_of(item: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags in an answer of EC2 as a dict."""
    return _tags.as_dict(item.get("Tags") or item.get("TagSet"))


def name_of(item: Mapping[str, Any]) -> str:
    """Return the name of a part of a network: its tag opta:name, or else its tag Name."""
    tags = tags_of(item)
    return tags.get(_tags.NAME) or tags.get("Name", "")


class Snapshot:
    """What AWS has of the network `name`, whose VPC has the tags `tags`.

    Every kind of item is read when it is first needed, and again after refresh(). What this run has created stays known although
    EC2 may not list it yet. own_only: a VPC of that name with other ownership tags is kept as `stranger`, and its parts are not read.
    """

    def __init__(self, client: Any, name: str, tags: Mapping[str, Any] | None = None, own_only: bool = False) -> None:
        self.client = client
        self.name = name
        self.own_only = own_only
        self.stranger: dict[str, Any] | None = None
        self.tags = {key: str(value) for key, value in (tags or {}).items()}
        self.made: dict[str, dict[str, dict[str, Any]]] = {}
        self._items: dict[str, list[dict[str, Any]]] = {}
        self._read_together(["vpcs", "internet_gateways", "addresses", "zones"])
        self.vpc_id: str | None = None
        self.find_vpc()

    @property
    def cluster_name(self) -> str:
        """The name of the EKS cluster of the network's environment."""
        return shortened(self.name, CLUSTER_NAME_LIMIT)

    def services(self, kind: str) -> list[dict[str, Any]]:
        """Return the services that have endpoints of a type, Gateway or Interface."""
        if kind not in self._items:
            self._items[kind] = api.describe_vpc_endpoint_services(self.client, kind)
        return self._items[kind]

    def find_vpc(self) -> dict[str, Any] | None:
        """Return the VPC: the one with the ownership tags, or else the one of that name."""
        vpc = self._choose_vpc(self.items("vpcs"))
        if vpc is not None and self.own_only and not self.is_ours(vpc):
            self.stranger, vpc = vpc, None
        if vpc is not None and self.vpc_id is None:
            self.vpc_id = vpc["VpcId"]
            self._read_together([*READ_AT_ONCE, *VPC_ATTRIBUTES], keep_known=True)
        return vpc

    def _choose_vpc(self, vpcs: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
        if self.vpc_id:
            return next((vpc for vpc in vpcs if vpc["VpcId"] == self.vpc_id), None)
        candidates = list(vpcs)
        owner = _tags.owner(self.tags)
        if {_tags.ENVIRONMENT, _tags.ROLE, _tags.NAME} <= owner.keys():
            ours = [vpc for vpc in candidates if _tags.carries(tags_of(vpc), owner)]
            if ours:
                return ours[0]
        named = [vpc for vpc in candidates if tags_of(vpc).get("Name") == self.name]
        return next((vpc for vpc in named if self.is_ours(vpc)), named[0] if named else None)

    def items(self, kind: str) -> list[dict[str, Any]]:
        """Return all items of a kind; none, without a call, of a VPC that does not exist."""
        if kind in IN_VPC and self.vpc_id is None:
            return []
        if kind not in self._items:
            self._items[kind] = self._read(kind)
        return self._items[kind]

    def refresh(self, *kinds: str) -> None:
        """Read these kinds again when they are next needed."""
        for kind in kinds:
            self._items.pop(kind, None)

    def remember(self, kind: str, item: dict[str, Any], tags: Mapping[str, Any] | None = None) -> None:
        """Add an item that this run has just created, with the tags of the creating call, which not every answer repeats."""
        if tags and not item.get("Tags"):
            item = {**item, "Tags": _tags.as_list(tags)}
        self.made.setdefault(kind, {})[item[self._id_key(kind)]] = item
        if kind in self._items:
            self._items[kind].append(item)

    def forget(self, kind: str, item_id: str) -> None:
        """Remove an item that this run has just deleted."""
        self.made.get(kind, {}).pop(item_id, None)
        key = self._id_key(kind)
        if kind in self._items:
            self._items[kind] = [item for item in self._items[kind] if item[key] != item_id]

    def is_ours(self, item: Mapping[str, Any]) -> bool:
        """Return whether an item of the region belongs to the network's environment."""
        return _tags.not_ours(tags_of(item), self.tags) is None

    def foreign_reason(self) -> str | None:
        """Return why the VPC of that name is not the environment's; None without one."""
        return _tags.not_ours(tags_of(self.stranger), self.tags) if self.stranger else None

    def is_part(self, item: Mapping[str, Any]) -> bool:
        """Return whether an item in the VPC is a part of this network, and not one that others have added."""
        return self.is_ours(item) and name_of(item).startswith(f"{self.name}-")

    def parts_of(self, kind: str) -> set[str]:
        """Return the ids of the parts of a kind."""
        key = self._id_key(kind)
        return {item[key] for item in self.items(kind) if self.is_part(item)}

    def vpc_attribute(self, attribute: str) -> bool | None:
        """Return whether enableDnsSupport or enableDnsHostnames is on; None without a VPC."""
        if self.vpc_id is None:
            return None
        if attribute not in self._items:
            self._items[attribute] = self._read(attribute)
        answer = self._items[attribute]
        return bool(answer[0].get("Value")) if answer else None

    @staticmethod
    def _id_key(kind: str) -> str:
        return IN_VPC[kind][2] if kind in IN_VPC else IN_REGION[kind][1]

    def _read_together(self, kinds: Iterable[str], keep_known: bool = False) -> None:
        desired = [kind for kind in kinds if not (keep_known and kind in self._items)]
        self._items.update(run_parallel({kind: partial(self._read, kind) for kind in desired}, READERS))

    def _read(self, kind: str) -> list[dict[str, Any]]:
        if kind in VPC_ATTRIBUTES:
            answer = api.describe_vpc_attribute(self.client, self.vpc_id, kind)
            return [answer[VPC_ATTRIBUTES[kind]]] if answer else []
        if kind in IN_REGION:
            found = IN_REGION[kind][0](self.client)
        else:
            call, name, _key = IN_VPC[kind]
            found = call(self.client, {name: [self.vpc_id]})
        key = self._id_key(kind)
        listed = {item.get(key) for item in found}
        return [*found, *(item for item_id, item in self.made.get(kind, {}).items() if item_id not in listed)]
