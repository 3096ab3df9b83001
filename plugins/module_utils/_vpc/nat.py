# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""NAT gateways and their elastic IP addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _names
from .._resource import Attribute, Change, State
from . import write_api
from .ec2_resource import Ec2Resource
from .snapshot import Snapshot, name_of


def nat_name(network: str, zone_id: str) -> str:
    """Return the name of the NAT gateway of a zone and of its address."""
    return f"{network}-nat-{zone_id}"


def nat_state(item: Mapping[str, Any]) -> str:
    """Return EC2's state: pending, available, deleting, deleted or failed."""
    return str(item.get("State", "available")).lower()


def zones_with_nat(snapshot: Snapshot) -> list[str]:
    """Return the ids of the zones in which the network has a NAT gateway."""
    return _zones(snapshot, [item for item in snapshot.items("nat_gateways") if nat_state(item) in ("pending", "available")])


def zones_with_traces(snapshot: Snapshot) -> list[str]:
    """Return the ids of the zones in which the network has a NAT gateway, one that is being deleted, or the address of one."""
    gateways = [item for item in snapshot.items("nat_gateways") if nat_state(item) not in ("deleted", "failed")]
    return _zones(snapshot, [*gateways, *(item for item in snapshot.items("addresses") if snapshot.is_ours(item))])


def _zones(snapshot: Snapshot, items: Sequence[Mapping[str, Any]]) -> list[str]:
    start = nat_name(snapshot.name, "")
    return sorted({name_of(item).removeprefix(start) for item in items if name_of(item).startswith(start)})


class ElasticIp(Ec2Resource):
    """The address of a NAT gateway. Source: Amazon EC2 API, AllocateAddress, ReleaseAddress."""

    kind = "elastic IP address"
    collection = "addresses"
    id_key = "AllocationId"
    id_name = "allocation_id"

    def __init__(self, snapshot: Snapshot, name: str, *, purge_tags: bool = False) -> None:
        super().__init__(snapshot, name, purge_tags=purge_tags)
        self.computed = ("allocation_id", "public_ip")

    def matches(self, item: Mapping[str, Any]) -> bool:
        return (super().matches(item) and self.snapshot.is_ours(item)) or item.get("AllocationId") in self._held()

    def _held(self) -> set[str]:
        """Return the address that the NAT gateway of this name uses, whatever the name of the address."""
        gateways = [item for item in self.snapshot.items("nat_gateways") if name_of(item) == self.name and nat_state(item) != "deleted"]
        return {address.get("AllocationId") for item in gateways for address in item.get("NatGatewayAddresses") or []} - {None}

    def _observe(self) -> dict[str, Any] | None:
        found = super()._observe()
        return None if found is None else {**found, "public_ip": found.get("PublicIp")}

    def state(self, found: Mapping[str, Any]) -> State:
        return State.READY

    def create(self, desired: Mapping[str, Any]) -> None:
        self.remember(write_api.allocate_address(self.client, desired["tags"]), desired)

    def remove(self, found: Mapping[str, Any]) -> None:
        write_api.release_address(self.client, found["AllocationId"])


class NatGateway(Ec2Resource):
    """The NAT gateway of a zone. Source: Amazon EC2 API, CreateNatGateway, DescribeNatGateways.

    A failed one counts as deleted: EC2 deletes it after an hour, and a run creates another.
    """

    kind = "NAT gateway"
    collection = "nat_gateways"
    id_key = "NatGatewayId"
    id_name = "nat_gateway_id"

    def table(self) -> Sequence[Attribute]:
        keeps = "a NAT gateway keeps its subnet (Amazon EC2, CreateNatGateway)."
        return (
            Attribute("subnet_id", lambda n: n["SubnetId"], Change.REFUSED, keeps),
            # Used at creation only; an existing gateway keeps its address
            Attribute("allocation_id", lambda n: n["allocation_id"], same=lambda found, desired: True),
        )

    def is_there(self, item: Mapping[str, Any]) -> bool:
        made_now = item["NatGatewayId"] in self.snapshot.made.get(self.collection, {})
        return nat_state(item) != "deleted" and (made_now or nat_state(item) != "failed")

    def _observe(self) -> dict[str, Any] | None:
        found = super()._observe()
        if found is None:
            return None
        addresses = found.get("NatGatewayAddresses") or [{}]
        return {**found, "allocation_id": addresses[0].get("AllocationId")}

    def status(self, found: Mapping[str, Any] | None) -> str:
        if found is None:
            return "gone"
        reason = found.get("FailureMessage") or found.get("FailureCode")
        return f"{nat_state(found)}: {reason}" if reason else nat_state(found)

    def remedy(self, found: Mapping[str, Any]) -> str:
        return "Fix the cause and run again: the run creates another one."

    def create(self, desired: Mapping[str, Any]) -> None:
        subnet_id, allocation_id = desired["subnet_id"], desired["allocation_id"]
        # EC2 answers a token that it knows with the gateway of then, be it long deleted
        former = sorted(item["NatGatewayId"] for item in self.snapshot.items(self.collection) if name_of(item) == self.name)
        token = f"{_names.shortened(self.name, 40)}-{_names.digest(subnet_id, allocation_id, *former)}"
        made = write_api.create_nat_gateway(self.client, subnet_id, allocation_id, token, desired["tags"])
        self.remember(made, desired)

    def remove(self, found: Mapping[str, Any]) -> None:
        write_api.delete_nat_gateway(self.client, found["NatGatewayId"])

    def delete(self, found: Mapping[str, Any]) -> None:
        self.remove(found)
        self.snapshot.refresh(self.collection)
