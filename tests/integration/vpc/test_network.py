"""A whole network in moto: what a plan says, what a run does, what is left of one that was killed."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused, ResourceFailed
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY
from ansible_collections.opta.platform.plugins.module_utils._vpc import aws_managed, snapshot, write_api

FLOW_LOGS = {
    "log_group_arn": "arn:aws:logs:eu-west-1:123456789012:log-group:/opta/staging/flow-logs:*",
    "role_arn": "arn:aws:iam::123456789012:role/flow-logs",
    "traffic_type": "ALL",
    "max_aggregation_interval": 600,
}
WHOLE = {"cidr_block": "10.0.0.0/16", "nat_mode": "single", "gateway_endpoints": ["s3", "dynamodb"], "flow_logs": FLOW_LOGS}
COUNTS = {
    "vpcs": 1,
    "subnets": 6,
    "internet gateways": 1,
    "NAT gateways": 1,
    "addresses": 1,
    "route tables": 4,
    "endpoints": 2,
    "flow logs": 1,
    "security groups": 0,
}


def test_a_plan_on_an_empty_account_lists_the_actions_of_the_run(cloud):
    planned = cloud.reconcile(check_mode=True, **WHOLE)
    assert cloud.changing() == []
    result = planned[0].resource
    assert result["vpc_id"] == KNOWN_AFTER_APPLY
    assert result["private_subnet_ids"] == [KNOWN_AFTER_APPLY] * 3
    assert result["nat_public_ips"] == [KNOWN_AFTER_APPLY]
    assert result["zone_ids"] == ["euw1-az1", "euw1-az2", "euw1-az3"]
    done = cloud.reconcile(**WHOLE)
    assert cloud.actions(done) == cloud.actions(planned)
    assert cloud.counts() == COUNTS
    assert done[0].resource.keys() == result.keys()


def test_the_second_run_makes_read_only_calls(cloud):
    cloud.reconcile(**WHOLE)
    outcomes = cloud.reconcile(**WHOLE)
    assert cloud.actions(outcomes) == []
    assert cloud.changing() == []
    assert len(cloud.calls) == len(set(cloud.calls)) + 1  # one call a kind; DescribeVpcAttribute answers one attribute


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"nat_mode": "per_zone"}, {"NAT gateways": 3, "addresses": 3}),
        ({"nat_mode": "none"}, {"NAT gateways": 0, "addresses": 0}),
        ({"zone_count": 2}, {"subnets": 4, "route tables": 3}),
        ({"gateway_endpoints": ["s3"]}, {"endpoints": 1}),
        ({"interface_endpoints": ["sts", "ecr.api"]}, {"endpoints": 4, "security groups": 1}),
        ({"flow_logs": {}}, {"flow logs": 0}),
        ({"flow_logs": {**FLOW_LOGS, "traffic_type": "REJECT"}}, {}),
        ({"tags": {"team": "blue"}}, {}),
        ({"private_subnet_tags": {"karpenter.sh/discovery": "x"}}, {}),
    ],
    ids=lambda value: next(iter(value), "nothing") if isinstance(value, dict) else None,
)
def test_a_change_is_planned_and_applied_once(cloud, change, expected):
    cloud.reconcile(**WHOLE)
    desired = {**WHOLE, **change, "tags": {**cloud.tags, **change.get("tags", {})}}
    planned = cloud.reconcile(check_mode=True, **desired)
    assert cloud.changing() == []
    done = cloud.reconcile(**desired)
    assert cloud.actions(done) == cloud.actions(planned) != []
    assert cloud.counts() == {**COUNTS, **expected}
    assert cloud.actions(cloud.reconcile(**desired)) == []


def test_unset_options_are_not_changed(cloud):
    cloud.reconcile(**{**WHOLE, "nat_mode": "per_zone"})
    done = cloud.reconcile()
    assert cloud.actions(done) == []
    assert done[0].resource["nat_mode"] == "per_zone"
    assert done[0].resource["gateway_endpoint_ids"].keys() == {"s3", "dynamodb"}


def test_routes_are_replaced_before_a_nat_gateway_is_deleted(cloud):
    cloud.reconcile(**{**WHOLE, "nat_mode": "per_zone"})
    cloud.reconcile(**WHOLE)
    order = cloud.changing()
    assert order.index("DeleteNatGateway") > max(place for place, name in enumerate(order) if name == "ReplaceRoute")
    assert order.index("ReleaseAddress") > max(place for place, name in enumerate(order) if name == "DeleteNatGateway")


def private_tables(cloud):
    named = [{"Name": "tag:Name", "Values": [f"{cloud.name}-private-*"]}]
    return sorted(cloud.ec2.describe_route_tables(Filters=named)["RouteTables"], key=lambda table: table["RouteTableId"])


def reported(outcomes):
    """What is said of things that others have made."""
    return [note for outcome in outcomes for note in outcome.notes if "did not create" in note]


def default_routes(cloud):
    routes = [route for table in private_tables(cloud) for route in table["Routes"]]
    return [route for route in routes if route.get("DestinationCidrBlock") == "0.0.0.0/0"]


def test_a_foreign_default_route_is_kept(cloud):
    cloud.reconcile(**{**WHOLE, "nat_mode": "none"})
    gateway = cloud.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    for table in private_tables(cloud):
        cloud.ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", TransitGatewayId=gateway)
    for check_mode in (True, False):
        outcomes = cloud.reconcile(check_mode=check_mode, **{**WHOLE, "nat_mode": "none"})
        assert cloud.actions(outcomes) == []
        assert reported(outcomes) == []
    assert cloud.changing() == []
    with_nat = cloud.reconcile(**WHOLE)
    notes = reported(with_nat)
    assert len(notes) == 3
    assert f"sends 0.0.0.0/0 to {gateway}, a route that this collection did not create: it is kept" in notes[0]
    assert [route["TransitGatewayId"] for route in default_routes(cloud)] == [gateway] * 3


def test_a_route_to_a_deleted_nat_gateway_is_replaced(cloud):
    first = cloud.reconcile(**WHOLE)[0].resource["nat_gateway_ids"][0]
    cloud.ec2.delete_nat_gateway(NatGatewayId=first)
    cloud.ec2.disassociate_address(AssociationId=associations(cloud)[0])  # as EC2 does when one is deleted
    again = cloud.reconcile(**WHOLE)[0].resource["nat_gateway_ids"]
    assert [route["NatGatewayId"] for route in default_routes(cloud)] == again * 3
    assert again != [first]


def test_a_subnet_with_a_foreign_route_table_keeps_it(cloud):
    made = cloud.reconcile(**WHOLE)[0].resource
    subnet_id = made["private_subnet_ids"][0]
    table_id = cloud.ec2.create_route_table(VpcId=made["vpc_id"])["RouteTable"]["RouteTableId"]
    (association,) = [
        entry["RouteTableAssociationId"]
        for table in private_tables(cloud)
        for entry in table["Associations"]
        if entry.get("SubnetId") == subnet_id
    ]
    cloud.ec2.replace_route_table_association(AssociationId=association, RouteTableId=table_id)
    outcomes = cloud.reconcile(**WHOLE)
    assert cloud.actions(outcomes) == []
    assert reported(outcomes) == [f"subnet {subnet_id} uses route table {table_id}, which this collection did not create: it is kept."]
    assert cloud.changing() == []


def test_foreign_changes_of_an_endpoint_are_kept(cloud):
    options = {**WHOLE, "zone_count": 2, "interface_endpoints": ["sts"]}
    made = cloud.reconcile(**options)[0].resource
    others = cloud.ec2.create_route_table(VpcId=made["vpc_id"])["RouteTable"]["RouteTableId"]
    group = cloud.ec2.create_security_group(VpcId=made["vpc_id"], GroupName="others", Description="others")["GroupId"]
    endpoints = {"s3": made["gateway_endpoint_ids"]["s3"], "sts": made["interface_endpoint_ids"]["sts"]}
    cloud.ec2.modify_vpc_endpoint(VpcEndpointId=endpoints["s3"], AddRouteTableIds=[others])
    cloud.ec2.modify_vpc_endpoint(VpcEndpointId=endpoints["sts"], AddSecurityGroupIds=[group])
    assert cloud.actions(cloud.reconcile(**options)) == []
    cloud.reconcile(**{**options, "zone_count": 1})
    found = {each["VpcEndpointId"]: each for each in cloud.ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    assert set(found[endpoints["s3"]]["RouteTableIds"]) == {made["private_route_table_ids"][0], others}
    assert group in {each["GroupId"] for each in found[endpoints["sts"]]["Groups"]}


def test_all_cidr_blocks_of_the_vpc_can_reach_the_interface_endpoints(cloud):
    options = {**WHOLE, "zone_count": 1, "interface_endpoints": ["sts"]}
    made = cloud.reconcile(**options)[0].resource
    assert made["cidr_blocks"] == ["10.0.0.0/16"]
    cloud.ec2.associate_vpc_cidr_block(VpcId=made["vpc_id"], CidrBlock="100.64.0.0/16")
    outcomes = cloud.reconcile(**options)
    assert outcomes[0].resource["cidr_blocks"] == ["10.0.0.0/16", "100.64.0.0/16"]
    assert cloud.actions(outcomes) == [("update", f"security group {cloud.name}-endpoints", ("allowed_cidr_blocks",))]


def test_foreign_rules_of_the_endpoint_security_group_are_kept(cloud):
    options = {**WHOLE, "zone_count": 1, "interface_endpoints": ["sts"]}
    cloud.reconcile(**options)
    (group,) = cloud.ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [f"{cloud.name}-endpoints"]}])["SecurityGroups"]
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "192.0.2.0/24"}]}
    cloud.ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[permission])
    outcomes = cloud.reconcile(**options)
    assert cloud.actions(outcomes) == []
    assert "tcp 443-443 192.0.2.0/24" in reported(outcomes)[0]
    purged = cloud.actions(cloud.reconcile(**options, purge_rules=True))
    assert purged == [("update", f"security group {cloud.name}-endpoints", ("other_rules",))]
    (group,) = cloud.ec2.describe_security_groups(GroupIds=[group["GroupId"]])["SecurityGroups"]
    assert [each["CidrIp"] for rule in group["IpPermissions"] for each in rule["IpRanges"]] == ["10.0.0.0/16"]


def test_existing_subnets_determine_the_zones(cloud):
    """A network in two zones keeps them when the region's zones come first in another order."""
    cloud.reconcile(**{**WHOLE, "zone_count": 2})
    zone_ids = cloud.reconcile(**{**WHOLE, "zone_count": 3})[0].resource["zone_ids"]
    assert zone_ids == ["euw1-az1", "euw1-az2", "euw1-az3"]
    first = cloud.ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": [f"{cloud.name}-*-euw1-az1"]}])["Subnets"]
    for table in cloud.ec2.describe_route_tables()["RouteTables"]:
        for association in table["Associations"]:
            if association.get("SubnetId") in {subnet["SubnetId"] for subnet in first}:
                cloud.ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
    for subnet in first:
        cloud.ec2.delete_tags(Resources=[subnet["SubnetId"]], Tags=[{"Key": "opta:name"}, {"Key": "Name"}])
    kept = cloud.reconcile(check_mode=True, cidr_block="10.0.0.0/16", zone_count=2)[0].resource["zone_ids"]
    assert kept == ["euw1-az2", "euw1-az3"]


def test_resources_are_tagged_in_the_creating_call(cloud):
    cloud.reconcile(**{**WHOLE, "interface_endpoints": ["sts"]})
    assert "CreateTags" not in cloud.calls


def test_subnets_carry_the_tags_of_load_balancers(cloud):
    made = cloud.reconcile(**WHOLE)[0].resource
    inside = {"Name": "vpc-id", "Values": [made["vpc_id"]]}
    for key, expected in (("kubernetes.io/role/elb", "public"), ("kubernetes.io/role/internal-elb", "private")):
        found = cloud.ec2.describe_subnets(Filters=[inside, {"Name": f"tag:{key}", "Values": ["1"]}])["Subnets"]
        assert {subnet["SubnetId"] for subnet in found} == set(made[f"{expected}_subnet_ids"])
        assert not any(subnet["MapPublicIpOnLaunch"] for subnet in found)


def test_the_default_security_group_is_empty(cloud):
    group_id = cloud.reconcile(**WHOLE)[0].resource["default_security_group_id"]
    group = cloud.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    assert (group["GroupName"], group["IpPermissions"], group["IpPermissionsEgress"]) == ("default", [], [])


def test_dns_support_and_hostnames_are_enabled(cloud):
    vpc_id = cloud.reconcile(**WHOLE)[0].resource["vpc_id"]
    for attribute, key in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames")):
        assert cloud.ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=attribute)[key]["Value"] is True


def test_the_cidr_block_cannot_be_changed(cloud):
    cloud.reconcile(**WHOLE)
    with pytest.raises(Refused, match="cidr_block cannot be changed from '10.0.0.0/16' to '10.1.0.0/16': a VPC keeps its first block"):
        cloud.reconcile(**{**WHOLE, "cidr_block": "10.1.0.0/16", "nat_mode": "none"})
    assert cloud.changing() == []


def test_a_zone_in_use_is_not_removed(cloud):
    made = cloud.reconcile(**WHOLE)[0].resource
    interface = cloud.ec2.create_network_interface(SubnetId=made["private_subnet_ids"][2], Description="a database")["NetworkInterface"]
    with pytest.raises(Refused, match=rf"while their subnets are in use: {interface['NetworkInterfaceId']} \(a database\)"):
        cloud.reconcile(**{**WHOLE, "zone_count": 2})
    assert cloud.changing() == []


def test_the_network_of_another_environment_is_refused(cloud):
    cloud.reconcile(**WHOLE)
    others = {**cloud.tags, "opta:environment": "production"}
    with pytest.raises(Refused, match=rf"VPC {cloud.name} exists, but it belongs to the environment {cloud.tags['opta:environment']}"):
        cloud.reconcile(**{**WHOLE, "tags": others})
    assert cloud.changing() == []


def test_a_foreign_resource_prevents_deletion_before_the_first_change(cloud):
    cloud.reconcile(cidr_block="10.0.0.0/16", nat_mode="none", zone_count=1)
    ours = [{"Name": "tag:opta:environment", "Values": [cloud.tags["opta:environment"]]}]
    gateway = cloud.ec2.describe_internet_gateways(Filters=ours)["InternetGateways"][0]["InternetGatewayId"]
    cloud.ec2.delete_tags(Resources=[gateway], Tags=[{"Key": "opta:environment"}])
    with pytest.raises(
        Refused, match=r"cannot be deleted: internet gateway .* is left alone: it was not created by this collection\. Delete it"
    ):
        cloud.remove()
    assert cloud.changing() == []


def test_creation_without_a_cidr_block_is_refused(cloud):
    with pytest.raises(Refused, match=r"does not exist\. To create it, set cidr_block, for example"):
        cloud.reconcile(nat_mode="none")


def test_a_service_without_an_endpoint_is_reported(cloud):
    with pytest.raises(Refused, match="interface_endpoints names 'nonsense', for which eu-west-1 has no such endpoint"):
        cloud.reconcile(**WHOLE, interface_endpoints=["nonsense"])
    assert cloud.changing() == []


def test_the_default_vpc_is_never_used(cloud):
    default = next(vpc for vpc in cloud.ec2.describe_vpcs()["Vpcs"] if vpc["IsDefault"])
    cloud.ec2.create_tags(Resources=[default["VpcId"]], Tags=[{"Key": "Name", "Value": cloud.name}])
    with pytest.raises(Refused, match="is the region's default VPC, which is never used"):
        cloud.reconcile(**WHOLE, adopt=True)
    assert cloud.changing() == []


def associations(cloud):
    addresses = cloud.ec2.describe_addresses(Filters=[{"Name": "tag:Name", "Values": [f"{cloud.name}-nat-*"]}])["Addresses"]
    return [address["AssociationId"] for address in addresses]


def test_a_failed_nat_gateway_is_reported_and_replaced(cloud, monkeypatch):
    describe, *rest = snapshot.IN_VPC["nat_gateways"]
    failed = {"State": "failed", "FailureCode": "InsufficientFreeAddressesInSubnet", "FailureMessage": "no free addresses"}
    first: list[str] = []

    def describe_failing(*arguments):
        found = describe(*arguments)
        first.extend(gateway["NatGatewayId"] for gateway in found if not first)
        return [{**gateway, **failed} if gateway["NatGatewayId"] in first else gateway for gateway in found]

    create = write_api.create_nat_gateway
    monkeypatch.setattr(write_api, "create_nat_gateway", lambda *arguments: {**create(*arguments), "State": "pending"})
    monkeypatch.setitem(snapshot.IN_VPC, "nat_gateways", (describe_failing, *rest))
    with pytest.raises(ResourceFailed, match=rf"NAT gateway {cloud.name}-nat-euw1-az1 has failed: failed: no free addresses Fix the cause"):
        cloud.reconcile(**{**WHOLE, "gateway_endpoints": []})
    cloud.ec2.disassociate_address(AssociationId=associations(cloud)[0])  # as EC2 does when one has failed
    made = cloud.reconcile(**{**WHOLE, "gateway_endpoints": []})[0].resource
    assert made["nat_gateway_ids"] != first
    assert cloud.counts()["addresses"] == 1


def test_an_internet_gateway_attached_elsewhere_is_used_once_detached(cloud):
    other = cloud.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    tags = [{"Key": "Name", "Value": f"{cloud.name}-internet"}, {"Key": "opta:environment", "Value": cloud.tags["opta:environment"]}]
    gateway = cloud.ec2.create_internet_gateway(TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": tags}])
    gateway_id = gateway["InternetGateway"]["InternetGatewayId"]
    cloud.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=other)
    with pytest.raises(Refused, match=rf"{gateway_id} \({cloud.name}-internet\) is attached to {other}: detach it there, and run again"):
        cloud.reconcile(**WHOLE)
    assert cloud.changing() == []
    cloud.ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=other)
    assert cloud.reconcile(**WHOLE)[0].resource["internet_gateway_id"] == gateway_id


def of_guardduty(cloud, vpc_id):
    """What GuardDuty's runtime monitoring puts into a VPC with EKS."""
    tags = [{"Key": "GuardDutyManaged", "Value": "true"}]
    name = f"GuardDutyManagedSecurityGroup-{vpc_id}"
    group = cloud.ec2.create_security_group(
        GroupName=name, Description=name, VpcId=vpc_id, TagSpecifications=[{"ResourceType": "security-group", "Tags": tags}]
    )["GroupId"]
    subnets = cloud.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["Subnets"]
    cloud.ec2.create_vpc_endpoint(
        VpcId=vpc_id,
        ServiceName="com.amazonaws.eu-west-1.guardduty-data",
        VpcEndpointType="Interface",
        SubnetIds=[subnet["SubnetId"] for subnet in subnets[:2]],
        SecurityGroupIds=[group],
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}],
    )


def test_resources_created_by_aws_in_the_vpc_are_deleted_with_it(cloud):
    made = cloud.reconcile(**WHOLE)[0].resource
    of_guardduty(cloud, made["vpc_id"])
    cloud.ec2.create_network_interface(SubnetId=made["private_subnet_ids"][0], Description="AWS Lambda VPC ENI-gone-1")
    planned = cloud.remove(check_mode=True)
    done = cloud.remove()
    assert cloud.actions(done) == cloud.actions(planned)
    assert cloud.counts() == dict.fromkeys(COUNTS, 0)
    assert made["vpc_id"] not in {vpc["VpcId"] for vpc in cloud.ec2.describe_vpcs()["Vpcs"]}


def test_a_user_endpoint_for_guardduty_is_reported_and_retained(cloud):
    made = cloud.reconcile(**WHOLE)[0].resource
    endpoint = cloud.ec2.create_vpc_endpoint(
        VpcId=made["vpc_id"],
        ServiceName="com.amazonaws.eu-west-1.guardduty-data",
        VpcEndpointType="Interface",
        SubnetIds=made["private_subnet_ids"][:1],
    )["VpcEndpoint"]["VpcEndpointId"]
    with pytest.raises(Refused, match=f"contains resources that this collection did not create: {endpoint}"):
        cloud.remove(check_mode=True)
    assert cloud.changing() == []


@pytest.mark.parametrize("tag", ["kubernetes.io/cluster/{cluster}=owned", "elbv2.k8s.aws/cluster={cluster}"])
def test_leftovers_of_another_cluster_are_reported_and_retained(cloud, tag):
    made = cloud.reconcile(**WHOLE)[0].resource
    key, value = tag.format(cluster="foreign").split("=")
    tags = [{"ResourceType": "security-group", "Tags": [{"Key": key, "Value": value}]}]
    group = cloud.ec2.create_security_group(GroupName="its", Description="its", VpcId=made["vpc_id"], TagSpecifications=tags)["GroupId"]
    interface = cloud.ec2.create_network_interface(SubnetId=made["private_subnet_ids"][0], Description="Amazon EKS foreign")
    with pytest.raises(Refused) as refused:
        cloud.remove(check_mode=True)
    assert group in str(refused.value)
    assert interface["NetworkInterface"]["NetworkInterfaceId"] in str(refused.value)
    assert cloud.changing() == []


def test_every_resource_type_created_by_aws_has_a_source():
    assert all(row.source for row in (*aws_managed.INTERFACES, *aws_managed.CLUSTER_TAGS))
