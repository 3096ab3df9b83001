"""NAT gateways and their addresses: they take time, hold their address, and are made once per client token."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.route_tables import Route

from tests.standin.aws.ec2_common import backend, forget_tags, passes_tag_filters, refused
from tests.standin.aws.operations import Call, answers


def _state_of_route(route: Route) -> str:
    """A route through a NAT gateway that is gone leads nowhere."""
    lost = route.nat_gateway is not None and route.nat_gateway.state in ("deleting", "deleted", "failed")
    return "blackhole" if lost else "active"


Route.state = property(_state_of_route)


@answers("ec2", "CreateNatGateway")
def create_nat_gateway(call: Call) -> dict[str, Any]:
    known, token = backend(call), call.get("ClientToken")
    for gateway in known.nat_gateways.values():
        if token and getattr(gateway, "client_token", None) == token and gateway.state not in ("deleting", "deleted"):
            return {"NatGateway": _described(call, gateway.id), "ClientToken": token}
    subnet = known.get_subnet(call.get("SubnetId"))
    public = call.get("ConnectivityType", "public") == "public"
    if public:
        _check_public(call, subnet)
    answer = call.moto()
    gateway = known.nat_gateways[answer["NatGateway"]["NatGatewayId"]]
    gateway.client_token = token
    gateway.state = "pending"
    interface = gateway._eni
    interface.description, interface.status = f"Interface for NAT Gateway {gateway.id}", "in-use"
    interface.interface_type, interface.requester_managed = "nat_gateway", True

    def made() -> None:
        if gateway.state == "pending":
            gateway.state = "available"

    call.world.clock.after("ec2:natgateway", made)
    answer["NatGateway"]["State"] = "pending"
    return answer


@answers("ec2", "DescribeNatGateways")
def describe_nat_gateways(call: Call) -> dict[str, Any]:
    for identifier in call.get("NatGatewayIds", []):
        _gateway(call, identifier)
    answer = call.moto()
    filters = call.get("Filter", [])
    answer["NatGateways"] = [gateway for gateway in answer.get("NatGateways", []) if passes_tag_filters(gateway, filters)]
    return answer


@answers("ec2", "DeleteNatGateway")
def delete_nat_gateway(call: Call) -> dict[str, Any]:
    gateway = _gateway(call, call.get("NatGatewayId"))
    if gateway.state in ("pending", "available"):
        gateway.state = "deleting"

        def gone() -> None:
            gateway.state = "deleted"
            backend(call).enis.pop(gateway._eni.id, None)
            for address in backend(call).addresses:
                if address.eni is gateway._eni:
                    address.eni = address.association_id = None
            forget_tags(call, gateway._eni.id)

        call.world.clock.after("ec2:natgateway", gone)
    return {"NatGatewayId": gateway.id}


@answers("ec2", "ReleaseAddress")
def release_address(call: Call) -> dict[str, Any]:
    if call.get("AllocationId"):
        address = backend(call).address_by_allocation([call.get("AllocationId")])[0]
        if address.association_id:
            raise refused("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.")
    answer = call.moto()
    forget_tags(call, call.get("AllocationId", ""))
    return answer


@answers("ec2", "DisassociateAddress")
def disassociate_address(call: Call) -> dict[str, Any]:
    """The address of a NAT gateway stays with it."""
    association = call.get("AssociationId")
    for gateway in backend(call).nat_gateways.values():
        if gateway.state not in ("deleted",) and any(item.get("associationId") == association for item in gateway.address_set):
            raise refused("AuthFailure", "You do not have permission to access the specified resource.")
    return call.moto()


def _check_public(call: Call, subnet: Any) -> None:
    known, allocation = backend(call), call.get("AllocationId")
    if not allocation:
        raise refused("MissingParameter", "The request must include the AllocationId parameter. Add the required parameter and retry.")
    address = known.address_by_allocation([allocation])[0]
    if address.association_id:
        raise refused("Resource.AlreadyAssociated", f"Elastic IP address [{allocation}] is already associated")
    if not any(gateway.vpc and gateway.vpc.id == subnet.vpc_id for gateway in known.internet_gateways.values()):
        raise refused("Gateway.NotAttached", f"Network {subnet.vpc_id} has no Internet gateway attached")


def _gateway(call: Call, identifier: str) -> Any:
    gateway = backend(call).nat_gateways.get(identifier)
    if gateway is None:
        raise refused("NatGatewayNotFound", f"NAT gateway {identifier} was not found")
    return gateway


def _described(call: Call, identifier: str) -> dict[str, Any]:
    gateway = _gateway(call, identifier)
    addresses = [{key[0].upper() + key[1:]: value for key, value in item.items()} for item in gateway.address_set]
    for address in addresses:
        if "NetworkInterfaceId" not in address:
            address["NetworkInterfaceId"] = gateway._eni.id
    return {
        "NatGatewayId": gateway.id,
        "SubnetId": gateway.subnet_id,
        "VpcId": gateway.vpc_id,
        "State": gateway.state,
        "CreateTime": gateway._created_at,
        "ConnectivityType": gateway.connectivity_type,
        "NatGatewayAddresses": addresses,
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in gateway.get_tags()],
    }
