"""VPCs, subnets, route tables and internet gateways: what is in use is not deleted."""

from __future__ import annotations

from typing import Any

from tests.standin.aws.ec2_common import backend, dependency, forget_tags, refused
from tests.standin.aws.operations import Call, answers


@answers("ec2", "CreateSubnet")
def create_subnet(call: Call) -> dict[str, Any]:
    """Moto takes the first subnet of a zone, and of a zone given by its id, for a default one, which gives public addresses."""
    zone = call.get("AvailabilityZone") or call.get("AvailabilityZoneId")
    if zone and zone not in {name for each in backend(call).describe_availability_zones() for name in (each.name, each.zone_id)}:
        raise refused("InvalidParameterValue", f"Value ({zone}) for parameter availabilityZone is invalid.")
    answer = call.moto()
    subnet = backend(call).get_subnet(answer["Subnet"]["SubnetId"])
    subnet.default_for_az = subnet.map_public_ip_on_launch = False
    by_zone = backend(call).subnets
    for group in list(by_zone.values()):
        group.pop(subnet.id, None)
    by_zone[subnet.availability_zone][subnet.id] = subnet
    answer["Subnet"] |= {"DefaultForAz": False, "MapPublicIpOnLaunch": False}
    return answer


@answers("ec2", "DescribeSubnets")
def describe_subnets(call: Call) -> dict[str, Any]:
    """Every network interface takes an address, also those that moto does not count."""
    answer = call.moto()
    used: dict[str, int] = {}
    for interface in backend(call).enis.values():
        used[interface.subnet.id] = used.get(interface.subnet.id, 0) + 1
    for subnet in answer["Subnets"]:
        size = 2 ** (32 - int(subnet["CidrBlock"].split("/")[1]))
        subnet["AvailableIpAddressCount"] = size - 5 - used.get(subnet["SubnetId"], 0)
    return answer


@answers("ec2", "DeleteSubnet")
def delete_subnet(call: Call) -> dict[str, Any]:
    subnet = backend(call).get_subnet(call.get("SubnetId"))
    if any(interface.subnet.id == subnet.id for interface in backend(call).enis.values()):
        raise dependency("subnet", subnet.id)
    answer = call.moto()
    for table in backend(call).route_tables.values():
        for association, target in list(table._associations.items()):
            if target == subnet.id:
                del table._associations[association]
    forget_tags(call, subnet.id)
    return answer


@answers("ec2", "AssociateRouteTable")
def associate_route_table(call: Call) -> dict[str, Any]:
    table_id, subnet_id = call.get("RouteTableId"), call.get("SubnetId")
    for table in backend(call).route_tables.values():
        if subnet_id and subnet_id in table._associations.values() and table.id != table_id:
            message = f"the specified association for route table {table_id} conflicts with an existing association"
            raise refused("Resource.AlreadyAssociated", message)
    return call.moto()


@answers("ec2", "DeleteRouteTable")
def delete_route_table(call: Call) -> dict[str, Any]:
    table = backend(call).get_route_table(call.get("RouteTableId"))
    if table.main_association_id:
        raise dependency("routeTable", table.id)
    answer = call.moto()
    forget_tags(call, table.id)
    return answer


@answers("ec2", "CreateRoute", "ReplaceRoute")
def create_route(call: Call) -> dict[str, Any]:
    """A route goes through what can carry it; CreateRoute refuses a second route for the same destination."""
    table, block = backend(call).get_route_table(call.get("RouteTableId")), call.get("DestinationCidrBlock")
    nat = call.get("NatGatewayId")
    if nat and (nat not in backend(call).nat_gateways or backend(call).nat_gateways[nat].state in ("deleting", "deleted")):
        raise refused("InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat}' does not exist")
    gateway = call.get("GatewayId") or ""
    attached = backend(call).internet_gateways.get(gateway)
    if gateway.startswith("igw-") and (attached is None or attached.vpc is None or attached.vpc.id != table.vpc_id):
        raise refused("InvalidParameterValue", f"route table {table.id} and network gateway {gateway} belong to different networks")
    if call.operation == "CreateRoute" and block and any(route.destination_cidr_block == block for route in table.routes):
        raise refused("RouteAlreadyExists", f"The route identified by {block} already exists.")
    return call.moto()


@answers("ec2", "DetachInternetGateway")
def detach_internet_gateway(call: Call) -> dict[str, Any]:
    vpc_id = call.get("VpcId")
    for address in backend(call).addresses:
        if address.association_id and address.eni is not None and address.eni.subnet.vpc_id == vpc_id:
            message = (
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
            )
            raise refused("DependencyViolation", message)
    return call.moto()


@answers("ec2", "AttachInternetGateway")
def attach_internet_gateway(call: Call) -> dict[str, Any]:
    vpc_id = call.get("VpcId")
    if any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in backend(call).internet_gateways.values()):
        raise refused("Resource.AlreadyAssociated", f"Network {vpc_id} already has an internet gateway attached")
    return call.moto()


@answers("ec2", "DeleteInternetGateway")
def delete_internet_gateway(call: Call) -> dict[str, Any]:
    answer = call.moto()
    forget_tags(call, call.get("InternetGatewayId"))
    return answer


@answers("ec2", "DeleteVpc")
def delete_vpc(call: Call) -> dict[str, Any]:
    known, vpc_id = backend(call), call.get("VpcId")
    vpc = known.get_vpc(vpc_id)
    in_use = (
        any(gateway.vpc and gateway.vpc.id == vpc.id for gateway in known.internet_gateways.values()),
        any(endpoint.vpc_id == vpc.id for endpoint in known.vpc_end_points.values()),
        any(interface.subnet.vpc_id == vpc.id for interface in known.enis.values()),
        any(group.name != "default" for group in known.groups.get(vpc.id, {}).values()),
    )
    if any(in_use):
        raise dependency("vpc", vpc.id)
    gone = [vpc.id, *(table.id for table in known.route_tables.values() if table.vpc_id == vpc.id), *known.groups.get(vpc.id, {})]
    answer = call.moto()
    for identifier, log in list(known.flow_logs.items()):
        if log.resource_id == vpc.id:
            del known.flow_logs[identifier]
            gone.append(identifier)
    for identifier in gone:
        forget_tags(call, identifier)
    return answer
