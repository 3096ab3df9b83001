"""EC2 of the stand-in: what is in use stays, what is made once is not made twice, and what takes time does."""

from __future__ import annotations

import json

import pytest


def tags_of(kind, **tags):
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]


@pytest.fixture
def network(aws):
    """A VPC with an attached internet gateway and a subnet."""
    vpc, subnets = aws.network("a")
    gateway = aws.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    aws.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return {"vpc": vpc, "subnet": subnets[0], "gateway": gateway}


def address(aws):
    return aws.ec2.allocate_address(Domain="vpc", TagSpecifications=tags_of("elastic-ip", a="b"))["AllocationId"]


def nat(aws, network, **options):
    given = {"SubnetId": network["subnet"], "AllocationId": address(aws), "TagSpecifications": tags_of("natgateway", a="b")}
    return aws.ec2.create_nat_gateway(**{**given, **options})["NatGateway"]


def state(aws, identifier):
    return aws.ec2.describe_nat_gateways(NatGatewayIds=[identifier])["NatGateways"][0]["State"]


def test_a_nat_gateway_takes_time_and_holds_its_address(aws, network, refusal):
    allocation = address(aws)
    made = nat(aws, network, AllocationId=allocation)
    identifier = made["NatGatewayId"]
    assert made["State"] == state(aws, identifier) == "pending"
    aws.until(lambda: state(aws, identifier) == "available")
    assert "InvalidIPAddress.InUse" in refusal(aws.ec2.release_address, AllocationId=allocation)
    association = aws.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0]["AssociationId"]
    assert "AuthFailure" in refusal(aws.ec2.disassociate_address, AssociationId=association)
    again = refusal(aws.ec2.create_nat_gateway, SubnetId=network["subnet"], AllocationId=allocation)
    assert "Resource.AlreadyAssociated" in again
    assert "DependencyViolation" in refusal(aws.ec2.delete_subnet, SubnetId=network["subnet"])
    detach = {"InternetGatewayId": network["gateway"], "VpcId": network["vpc"]}
    assert "mapped public address" in refusal(aws.ec2.detach_internet_gateway, **detach)
    aws.ec2.delete_nat_gateway(NatGatewayId=identifier)
    assert state(aws, identifier) == "deleting"
    assert "InvalidIPAddress.InUse" in refusal(aws.ec2.release_address, AllocationId=allocation)
    aws.until(lambda: state(aws, identifier) == "deleted")
    aws.ec2.release_address(AllocationId=allocation)
    aws.ec2.delete_subnet(SubnetId=network["subnet"])
    aws.ec2.detach_internet_gateway(**detach)


def test_a_nat_gateway_is_created_once_per_token(aws, network):
    allocation = address(aws)
    first = nat(aws, network, ClientToken="token", AllocationId=allocation)
    again = nat(aws, network, ClientToken="token", AllocationId=allocation)
    assert again["NatGatewayId"] == first["NatGatewayId"]
    found = aws.ec2.describe_nat_gateways(Filter=[{"Name": "vpc-id", "Values": [network["vpc"]]}])["NatGateways"]
    assert len(found) == 1
    assert found[0]["NatGatewayAddresses"][0]["AllocationId"] == allocation
    assert aws.ec2.describe_nat_gateways(Filter=[{"Name": "tag:a", "Values": ["other"]}])["NatGateways"] == []


def test_a_nat_gateway_requires_an_internet_gateway(aws, refusal):
    _vpc, subnets = aws.network("a")
    assert "Gateway.NotAttached" in refusal(aws.ec2.create_nat_gateway, SubnetId=subnets[0], AllocationId=address(aws))
    assert "NatGatewayNotFound" in refusal(aws.ec2.delete_nat_gateway, NatGatewayId="nat-0123456789abcdef0")


@pytest.mark.parametrize(
    ("kind", "create"),
    [
        ("vpc", lambda ec2, tags: ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]),
        ("elastic-ip", lambda ec2, tags: ec2.allocate_address(TagSpecifications=tags)["AllocationId"]),
        ("internet-gateway", lambda ec2, tags: ec2.create_internet_gateway(TagSpecifications=tags)["InternetGateway"]["InternetGatewayId"]),
        (
            "launch-template",
            lambda ec2, tags: ec2.create_launch_template(
                LaunchTemplateName="tagged", LaunchTemplateData={"EbsOptimized": True}, TagSpecifications=tags
            )["LaunchTemplate"]["LaunchTemplateId"],
        ),
        (
            "volume",
            lambda ec2, tags: ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1, TagSpecifications=tags)["VolumeId"],
        ),
    ],
)
def test_tags_of_the_creating_call_are_seen(aws, kind, create):
    identifier = create(aws.ec2, tags_of(kind, owner="me"))
    found = aws.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [identifier]}])["Tags"]
    assert [(tag["Key"], tag["Value"], tag["ResourceType"]) for tag in found] == [("owner", "me", kind)]


def test_tags_end_with_what_carries_them(aws):
    vpc = aws.ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=tags_of("vpc", a="b"))["Vpc"]["VpcId"]
    aws.ec2.delete_vpc(VpcId=vpc)
    assert aws.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [vpc]}])["Tags"] == []


def test_a_dry_run_changes_nothing(aws, refusal):
    before = len(aws.ec2.describe_vpcs()["Vpcs"])
    assert refusal(aws.ec2.create_vpc, CidrBlock="10.9.0.0/16", DryRun=True).startswith("DryRunOperation")
    assert len(aws.ec2.describe_vpcs()["Vpcs"]) == before


def test_the_default_vpc_exists(aws):
    vpcs = aws.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert [vpc["CidrBlock"] for vpc in vpcs] == ["172.31.0.0/16"]


def test_a_subnet_created_by_zone_id_is_not_a_default_subnet(aws, refusal):
    vpc, _subnets = aws.network("a")
    zone = aws.ec2.describe_availability_zones()["AvailabilityZones"][0]
    subnet = aws.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.9.0/24", AvailabilityZoneId=zone["ZoneId"])["Subnet"]
    found = aws.ec2.describe_subnets(SubnetIds=[subnet["SubnetId"]])["Subnets"][0]
    assert (found["AvailabilityZone"], found["MapPublicIpOnLaunch"], found["DefaultForAz"]) == (zone["ZoneName"], False, False)
    assert found["AvailableIpAddressCount"] == 251
    bad = refusal(aws.ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.8.0/24", AvailabilityZoneId="nowhere-az1")
    assert "InvalidParameterValue" in bad


def test_a_subnet_has_one_route_table(aws, network, refusal):
    first, second = (aws.ec2.create_route_table(VpcId=network["vpc"])["RouteTable"]["RouteTableId"] for _ in range(2))
    association = aws.ec2.associate_route_table(RouteTableId=first, SubnetId=network["subnet"])["AssociationId"]
    again = refusal(aws.ec2.associate_route_table, RouteTableId=second, SubnetId=network["subnet"])
    assert again.startswith("Resource.AlreadyAssociated")
    assert "DependencyViolation" in refusal(aws.ec2.delete_route_table, RouteTableId=first)
    moved = aws.ec2.replace_route_table_association(AssociationId=association, RouteTableId=second)["NewAssociationId"]
    aws.ec2.disassociate_route_table(AssociationId=moved)
    aws.ec2.delete_route_table(RouteTableId=first)


def test_routes_require_an_existing_target(aws, network, refusal):
    table = aws.ec2.create_route_table(VpcId=network["vpc"])["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
    assert "InvalidNatGatewayID.NotFound" in refusal(aws.ec2.create_route, **route, NatGatewayId="nat-0123456789abcdef0")
    aws.ec2.create_route(**route, GatewayId=network["gateway"])
    assert "RouteAlreadyExists" in refusal(aws.ec2.create_route, **route, GatewayId=network["gateway"])
    other_vpc, _subnets = aws.network("a")
    other = aws.ec2.create_route_table(VpcId=other_vpc)["RouteTable"]["RouteTableId"]
    wrong = refusal(aws.ec2.create_route, RouteTableId=other, DestinationCidrBlock="0.0.0.0/0", GatewayId=network["gateway"])
    assert "belong to different networks" in wrong


def test_a_vpc_with_dependencies_is_not_deleted(aws, network, refusal):
    group = aws.ec2.create_security_group(VpcId=network["vpc"], GroupName="own", Description="own")["GroupId"]
    aws.ec2.delete_subnet(SubnetId=network["subnet"])
    assert "DependencyViolation" in refusal(aws.ec2.delete_vpc, VpcId=network["vpc"])
    aws.ec2.detach_internet_gateway(InternetGatewayId=network["gateway"], VpcId=network["vpc"])
    aws.ec2.delete_internet_gateway(InternetGatewayId=network["gateway"])
    assert "DependencyViolation" in refusal(aws.ec2.delete_vpc, VpcId=network["vpc"])
    aws.ec2.delete_security_group(GroupId=group)
    aws.ec2.delete_vpc(VpcId=network["vpc"])


def test_security_groups_in_use_are_not_deleted(aws, network, refusal):
    used, user = (
        aws.ec2.create_security_group(VpcId=network["vpc"], GroupName=name, Description=name)["GroupId"] for name in ("used", "user")
    )
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": used}]}
    aws.ec2.authorize_security_group_ingress(GroupId=user, IpPermissions=[rule])
    assert "DependencyViolation" in refusal(aws.ec2.delete_security_group, GroupId=used)
    interface = aws.ec2.create_network_interface(SubnetId=network["subnet"], Groups=[user])["NetworkInterface"]
    assert "DependencyViolation" in refusal(aws.ec2.delete_security_group, GroupId=user)
    aws.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    aws.ec2.delete_security_group(GroupId=user)
    aws.ec2.delete_security_group(GroupId=used)
    default = aws.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [network["vpc"]]}])["SecurityGroups"][0]["GroupId"]
    assert "CannotDelete" in refusal(aws.ec2.delete_security_group, GroupId=default)


def test_gateway_endpoints_create_and_delete_routes(aws, network, refusal):
    first, second = (aws.ec2.create_route_table(VpcId=network["vpc"])["RouteTable"]["RouteTableId"] for _ in range(2))
    service = {"VpcId": network["vpc"], "ServiceName": "com.amazonaws.eu-west-1.s3", "RouteTableIds": [first]}
    endpoint = aws.ec2.create_vpc_endpoint(**service, TagSpecifications=tags_of("vpc-endpoint", a="b"))["VpcEndpoint"]
    identifier = endpoint["VpcEndpointId"]
    assert "RouteAlreadyExists" in refusal(aws.ec2.create_vpc_endpoint, **service)

    def routed(table):
        found = aws.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return identifier in [route.get("GatewayId") for route in found]

    assert routed(first)
    aws.ec2.modify_vpc_endpoint(VpcEndpointId=identifier, AddRouteTableIds=[second], RemoveRouteTableIds=[first])
    assert (routed(first), routed(second)) == (False, True)
    assert aws.ec2.describe_vpc_endpoints(VpcEndpointIds=[identifier])["VpcEndpoints"][0]["RouteTableIds"] == [second]
    assert aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[identifier])["Unsuccessful"] == []
    assert not routed(second)
    assert "InvalidVpcEndpointId.NotFound" in refusal(aws.ec2.describe_vpc_endpoints, VpcEndpointIds=[identifier])
    again = aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[identifier])["Unsuccessful"]
    assert again[0]["Error"]["Code"] == "InvalidVpcEndpoint.NotFound"


def test_interface_endpoints_take_time_and_hold_their_subnets(aws, network, refusal):
    service = {"VpcId": network["vpc"], "ServiceName": "com.amazonaws.eu-west-1.sts", "VpcEndpointType": "Interface"}
    service["SubnetIds"] = [network["subnet"]]
    assert "enableDnsHostnames" in refusal(aws.ec2.create_vpc_endpoint, **service)
    aws.ec2.modify_vpc_attribute(VpcId=network["vpc"], EnableDnsHostnames={"Value": True})
    group = aws.ec2.create_security_group(VpcId=network["vpc"], GroupName="endpoint", Description="endpoint")["GroupId"]
    identifier = aws.ec2.create_vpc_endpoint(**service, SecurityGroupIds=[group])["VpcEndpoint"]["VpcEndpointId"]

    def found():
        return aws.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [network["vpc"]]}])["VpcEndpoints"]

    assert found()[0]["State"] == "pending"
    aws.until(lambda: found()[0]["State"] == "available")
    assert found()[0]["Groups"][0]["GroupId"] == group
    assert len(found()[0]["NetworkInterfaceIds"]) == 1
    assert "DependencyViolation" in refusal(aws.ec2.delete_subnet, SubnetId=network["subnet"])
    aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[identifier])
    assert found()[0]["State"] == "deleting"
    aws.until(lambda: not found())
    aws.ec2.delete_subnet(SubnetId=network["subnet"])


def flow_logs(aws, network, role):
    group = f"/aws/vpc/{network['vpc']}"
    return {
        "ResourceIds": [network["vpc"]],
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs",
        "LogGroupName": group,
        "DeliverLogsPermissionArn": role,
    }


def test_flow_logs_need_a_role_that_they_can_assume(aws, network, refusal):
    for role in (aws.role("ec2.amazonaws.com"), "arn:aws:iam::123456789012:role/none"):
        assert "Unable to assume given IAM role" in refusal(aws.ec2.create_flow_logs, **flow_logs(aws, network, role))
    request = {**flow_logs(aws, network, aws.role("vpc-flow-logs.amazonaws.com")), "ClientToken": "flow"}
    made = aws.ec2.create_flow_logs(**request)
    again = aws.ec2.create_flow_logs(**request)
    assert made["FlowLogIds"] == again["FlowLogIds"]
    identifiers = [*made["FlowLogIds"], "fl-0123456789abcdef0"]
    assert [each["ResourceId"] for each in aws.ec2.delete_flow_logs(FlowLogIds=identifiers)["Unsuccessful"]] == identifiers[1:]


@pytest.mark.parametrize("by_arn", [False, True])
def test_flow_logs_recreate_their_log_group_if_allowed(aws, network, by_arn):
    logs = aws.client("logs")
    role = aws.role("vpc-flow-logs.amazonaws.com")
    request = flow_logs(aws, network, role)
    group = request["LogGroupName"]
    logs.create_log_group(logGroupName=group)
    if by_arn:
        del request["LogGroupName"]
        request["LogDestination"] = f"arn:aws:logs:eu-west-1:123456789012:log-group:{group}"
    (made,) = aws.ec2.create_flow_logs(**request)["FlowLogIds"]
    assert aws.ec2.describe_flow_logs(FlowLogIds=[made])["FlowLogs"][0]["DeliverLogsStatus"] == "SUCCESS"

    def there():
        return bool(logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"])

    logs.delete_log_group(logGroupName=group)
    aws.pass_time()
    assert not there()
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:*"], "Resource": "*"}]}
    aws.iam.put_role_policy(RoleName=role.rsplit("/", 1)[-1], PolicyName="all", PolicyDocument=json.dumps(allow))
    logs.create_log_group(logGroupName=group)
    logs.delete_log_group(logGroupName=group)
    aws.pass_time()
    assert there()


def test_launch_template_versions_keep_their_numbers(aws, refusal):
    name = aws.name("numbers")
    tags = tags_of("launch-template", own="1")
    data = {"TagSpecifications": tags_of("instance", node="1")}
    aws.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data, TagSpecifications=tags)

    def version(number):
        found = aws.ec2.describe_launch_template_versions(LaunchTemplateName=name, Versions=[number])["LaunchTemplateVersions"]
        return found[0]["LaunchTemplateData"]

    assert [each["ResourceType"] for each in version("1")["TagSpecifications"]] == ["instance"]
    for size in (1, 2):
        change = {"MetadataOptions": {"HttpPutResponseHopLimit": size}}
        aws.ec2.create_launch_template_version(LaunchTemplateName=name, LaunchTemplateData=change, SourceVersion="1")
    assert "TagSpecifications" in version("3")
    deleted = aws.ec2.delete_launch_template_versions(LaunchTemplateName=name, Versions=["1", "3", "7"])
    assert [each["VersionNumber"] for each in deleted["SuccessfullyDeletedLaunchTemplateVersions"]] == [3]
    assert len(deleted["UnsuccessfullyDeletedLaunchTemplateVersions"]) == 2
    made = aws.ec2.create_launch_template_version(LaunchTemplateName=name, LaunchTemplateData={"EbsOptimized": True})
    assert made["LaunchTemplateVersion"]["VersionNumber"] == 4
    assert version("$Latest") == {"EbsOptimized": True}
    aws.ec2.modify_launch_template(LaunchTemplateName=name, DefaultVersion="4")
    assert aws.ec2.describe_launch_templates(LaunchTemplateNames=[name])["LaunchTemplates"][0]["DefaultVersionNumber"] == 4
    aws.ec2.delete_launch_template(LaunchTemplateName=name)
    gone = refusal(aws.ec2.delete_launch_template, LaunchTemplateName=name)
    assert gone.startswith("InvalidLaunchTemplateName.NotFoundException")


def test_the_tags_of_a_launch_template_change(aws):
    name = aws.name("tags")
    data = {"EbsOptimized": True}
    identifier = aws.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)["LaunchTemplate"]["LaunchTemplateId"]
    aws.ec2.create_tags(Resources=[identifier], Tags=[{"Key": "a", "Value": "b"}])
    found = aws.ec2.describe_launch_templates(LaunchTemplateNames=[name])["LaunchTemplates"][0]
    assert found["Tags"] == [{"Key": "a", "Value": "b"}]


def test_snapshots_complete_by_the_clock_and_keys_must_be_usable(aws, refusal):
    volume = aws.ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1)["VolumeId"]
    snapshot = aws.ec2.create_snapshot(VolumeId=volume, TagSpecifications=tags_of("snapshot", a="b"))["SnapshotId"]

    def status():
        return aws.ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"]

    assert status() == "pending"
    aws.until(lambda: status() == "completed")
    key = aws.kms.create_key()["KeyMetadata"]["Arn"]
    encrypted = {"AvailabilityZone": "eu-west-1a", "Size": 1, "Encrypted": True, "KmsKeyId": key}
    assert aws.ec2.create_volume(**encrypted)["KmsKeyId"] == key
    aws.kms.schedule_key_deletion(KeyId=key)
    assert "InvalidParameterValue" in refusal(aws.ec2.create_volume, **encrypted)
