# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A network with all its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._composite import Composite, CompositeOptions
from .._errors import Refused
from .._resource import KNOWN_AFTER_APPLY, Outcome
from . import endpoints, layout, leftovers, nat, routes, subnet
from .ec2_resource import Ec2Resource, part_tags
from .flow_log import FlowLog
from .layout import AvailabilityZone
from .snapshot import Snapshot
from .vpc import DefaultSecurityGroup, InternetGateway, Vpc, blocks_of

#: keys of the result that are known when the NAT gateways are ready
ROUTES = ("private_route_table_ids", "gateway_endpoint_ids")


@dataclass(frozen=True)
class NetworkOptions(CompositeOptions):
    """What is desired of a network; None leaves a thing as it is found (see default_zone_count), an empty list or dict removes it."""

    region: str = ""
    cidr_block: str | None = None
    zone_count: int | None = None
    public_subnet_cidr_blocks: Sequence[str] = ()
    private_subnet_cidr_blocks: Sequence[str] = ()
    public_subnet_tags: Mapping[str, Any] = field(default_factory=dict)
    private_subnet_tags: Mapping[str, Any] = field(default_factory=dict)
    nat_mode: str | None = None
    gateway_endpoints: Sequence[str] | None = None
    interface_endpoints: Sequence[str] | None = None
    flow_logs: Mapping[str, Any] | None = None
    purge_rules: bool = False

    def check(self) -> None:
        """Raise Refused for options that are wrong, whatever AWS has."""
        if self.cidr_block:
            self.check_layout(self.cidr_block, self.zone_count)

    def check_layout(self, cidr_block: str, zone_count: int | None) -> None:
        """Raise Refused when the blocks do not fit together."""
        blocks = self.public_subnet_cidr_blocks, self.private_subnet_cidr_blocks
        wrong = layout.layout_errors(cidr_block, zone_count, *blocks, prefix="")
        if wrong:
            raise Refused(" ".join(wrong))


class Network(Composite):
    """Creates and updates a network part by part."""

    options: NetworkOptions

    def __init__(self, snapshot: Snapshot, options: NetworkOptions, check_mode: bool) -> None:
        super().__init__(options, check_mode)
        self.snapshot = snapshot
        self.zones: list[AvailabilityZone] = []
        self.removed_zones: list[AvailabilityZone] = []
        self.nat_zones: list[str] = []
        self.endpoint_group_id: str | None = None

    def reconcile(self) -> list[Outcome]:
        """Create and update what differs, then delete what is no longer desired.

        Without waiting, the routes through NAT gateways that are not ready yet, and what follows them, are left to a later run.
        """
        result: dict[str, Any] = {"name": self.options.name}
        self._lay_out()
        main = self._vpc(result)
        self._subnets(result)
        self._internet(result)
        self._nat_gateways(result)
        self._flow_log(result)
        first, later = self._interface_services()
        self._interface_endpoints(result, first)
        if not self.options.wait and not self.check_mode and self.is_starting(nat.NatGateway):
            main.resource = {**dict.fromkeys(ROUTES, KNOWN_AFTER_APPLY), **result}
            return self.outcomes_of(main)
        self.wait_for_started(nat.NatGateway)
        self._private_routes(result)
        self._gateway_endpoints(result)
        self._interface_endpoints(result, later)
        if self.options.wait:
            self.wait_for_started(endpoints.Endpoint)
        self._delete_undesired()
        main.resource = result
        return self.outcomes_of(main)

    def _lay_out(self) -> None:
        existing = subnet.existing_zones(self.snapshot)
        usable = layout.usable_zones(self.snapshot.items("zones"))
        count = self.options.zone_count
        if count is None:
            blocks = self.options.public_subnet_cidr_blocks or self.options.private_subnet_cidr_blocks
            incomplete = self._internet_gateway().find() is None
            count = layout.default_zone_count(usable, existing, blocks, incomplete)
        chosen = layout.choose_zones(usable, existing, count, self.options.region)
        self.removed_zones = [zone for zone in existing if zone.zone_id not in {kept.zone_id for kept in chosen}]
        if self.removed_zones:
            leftovers.refuse_used_subnets(self.snapshot, self._subnet_ids(self.removed_zones))
        vpc = self.snapshot.find_vpc()
        block = vpc["CidrBlock"] if vpc else self.options.cidr_block
        if block is None:
            return  # the VPC itself says so
        taken = [*subnet.other_blocks(self.snapshot), *(z.public_cidr_block for z in self.removed_zones if z.public_cidr_block)]
        taken += [zone.private_cidr_block for zone in self.removed_zones if zone.private_cidr_block]
        given = self.options.public_subnet_cidr_blocks, self.options.private_subnet_cidr_blocks
        if any(given):
            self.options.check_layout(block, len(chosen))
        self.zones = layout.lay_out(block, chosen, *given, taken=taken)

    def _subnet_ids(self, zones: Sequence[AvailabilityZone]) -> list[str]:
        parts = [self._subnet(kind, zone) for zone in zones for kind in subnet.KINDS]
        return [found["subnet_id"] for found in (part.find() for part in parts) if found]

    def _subnet(self, kind: str, zone: AvailabilityZone) -> subnet.Subnet:
        return self._part(subnet.Subnet, subnet.subnet_name(self.options.name, kind, zone.zone_id))

    def _part(self, noun: type, name: str | None = None) -> Any:
        return noun(self.snapshot, name or self.options.name, purge_tags=self.options.purge_tags)

    def _ensure_part(self, part: Ec2Resource, desired: Mapping[str, Any], tags: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Create or update a part with its tags; return its description."""
        return dict(self.ensure(part, self._tagged(part, desired, tags)).resource or {})

    def _start_part(self, part: Ec2Resource, desired: Mapping[str, Any]) -> dict[str, Any]:
        """As _ensure_part(), without waiting."""
        return dict(self.start(part, self._tagged(part, desired)).resource or {})

    def _tagged(self, part: Ec2Resource, desired: Mapping[str, Any], tags: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {**desired, "tags": part_tags(self.options.tags, part.name, tags)}

    def _vpc(self, result: dict[str, Any]) -> Outcome:
        desired: dict[str, Any] = {"enable_dns_support": True, "enable_dns_hostnames": True}
        if self.options.cidr_block:
            desired["cidr_block"] = self.options.cidr_block
        main = self.ensure(self._part(Vpc), {**desired, "tags": {**self.tags, "Name": self.options.name}})
        made = main.resource or {}
        result.update({key: made.get(key) for key in ("vpc_id", "cidr_block", "tags")})
        found = self.snapshot.find_vpc()
        result["cidr_blocks"] = blocks_of(found) if found else [result["cidr_block"]]
        group = self.ensure(self._part(DefaultSecurityGroup), {"empty": True}).resource or {}
        result["default_security_group_id"] = group.get("group_id") or KNOWN_AFTER_APPLY
        return main

    def _subnets(self, result: dict[str, Any]) -> None:
        result["zone_ids"] = [zone.zone_id for zone in self.zones]
        result["zone_names"] = [zone.zone_name for zone in self.zones]
        for kind in subnet.KINDS:
            more = {**subnet.ROLE_TAGS[kind], **getattr(self.options, f"{kind}_subnet_tags")}
            ids = []
            for zone in self.zones:
                desired = {"cidr_block": getattr(zone, f"{kind}_cidr_block"), "availability_zone_id": zone.zone_id}
                made = self._ensure_part(self._subnet(kind, zone), {**desired, "map_public_ip_on_launch": False}, more)
                ids.append(made["subnet_id"])
            result[f"{kind}_subnet_ids"] = ids
            result[f"{kind}_subnet_cidr_blocks"] = [getattr(zone, f"{kind}_cidr_block") for zone in self.zones]

    def _internet_gateway(self) -> InternetGateway:
        """The first part that is created after all subnets."""
        return self._part(InternetGateway, f"{self.options.name}-internet")

    def _internet(self, result: dict[str, Any]) -> None:
        gateway = self._ensure_part(self._internet_gateway(), {"attached": True})
        result["internet_gateway_id"] = gateway["internet_gateway_id"]
        desired = {"default_route": gateway["internet_gateway_id"], "subnet_ids": result["public_subnet_ids"]}
        table = self._ensure_part(self._part(routes.RouteTable, routes.table_name(self.options.name)), desired)
        result["public_route_table_id"] = table["route_table_id"]

    def _nat_gateways(self, result: dict[str, Any]) -> None:
        having = nat.zones_with_nat(self.snapshot)
        result["nat_mode"] = self.options.nat_mode or layout.found_nat_mode(having)
        self.nat_zones = layout.nat_zone_ids(result["nat_mode"], result["zone_ids"], having)
        result.update(nat_gateway_ids=[], nat_public_ips=[])
        for zone_id in self.nat_zones:
            name = nat.nat_name(self.options.name, zone_id)
            address = self._ensure_part(self._part(nat.ElasticIp, name), {})
            subnet_id = result["public_subnet_ids"][result["zone_ids"].index(zone_id)]
            desired = {"subnet_id": subnet_id, "allocation_id": address["allocation_id"]}
            gateway = self._part(nat.NatGateway, name)
            result["nat_gateway_ids"].append(self._start_part(gateway, desired)["nat_gateway_id"])
            result["nat_public_ips"].append(address["public_ip"])

    def _private_routes(self, result: dict[str, Any]) -> None:
        result["private_route_table_ids"] = []
        for zone_id, subnet_id in zip(result["zone_ids"], result["private_subnet_ids"]):  # noqa: B905
            nat_zone = layout.nat_zone_of(zone_id, self.nat_zones)
            target = "" if nat_zone is None else result["nat_gateway_ids"][self.nat_zones.index(nat_zone)]
            part = self._part(routes.RouteTable, routes.table_name(self.options.name, zone_id))
            table = self._ensure_part(part, {"default_route": target, "subnet_ids": [subnet_id]})
            result["private_route_table_ids"].append(table["route_table_id"])

    def _endpoint(self, kind: str, service: str) -> endpoints.Endpoint:
        return self._part(endpoints.Endpoint, endpoints.endpoint_name(self.options.name, kind, service))

    def _endpoints_desired(self, kind: str, given: Sequence[str] | None) -> list[str]:
        return list(dict.fromkeys(endpoints.services_having(self.snapshot, kind) if given is None else given))

    def _service(self, part: Ec2Resource, kind: str, service: str) -> Mapping[str, Any]:
        """Return the service's full name, and its zones; AWS is asked only when they are needed."""
        found = part.find()
        if found is not None and kind == "Gateway":
            return {"ServiceName": found["ServiceName"]}
        return endpoints.find_service(self.snapshot.services(kind), kind, service, self.options.region)

    def _gateway_endpoints(self, result: dict[str, Any]) -> None:
        result["gateway_endpoint_ids"] = {}
        for service in self._endpoints_desired("Gateway", self.options.gateway_endpoints):
            part = self._endpoint("Gateway", service)
            desired = {
                "service_name": self._service(part, "Gateway", service)["ServiceName"],
                "endpoint_type": "Gateway",
                "route_table_ids": result["private_route_table_ids"],
            }
            result["gateway_endpoint_ids"][service] = self._ensure_part(part, desired)["vpc_endpoint_id"]

    def _endpoint_group(self) -> endpoints.EndpointSecurityGroup:
        purge = {"purge_tags": self.options.purge_tags, "purge_rules": self.options.purge_rules}
        return endpoints.EndpointSecurityGroup(self.snapshot, f"{self.options.name}-endpoints", **purge)

    def _interface_services(self) -> tuple[list[str], list[str]]:
        """Return the services with interface endpoints; separately those that may have a gateway endpoint, too, which must exist before."""
        services = self._endpoints_desired("Interface", self.options.interface_endpoints)
        later = [service for service in services if service in endpoints.GATEWAY_SERVICES]
        return [service for service in services if service not in later], later

    def _interface_endpoints(self, result: dict[str, Any], services: Sequence[str]) -> None:
        made = result.setdefault("interface_endpoint_ids", {})
        gateways = self._endpoints_desired("Gateway", self.options.gateway_endpoints)
        for service in services:
            part = self._endpoint("Interface", service)
            details = self._service(part, "Interface", service)
            zones = details.get("AvailabilityZones") or result["zone_names"]
            inside = zip(result["zone_names"], result["private_subnet_ids"])  # noqa: B905
            desired = {
                "service_name": details["ServiceName"],
                "endpoint_type": "Interface",
                "subnet_ids": [subnet_id for zone, subnet_id in inside if zone in zones],
                "security_group_ids": [self._endpoint_group_id(result)],
                **endpoints.private_dns(details, service, gateways),
            }
            made[service] = self._start_part(part, desired)["vpc_endpoint_id"]

    def _endpoint_group_id(self, result: Mapping[str, Any]) -> str:
        """Return the id of the security group of all interface endpoints, which is created or updated once."""
        if self.endpoint_group_id is None:
            group = self._endpoint_group()
            self.endpoint_group_id = self._ensure_part(group, group.rules.desired(result["cidr_blocks"], []))["group_id"]
        return self.endpoint_group_id

    def _flow_log(self, result: dict[str, Any]) -> None:
        part = self._part(FlowLog, f"{self.options.name}-flow-log")
        given = self.options.flow_logs
        if given is None:
            result["flow_log_id"] = (part.find() or {}).get("flow_log_id")
        elif not given.get("log_group_arn"):
            self.delete(part)
            result["flow_log_id"] = None
        else:
            desired = {key: value for key, value in given.items() if value is not None}
            result["flow_log_id"] = self._ensure_part(part, desired)["flow_log_id"]

    def _delete_undesired(self) -> None:
        """Delete what is no longer desired: endpoints, then NAT gateways with their addresses, then zones."""
        for kind, given in (("Interface", self.options.interface_endpoints), ("Gateway", self.options.gateway_endpoints)):
            desired = self._endpoints_desired(kind, given)
            undesired = [service for service in endpoints.services_having(self.snapshot, kind) if service not in desired]
            self.delete_together([self._endpoint(kind, service) for service in undesired])
        if not self._endpoints_desired("Interface", self.options.interface_endpoints):
            self.delete(self._endpoint_group())
        self._delete_nat_gateways([zone_id for zone_id in nat.zones_with_traces(self.snapshot) if zone_id not in self.nat_zones])
        for zone in self.removed_zones:
            self.delete(self._part(routes.RouteTable, routes.table_name(self.options.name, zone.zone_id)))
            for kind in subnet.KINDS:
                self.delete(self._subnet(kind, zone))

    def _delete_nat_gateways(self, zone_ids: Sequence[str]) -> None:
        """NAT gateways first: an address in use cannot be released."""
        names = [nat.nat_name(self.options.name, zone_id) for zone_id in zone_ids]
        self.delete_together([self._part(nat.NatGateway, name) for name in names])
        if names and not self.check_mode:
            self.snapshot.refresh("addresses")
        for name in names:
            self.delete(self._part(nat.ElasticIp, name))
