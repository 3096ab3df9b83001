# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to EC2 that create, change and delete a network, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._eventual_consistency import retry_until_consistent
from .api import Ec2ErrorHandler, raise_unsuccessful, tag_specifications


@Ec2ErrorHandler.common_error_handler("create the VPC")
@AWSRetry.jittered_backoff()
def create_vpc(client: Any, cidr_block: str, tags: Mapping[str, Any]) -> dict[str, Any]:
    return client.create_vpc(CidrBlock=cidr_block, **tag_specifications("vpc", tags))["Vpc"]


@Ec2ErrorHandler.common_error_handler("change an attribute of the VPC")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def modify_vpc_attribute(client: Any, vpc_id: str, attribute: str, value: bool) -> None:
    client.modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": value}})


@Ec2ErrorHandler.deletion_error_handler("delete the VPC")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_vpc(client: Any, vpc_id: str) -> None:
    client.delete_vpc(VpcId=vpc_id)


@Ec2ErrorHandler.common_error_handler("create a subnet")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_subnet(client: Any, vpc_id: str, zone_id: str, cidr_block: str, tags: Mapping[str, Any]) -> dict[str, Any]:
    specifications = tag_specifications("subnet", tags)
    return client.create_subnet(VpcId=vpc_id, AvailabilityZoneId=zone_id, CidrBlock=cidr_block, **specifications)["Subnet"]


@Ec2ErrorHandler.common_error_handler("change a subnet")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def modify_subnet_attribute(client: Any, subnet_id: str, map_public_ip_on_launch: bool) -> None:
    client.modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": map_public_ip_on_launch})


@Ec2ErrorHandler.deletion_error_handler("delete a subnet")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_subnet(client: Any, subnet_id: str) -> None:
    client.delete_subnet(SubnetId=subnet_id)


@Ec2ErrorHandler.common_error_handler("create the internet gateway")
@AWSRetry.jittered_backoff()
def create_internet_gateway(client: Any, tags: Mapping[str, Any]) -> dict[str, Any]:
    return client.create_internet_gateway(**tag_specifications("internet-gateway", tags))["InternetGateway"]


@Ec2ErrorHandler.common_error_handler("attach the internet gateway")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def attach_internet_gateway(client: Any, gateway_id: str, vpc_id: str) -> None:
    client.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)


@Ec2ErrorHandler.deletion_error_handler("detach the internet gateway")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def detach_internet_gateway(client: Any, gateway_id: str, vpc_id: str) -> None:
    client.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)


@Ec2ErrorHandler.deletion_error_handler("delete the internet gateway")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_internet_gateway(client: Any, gateway_id: str) -> None:
    client.delete_internet_gateway(InternetGatewayId=gateway_id)


@Ec2ErrorHandler.common_error_handler("allocate an elastic IP address")
@AWSRetry.jittered_backoff()
def allocate_address(client: Any, tags: Mapping[str, Any]) -> dict[str, Any]:
    return client.allocate_address(Domain="vpc", **tag_specifications("elastic-ip", tags))


@Ec2ErrorHandler.deletion_error_handler("release an elastic IP address")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def release_address(client: Any, allocation_id: str) -> None:
    client.release_address(AllocationId=allocation_id)


@Ec2ErrorHandler.common_error_handler("create a NAT gateway")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_nat_gateway(client: Any, subnet_id: str, allocation_id: str, token: str, tags: Mapping[str, Any]) -> dict[str, Any]:
    specifications = tag_specifications("natgateway", tags)
    return client.create_nat_gateway(SubnetId=subnet_id, AllocationId=allocation_id, ClientToken=token, **specifications)["NatGateway"]


@Ec2ErrorHandler.deletion_error_handler("delete a NAT gateway")
@AWSRetry.jittered_backoff()
def delete_nat_gateway(client: Any, gateway_id: str) -> None:
    client.delete_nat_gateway(NatGatewayId=gateway_id)


@Ec2ErrorHandler.common_error_handler("create a route table")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_route_table(client: Any, vpc_id: str, tags: Mapping[str, Any]) -> dict[str, Any]:
    return client.create_route_table(VpcId=vpc_id, **tag_specifications("route-table", tags))["RouteTable"]


@Ec2ErrorHandler.common_error_handler("create a route")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_route(client: Any, table_id: str, destination: str, target: Mapping[str, str]) -> None:
    client.create_route(RouteTableId=table_id, DestinationCidrBlock=destination, **target)


@Ec2ErrorHandler.common_error_handler("replace a route")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def replace_route(client: Any, table_id: str, destination: str, target: Mapping[str, str]) -> None:
    client.replace_route(RouteTableId=table_id, DestinationCidrBlock=destination, **target)


@Ec2ErrorHandler.deletion_error_handler("delete a route")
@AWSRetry.jittered_backoff()
def delete_route(client: Any, table_id: str, destination: str) -> None:
    client.delete_route(RouteTableId=table_id, DestinationCidrBlock=destination)


@Ec2ErrorHandler.common_error_handler("associate a subnet with its route table")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def associate_route_table(client: Any, table_id: str, subnet_id: str) -> None:
    client.associate_route_table(RouteTableId=table_id, SubnetId=subnet_id)


@Ec2ErrorHandler.common_error_handler("move a subnet to its route table")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def replace_route_table_association(client: Any, association_id: str, table_id: str) -> None:
    client.replace_route_table_association(AssociationId=association_id, RouteTableId=table_id)


@Ec2ErrorHandler.deletion_error_handler("disassociate a subnet from its route table")
@AWSRetry.jittered_backoff()
def disassociate_route_table(client: Any, association_id: str) -> None:
    client.disassociate_route_table(AssociationId=association_id)


@Ec2ErrorHandler.deletion_error_handler("delete a route table")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_route_table(client: Any, table_id: str) -> None:
    client.delete_route_table(RouteTableId=table_id)


@Ec2ErrorHandler.common_error_handler("create a VPC endpoint")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_vpc_endpoint(client: Any, tags: Mapping[str, Any], **request: Any) -> dict[str, Any]:
    specifications = tag_specifications("vpc-endpoint", tags)
    return client.create_vpc_endpoint(ClientToken=str(uuid4()), **request, **specifications)["VpcEndpoint"]


@Ec2ErrorHandler.common_error_handler("change a VPC endpoint")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def modify_vpc_endpoint(client: Any, endpoint_id: str, **request: Any) -> None:
    client.modify_vpc_endpoint(VpcEndpointId=endpoint_id, **request)


@Ec2ErrorHandler.deletion_error_handler("delete a VPC endpoint")
@AWSRetry.jittered_backoff()
def delete_vpc_endpoint(client: Any, endpoint_id: str) -> None:
    raise_unsuccessful(client.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id]), "DeleteVpcEndpoints")


@Ec2ErrorHandler.common_error_handler("create a security group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_security_group(client: Any, vpc_id: str, name: str, description: str, tags: Mapping[str, Any]) -> str:
    specifications = tag_specifications("security-group", tags)
    return client.create_security_group(VpcId=vpc_id, GroupName=name, Description=description, **specifications)["GroupId"]


@Ec2ErrorHandler.common_error_handler("open a security group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def authorize_security_group_ingress(client: Any, group_id: str, permissions: Sequence[Mapping[str, Any]], tags: Mapping[str, Any]) -> None:
    specifications = tag_specifications("security-group-rule", tags)
    client.authorize_security_group_ingress(GroupId=group_id, IpPermissions=list(permissions), **specifications)


@Ec2ErrorHandler.common_error_handler("close a security group")
@AWSRetry.jittered_backoff()
def revoke_rules(client: Any, group_id: str, rule_ids: Sequence[str], egress: bool = False) -> None:
    revoke = client.revoke_security_group_egress if egress else client.revoke_security_group_ingress
    revoke(GroupId=group_id, SecurityGroupRuleIds=list(rule_ids))


@Ec2ErrorHandler.deletion_error_handler("close a security group")
@AWSRetry.jittered_backoff()
def revoke_rule(client: Any, group_id: str, rule_id: str) -> None:
    client.revoke_security_group_ingress(GroupId=group_id, SecurityGroupRuleIds=[rule_id])


@Ec2ErrorHandler.deletion_error_handler("close a security group")
@AWSRetry.jittered_backoff()
def revoke_security_group_ingress(client: Any, group_id: str, permissions: Sequence[Mapping[str, Any]]) -> None:
    client.revoke_security_group_ingress(GroupId=group_id, IpPermissions=list(permissions))


@Ec2ErrorHandler.deletion_error_handler("close a security group")
@AWSRetry.jittered_backoff()
def revoke_security_group_egress(client: Any, group_id: str, permissions: Sequence[Mapping[str, Any]]) -> None:
    client.revoke_security_group_egress(GroupId=group_id, IpPermissions=list(permissions))


@Ec2ErrorHandler.deletion_error_handler("delete a security group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_security_group(client: Any, group_id: str) -> None:
    client.delete_security_group(GroupId=group_id)


@Ec2ErrorHandler.common_error_handler("create the flow log")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_flow_log(client: Any, vpc_id: str, tags: Mapping[str, Any], **request: Any) -> str:
    specifications = tag_specifications("vpc-flow-log", tags)
    answer = client.create_flow_logs(ClientToken=str(uuid4()), ResourceIds=[vpc_id], ResourceType="VPC", **request, **specifications)
    raise_unsuccessful(answer, "CreateFlowLogs")
    return answer["FlowLogIds"][0]


@Ec2ErrorHandler.deletion_error_handler("delete the flow log")
@AWSRetry.jittered_backoff()
def delete_flow_log(client: Any, flow_log_id: str) -> None:
    raise_unsuccessful(client.delete_flow_logs(FlowLogIds=[flow_log_id]), "DeleteFlowLogs")


@Ec2ErrorHandler.deletion_error_handler("delete a network interface")
@AWSRetry.jittered_backoff()
def delete_network_interface(client: Any, interface_id: str) -> None:
    client.delete_network_interface(NetworkInterfaceId=interface_id)


@Ec2ErrorHandler.common_error_handler("tag a part of the network")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_tags(client: Any, resource_id: str, tags: Mapping[str, Any]) -> None:
    client.create_tags(Resources=[resource_id], Tags=[{"Key": key, "Value": str(value)} for key, value in tags.items()])


@Ec2ErrorHandler.common_error_handler("remove tags of a part of the network")
@AWSRetry.jittered_backoff()
def delete_tags(client: Any, resource_id: str, names: Sequence[str]) -> None:
    client.delete_tags(Resources=[resource_id], Tags=[{"Key": name} for name in names])
