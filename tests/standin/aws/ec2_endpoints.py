"""VPC endpoints: those for interfaces take time, and what is deleted is gone."""

from __future__ import annotations

from typing import Any

from tests.standin.aws.ec2_common import backend, forget_tags, refused
from tests.standin.aws.operations import Call, answers

FOR_RESOLVERS_ONLY = "PrivateDnsOnlyForInboundResolverEndpoint"


@answers("ec2", "CreateVpcEndpoint")
def create_vpc_endpoint(call: Call) -> dict[str, Any]:
    known, token = backend(call), call.get("ClientToken")
    kind = call.get("VpcEndpointType", "Gateway")
    for endpoint in known.vpc_end_points.values():
        same = endpoint.vpc_id == call.get("VpcId") and endpoint.service_name == call.get("ServiceName")
        if token and endpoint.client_token == token:
            return {"VpcEndpoint": _described(call, endpoint), "ClientToken": token}
        if same and kind == "Gateway" and set(endpoint.route_table_ids or []) & set(call.get("RouteTableIds", [])):
            message = f"route table {endpoint.route_table_ids[0]} already has a route with destination-prefix-list-id"
            raise refused("RouteAlreadyExists", message)
        interfaces = same and kind == endpoint.vpc_endpoint_type == "Interface"
        if interfaces and endpoint.private_dns_enabled and call.get("PrivateDnsEnabled", True):
            message = f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {endpoint.service_name}"
            raise refused("InvalidParameter", message)
    if kind == "Interface":
        _check_private_dns(call)
        _check_resolvers_only(call, call.get("VpcId"), call.get("ServiceName"), call.get("PrivateDnsEnabled", True))
    answer = call.moto()
    endpoint = known.vpc_end_points[answer["VpcEndpoint"]["VpcEndpointId"]]
    endpoint.vpc_endpoint_type = kind
    if kind == "Interface":
        _begin_interface(call, endpoint)
    return {"VpcEndpoint": _described(call, endpoint), **({"ClientToken": token} if token else {})}


@answers("ec2", "DeleteVpcEndpoints")
def delete_vpc_endpoints(call: Call) -> dict[str, Any]:
    known, unsuccessful = backend(call), []
    for identifier in call.get("VpcEndpointIds"):
        endpoint = known.vpc_end_points.get(identifier)
        if endpoint is None:
            error = {"Code": "InvalidVpcEndpoint.NotFound", "Message": f"The Vpc Endpoint Id '{identifier}' does not exist"}
            unsuccessful.append({"ResourceId": identifier, "Error": error})
        elif endpoint.vpc_endpoint_type.lower() == "interface":
            _delete_interface(call, endpoint)
        else:
            _remove_routes(call, endpoint)
            del known.vpc_end_points[identifier]
            forget_tags(call, identifier)
    return {"Unsuccessful": unsuccessful}


@answers("ec2", "ModifyVpcEndpoint")
def modify_vpc_endpoint(call: Call) -> dict[str, Any]:
    """Moto forgets the routes that go or come with a gateway endpoint's route tables, and PrivateDnsEnabled."""
    known = backend(call)
    endpoint = known.vpc_end_points.get(call.get("VpcEndpointId"))
    if endpoint is None:
        raise refused("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{call.get('VpcEndpointId')}' does not exist")
    for table_id in call.get("AddRouteTableIds", []):
        known.get_route_table(table_id)
        if table_id not in endpoint.route_table_ids:
            prefix_list = endpoint.destination_prefix_list_id
            known.create_route(table_id, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list)
            endpoint.route_table_ids.append(table_id)
    for table_id in call.get("RemoveRouteTableIds", []):
        if table_id in endpoint.route_table_ids:
            _remove_route(call, endpoint, table_id)
            endpoint.route_table_ids.remove(table_id)
    endpoint.modify(
        call.get("PolicyDocument"),
        call.get("AddSubnetIds"),
        call.get("RemoveSubnetIds"),
        None,
        None,
        call.get("AddSecurityGroupIds"),
        call.get("RemoveSecurityGroupIds"),
    )
    if call.get("DnsOptions"):
        _check_resolvers_only(call, endpoint.vpc_id, endpoint.service_name, True)
        endpoint.dns_options = _dns_options(call)
    if call.get("PrivateDnsEnabled") is not None:
        endpoint.private_dns_enabled = call.get("PrivateDnsEnabled")
    if endpoint.vpc_endpoint_type.lower() == "interface":
        _place_interfaces(call, endpoint)
    return {"Return": True}


def _check_private_dns(call: Call) -> None:
    vpc = backend(call).get_vpc(call.get("VpcId"))
    if call.get("PrivateDnsEnabled", True) and not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        message = (
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for "
            f"{vpc.id}: they are {vpc.enable_dns_support} and {vpc.enable_dns_hostnames}"
        )
        raise refused("InvalidParameter", message)
    name = call.get("ServiceName")
    services = backend(call).describe_vpc_endpoint_services([], [], 0, None, call.region)["servicesDetails"]
    details = [each for each in services if each["ServiceName"] == name and each["ServiceType"][0]["ServiceType"] == "Interface"]
    if call.get("PrivateDnsEnabled", True) and not any(each.get("PrivateDnsName") for each in details):  # eksctl-io/eksctl, issue 3214
        raise refused("InvalidParameter", f"Private DNS can't be enabled because the service {name} does not provide a private DNS name.")


def _dns_options(call: Call) -> dict[str, bool]:
    return {FOR_RESOLVERS_ONLY: (call.get("DnsOptions") or {}).get(FOR_RESOLVERS_ONLY) is not False}


def _check_resolvers_only(call: Call, vpc_id: str, service: str, private_dns: bool) -> None:
    """terraform-provider-aws, issue 46404: true unless it is said, for services with endpoints of both kinds."""
    gateways = [each for each in backend(call).vpc_end_points.values() if each.vpc_id == vpc_id and each.vpc_endpoint_type == "Gateway"]
    asked = private_dns and _has_both_kinds(service) and _dns_options(call)[FOR_RESOLVERS_ONLY]
    if not asked or any(each.service_name == service for each in gateways):
        return
    message = f"To set {FOR_RESOLVERS_ONLY} to true, the VPC {vpc_id} must have a Gateway endpoint for the service."
    raise refused("InvalidParameter", message)


def _has_both_kinds(service: str) -> bool:
    return service.endswith((".s3", ".dynamodb"))


def _begin_interface(call: Call, endpoint: Any) -> None:
    endpoint.private_dns_enabled = call.get("PrivateDnsEnabled", True)
    if endpoint.private_dns_enabled and _has_both_kinds(endpoint.service_name):
        endpoint.dns_options = _dns_options(call)
    endpoint.state = "pending"
    _place_interfaces(call, endpoint)

    def made() -> None:
        if endpoint.state == "pending":
            endpoint.state = "available"

    call.world.clock.after("ec2:vpcendpoint", made)


def _place_interfaces(call: Call, endpoint: Any) -> None:
    """One network interface in each subnet, with the endpoint's security groups."""
    known = backend(call)
    placed = {known.enis[each].subnet.id: each for each in endpoint.network_interface_ids if each in known.enis}
    for subnet_id, interface_id in placed.items():
        if subnet_id not in (endpoint.subnet_ids or []):
            del known.enis[interface_id]
    for subnet_id in endpoint.subnet_ids or []:
        if subnet_id not in placed:
            description = f"VPC Endpoint Interface {endpoint.id}"
            interface = known.create_network_interface(
                known.get_subnet(subnet_id), None, group_ids=list(endpoint.security_group_ids), description=description
            )
            interface.status, interface.interface_type, interface.requester_managed = "in-use", "vpc_endpoint", True
            placed[subnet_id] = interface.id
    endpoint.network_interface_ids = [placed[subnet_id] for subnet_id in endpoint.subnet_ids or []]


def _delete_interface(call: Call, endpoint: Any) -> None:
    """Its interfaces hold their subnets until it is gone."""
    known = backend(call)
    endpoint.state = "deleting"

    def gone() -> None:
        for interface_id in endpoint.network_interface_ids:
            known.enis.pop(interface_id, None)
            forget_tags(call, interface_id)
        known.vpc_end_points.pop(endpoint.id, None)
        forget_tags(call, endpoint.id)

    call.world.clock.after("ec2:vpcendpoint", gone)


def _remove_routes(call: Call, endpoint: Any) -> None:
    for table_id in endpoint.route_table_ids or []:
        _remove_route(call, endpoint, table_id)


def _remove_route(call: Call, endpoint: Any, table_id: str) -> None:
    table = backend(call).route_tables.get(table_id)
    for route in table.routes if table else ():
        if route.gateway is endpoint:
            del table._routes[route.id]


def _described(call: Call, endpoint: Any) -> dict[str, Any]:
    described = {
        "VpcEndpointId": endpoint.id,
        "VpcEndpointType": endpoint.vpc_endpoint_type,
        "VpcId": endpoint.vpc_id,
        "ServiceName": endpoint.service_name,
        "State": endpoint.state,
        "PolicyDocument": endpoint.policy_document,
        "RouteTableIds": endpoint.route_table_ids or [],
        "SubnetIds": endpoint.subnet_ids or [],
        "Groups": [{"GroupId": group["GroupId"], "GroupName": group["GroupName"]} for group in endpoint.groups],
        "PrivateDnsEnabled": bool(endpoint.private_dns_enabled),
        "NetworkInterfaceIds": endpoint.network_interface_ids or [],
        "CreationTimestamp": endpoint.creation_timestamp,
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in endpoint.get_tags()],
        "OwnerId": call.account,
    }
    return described
