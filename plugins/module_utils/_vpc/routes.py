# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The route tables of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._resource import Attribute, State
from . import write_api
from .ec2_resource import Ec2Resource
from .nat import nat_state

EVERYWHERE = "0.0.0.0/0"
#: the arguments of CreateRoute, by the beginning of the target's id
TARGETS = {"igw-": "GatewayId", "nat-": "NatGatewayId"}
#: all targets that a route can have (Amazon EC2 API, Route); ids of instances come with that of their interface
ALL_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "NetworkInterfaceId",
    "VpcPeeringConnectionId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "EgressOnlyInternetGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
)


def table_name(network: str, zone_id: str | None = None) -> str:
    """Return the name of the public route table, or of the private one of a zone."""
    return f"{network}-public" if zone_id is None else f"{network}-private-{zone_id}"


def target_argument(target: str) -> dict[str, str]:
    """Return the argument of CreateRoute that names a target."""
    return {argument: target for start, argument in TARGETS.items() if target.startswith(start)}


def default_target(table: Mapping[str, Any]) -> str:
    """Return the target of a route table's default route; empty without one."""
    route = _default_route(table) or {}
    return next((route[key] for key in ALL_TARGETS if route.get(key)), "")


def _default_route(table: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((route for route in table.get("Routes") or [] if route.get("DestinationCidrBlock") == EVERYWHERE), None)


def associated_subnets(table: Mapping[str, Any]) -> dict[str, str]:
    """Return the subnets with an explicit association with a route table: subnet id to association id."""
    return {
        association["SubnetId"]: association["RouteTableAssociationId"]
        for association in table.get("Associations") or []
        if association.get("SubnetId") and not association.get("Main")
    }


class RouteTable(Ec2Resource):
    """A route table, of which the default route through our gateways and the associations of our subnets are ours.

    Others may add routes, for example a default route to a transit gateway, and may use their own table for a subnet: these are kept.
    Source: Amazon EC2 API, CreateRouteTable, CreateRoute, ReplaceRoute, AssociateRouteTable.
    """

    kind = "route table"
    collection = "route_tables"
    id_key = "RouteTableId"
    id_name = "route_table_id"

    def table(self) -> Sequence[Attribute]:
        return (
            Attribute("default_route", default_target, merge=lambda found, desired: found if self._of_others(found) else desired),
            Attribute(
                "subnet_ids",
                lambda t: sorted(associated_subnets(t)),
                merge=lambda found, desired: sorted({*found, *desired} - self._with_tables_of_others().keys()),
            ),
        )

    def _of_others(self, target: str) -> bool:
        """Return whether a target is not one of our gateways; a deleted one is nobody's."""
        if target.startswith("nat-"):
            standing = [gateway for gateway in self.snapshot.items("nat_gateways") if gateway["NatGatewayId"] == target]
            return any(nat_state(gateway) != "deleted" and not self.snapshot.is_part(gateway) for gateway in standing)
        return bool(target) and not target.startswith("igw-")

    def _with_tables_of_others(self) -> dict[str, str]:
        """Return the subnets that use a route table of others: subnet id to table id."""
        tables = [table for table in self.snapshot.items(self.collection) if not self.snapshot.is_part(table)]
        return {subnet_id: table["RouteTableId"] for table in tables for subnet_id in associated_subnets(table)}

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        notes = []
        target = default_target(found)
        if desired.get("default_route") and self._of_others(target):
            notes.append(
                f"{self.kind} {self.name} sends {EVERYWHERE} to {target}, a route that this collection did not create: it is kept. "
                "Remove it, or set nat_mode: none (network_nat_mode in the inventory)."
            )
        others = self._with_tables_of_others()
        for subnet_id in desired.get("subnet_ids") or []:
            if subnet_id in others:
                notes.append(f"subnet {subnet_id} uses route table {others[subnet_id]}, which this collection did not create: it is kept.")
        return notes

    def state(self, found: Mapping[str, Any]) -> State:
        return State.READY

    def create(self, desired: Mapping[str, Any]) -> None:
        made = write_api.create_route_table(self.client, self.snapshot.vpc_id, desired["tags"])
        self.remember(made, desired)
        if desired.get("default_route"):
            write_api.create_route(self.client, made["RouteTableId"], EVERYWHERE, target_argument(desired["default_route"]))
        self._associate(made, desired["subnet_ids"])
        self.snapshot.refresh(self.collection)

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "default_route" in names:
            self._route(found, desired["default_route"])
        if "subnet_ids" in names:
            self._associate(found, desired["subnet_ids"])

    def _route(self, found: Mapping[str, Any], target: str) -> None:
        if not target:
            write_api.delete_route(self.client, found["RouteTableId"], EVERYWHERE)
        elif _default_route(found):
            write_api.replace_route(self.client, found["RouteTableId"], EVERYWHERE, target_argument(target))
        else:
            write_api.create_route(self.client, found["RouteTableId"], EVERYWHERE, target_argument(target))

    def _associate(self, table: Mapping[str, Any], subnet_ids: Sequence[str]) -> None:
        """Associate the subnets that are not associated yet; one that uses another table is moved."""
        elsewhere: dict[str, str] = {}
        for other in self.snapshot.items(self.collection):
            elsewhere.update(associated_subnets(other))
        for subnet_id in subnet_ids:
            if subnet_id in associated_subnets(table):
                continue
            if subnet_id in elsewhere:
                write_api.replace_route_table_association(self.client, elsewhere[subnet_id], table["RouteTableId"])
            else:
                write_api.associate_route_table(self.client, table["RouteTableId"], subnet_id)

    def remove(self, found: Mapping[str, Any]) -> None:
        for association_id in associated_subnets(found).values():
            write_api.disassociate_route_table(self.client, association_id)
        write_api.delete_route_table(self.client, found["RouteTableId"])
