# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The VPC endpoints of a network, and the security group of the interface endpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._compare import same_members
from .._errors import Refused
from .._resource import Attribute, Change
from .._security_group.rules import VISIBLE_SECONDS, OnePort
from .._wait import wait_for
from . import write_api
from .ec2_resource import Ec2Resource, part_tags
from .snapshot import Snapshot, name_of

GATEWAY_SERVICES = ("s3", "dynamodb")
HTTPS = 443
#: for a service with endpoints of both types: whether only resolvers outside of the VPC get the addresses of the interfaces
FOR_RESOLVERS_ONLY = "PrivateDnsOnlyForInboundResolverEndpoint"


def endpoint_name(network: str, kind: str, service: str) -> str:
    """Return the name of an endpoint: S3 may have one of each type."""
    return f"{network}-{kind.lower()}-{service}"


def services_having(snapshot: Snapshot, kind: str) -> list[str]:
    """Return the short names of the services for which the network has an endpoint of this type."""
    start = endpoint_name(snapshot.name, kind, "")
    existing = [item for item in snapshot.items("endpoints") if str(item.get("State", "")).lower() not in ("deleted", "deleting")]
    return sorted(name_of(item).removeprefix(start) for item in existing if name_of(item).startswith(start))


def find_service(services: Sequence[Mapping[str, Any]], kind: str, service: str, region: str) -> Mapping[str, Any]:
    """Return the answer of DescribeVpcEndpointServices for a service, whose full name depends on the partition."""
    for details in services:
        kinds = {entry.get("ServiceType") for entry in details.get("ServiceType") or []}
        if details["ServiceName"].endswith(f".amazonaws.{region}.{service}") and kind in kinds:
            return details
    example = "s3" if kind == "Gateway" else "ecr.api"
    raise Refused(f"{kind.lower()}_endpoints names {service!r}, for which {region} has no such endpoint; a valid name is {example}.")


def private_dns(details: Mapping[str, Any], service: str, gateway_services: Sequence[str]) -> dict[str, bool]:
    """Return the private DNS options of an interface endpoint, which not every service offers (details).

    gateway_services: the services that the VPC reaches by a gateway endpoint, which is free and stays in use. Without the option
    EC2 assumes true, and refuses the endpoint in a VPC without a gateway endpoint (terraform-provider-aws, issue 46404).
    """
    enabled = bool(details.get("PrivateDnsName") or details.get("PrivateDnsNames"))
    both = enabled and service in GATEWAY_SERVICES
    return {"private_dns_enabled": enabled, **({"private_dns_for_resolvers_only": service in gateway_services} if both else {})}


class Endpoint(Ec2Resource):
    """Source: Amazon EC2 API, CreateVpcEndpoint, DescribeVpcEndpoints, ModifyVpcEndpoint."""

    kind = "VPC endpoint"
    collection = "endpoints"
    id_key = "VpcEndpointId"
    id_name = "vpc_endpoint_id"

    def table(self) -> Sequence[Attribute]:
        another = "an endpoint keeps its service and its type (Amazon EC2, CreateVpcEndpoint)."
        return (
            Attribute("service_name", lambda e: e["ServiceName"], Change.REFUSED, another),
            Attribute("endpoint_type", lambda e: e["VpcEndpointType"], Change.REFUSED, another),
            self._entries("route_table_ids", "route_tables", lambda e: e.get("RouteTableIds") or []),
            self._entries("subnet_ids", "subnets", lambda e: e.get("SubnetIds") or []),
            self._entries("security_group_ids", "security_groups", lambda e: [g["GroupId"] for g in e.get("Groups") or []]),
            Attribute("private_dns_enabled", lambda e: bool(e.get("PrivateDnsEnabled"))),
            Attribute("private_dns_for_resolvers_only", lambda e: bool((e.get("DnsOptions") or {}).get(FOR_RESOLVERS_ONLY))),
        )

    def _entries(self, name: str, collection: str, read: Callable[[Mapping[str, Any]], list[str]]) -> Attribute:
        """A list of ids of which only parts of the network are ours: ids that others have added are kept."""

        def merged(found: Sequence[str], desired: Sequence[str]) -> list[str]:
            return sorted({*desired, *(set(found) - self.snapshot.parts_of(collection))})

        return Attribute(name, lambda endpoint: sorted(read(endpoint)), same=same_members, merge=merged)

    def status(self, found: Mapping[str, Any] | None) -> str:
        error = (found or {}).get("LastError") or {}
        return f"{super().status(found)}: {error['Message']}" if error.get("Message") else super().status(found)

    def never_worked(self, found: Mapping[str, Any]) -> bool:
        return True  # failed, rejected or expired

    def create(self, desired: Mapping[str, Any]) -> None:
        request: dict[str, Any] = {
            "VpcId": self.snapshot.vpc_id,
            "ServiceName": desired["service_name"],
            "VpcEndpointType": desired["endpoint_type"],
        }
        if desired["endpoint_type"] == "Gateway":
            request["RouteTableIds"] = desired["route_table_ids"]
        else:
            request.update(SubnetIds=desired["subnet_ids"], SecurityGroupIds=desired["security_group_ids"])
            request["PrivateDnsEnabled"] = desired["private_dns_enabled"]
        if "private_dns_for_resolvers_only" in desired:
            request["DnsOptions"] = {FOR_RESOLVERS_ONLY: desired["private_dns_for_resolvers_only"]}
        made = write_api.create_vpc_endpoint(self.client, desired["tags"], **request)
        self.remember(made, desired)

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        request: dict[str, Any] = {}
        lists = {"route_table_ids": "RouteTableIds", "subnet_ids": "SubnetIds", "security_group_ids": "SecurityGroupIds"}
        before = {attribute.name: attribute.read(found) for attribute in self.attributes if attribute.name in lists}
        for name, key in lists.items():
            if name in names:
                added, removed = set(desired[name]) - set(before[name]), set(before[name]) - set(desired[name])
                request.update({f"Add{key}": sorted(added)} if added else {})
                request.update({f"Remove{key}": sorted(removed)} if removed else {})
        if "private_dns_enabled" in names:
            request["PrivateDnsEnabled"] = desired["private_dns_enabled"]
        if {"private_dns_enabled", "private_dns_for_resolvers_only"} & set(names) and "private_dns_for_resolvers_only" in desired:
            request["DnsOptions"] = {FOR_RESOLVERS_ONLY: desired["private_dns_for_resolvers_only"]}
        if request:
            write_api.modify_vpc_endpoint(self.client, found["VpcEndpointId"], **request)

    def remove(self, found: Mapping[str, Any]) -> None:
        write_api.delete_vpc_endpoint(self.client, found["VpcEndpointId"])

    def delete(self, found: Mapping[str, Any]) -> None:
        self.remove(found)
        self.snapshot.refresh(self.collection)


class AwsManagedEndpoint(Endpoint):
    """An endpoint that an AWS service has created in the VPC; its name is its id. It is deleted with the VPC, whatever its tags."""

    def matches(self, item: Mapping[str, Any]) -> bool:
        return item["VpcEndpointId"] == self.name

    def tags(self, found: Mapping[str, Any]) -> Mapping[str, str] | None:
        return self.snapshot.tags


class EndpointSecurityGroup(Ec2Resource):
    """Allows the VPC, and nobody else, to reach the interface endpoints on port 443.

    purge_rules: whether rules of others are revoked.
    """

    kind = "security group"
    collection = "security_groups"
    id_key = "GroupId"
    id_name = "group_id"

    def __init__(self, snapshot: Snapshot, name: str, *, purge_tags: bool = False, purge_rules: bool = False) -> None:
        self.rules = OnePort(snapshot.client, HTTPS, f"{self.kind} {name}", part_tags(snapshot.tags, name), purge_rules)
        super().__init__(snapshot, name, purge_tags=purge_tags)

    def table(self) -> Sequence[Attribute]:
        return self.rules.attributes()

    def _observe(self) -> dict[str, Any] | None:
        found = super()._observe()
        return None if found is None else self.rules.read(found)

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        return self.rules.notes(found)

    def create(self, desired: Mapping[str, Any]) -> None:
        description = "HTTPS from the VPC to its interface endpoints"
        made = write_api.create_security_group(self.client, self.snapshot.vpc_id, self.name, description, desired["tags"])
        self.remember({"GroupId": made, "GroupName": self.name, "VpcId": self.snapshot.vpc_id}, desired)
        self.rules.reconcile(wait_for(self._visible, f"{self.kind} {self.name} to be shown", VISIBLE_SECONDS, str), desired)

    def _visible(self) -> tuple[bool, Mapping[str, Any]]:
        found = self._observe() or {}
        return bool(found.get("rules")), found

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if set(names) - {"tags"}:
            self.rules.reconcile(found, desired)

    def remove(self, found: Mapping[str, Any]) -> None:
        write_api.delete_security_group(self.client, found["GroupId"])
