"""The module vpc_network through Ansible, asked of EC2."""

from __future__ import annotations

import json

import pytest

from tests.support.standin import TIMES
from tests.support.steps import fits


@pytest.fixture
def ec2(standin):
    return standin.client("ec2")


@pytest.fixture
def options(unique, standin):
    name = unique("network")
    tags = {"opta:environment": name, "opta:role": "network", "opta:name": name}
    return {
        "name": name,
        "cidr_block": "10.0.0.0/16",
        "zone_count": 2,
        "nat_mode": "single",
        "gateway_endpoints": ["s3"],
        "tags": tags,
    }


@pytest.fixture
def flow_logs(standin, unique):
    name = unique("flow-logs")
    standin.client("logs").create_log_group(logGroupName=f"/{name}")
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}}],
    }
    role = standin.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    group = standin.client("logs").describe_log_groups(logGroupNamePrefix=f"/{name}")["logGroups"][0]
    return {"log_group_arn": group["arn"], "role_arn": role["Arn"]}


def plan_and_do(standin, run, **options):
    """Plan, do, plan again, do again: the plan fits what is done, and the second time nothing is left to do."""
    mark = standin.mark()
    planned = run("vpc_network", check_mode=True, **options)
    assert standin.mutating(mark) == []
    done = run("vpc_network", **options)
    assert planned["actions"] == done["actions"]
    assert fits(planned["diff"], done["diff"]), (planned["diff"], done["diff"])
    assert fits(planned["network"], done["network"]), (planned["network"], done["network"])
    mark = standin.mark()
    for check_mode in (True, False):
        again = run("vpc_network", check_mode=check_mode, **options)
        assert (again["changed"], again["actions"]) == (False, [])
    assert standin.mutating(mark) == []
    return done


def vpcs(ec2, name):
    return ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}])["Vpcs"]


def default_routes(ec2, network):
    tables = ec2.describe_route_tables(RouteTableIds=network["private_route_table_ids"])["RouteTables"]
    by_id = {table["RouteTableId"]: table for table in tables}
    found = []
    for table_id in network["private_route_table_ids"]:
        routes = [route for route in by_id[table_id]["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
        found += [route["NatGatewayId"] for route in routes]
    return found


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, ec2, options, flow_logs):
    default = [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if vpc["IsDefault"]]
    options = {**options, "flow_logs": flow_logs}
    made = plan_and_do(standin, run_module, **options)["network"]
    assert [vpc["VpcId"] for vpc in vpcs(ec2, options["name"])] == [made["vpc_id"]]
    assert default_routes(ec2, made) == made["nat_gateway_ids"] * 2
    addresses = ec2.describe_addresses(PublicIps=made["nat_public_ips"])["Addresses"]
    assert len(addresses) == 1
    subnets = ec2.describe_subnets(SubnetIds=[*made["public_subnet_ids"], *made["private_subnet_ids"]])["Subnets"]
    assert {subnet["VpcId"] for subnet in subnets} == {made["vpc_id"]}
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)
    assert [log["FlowLogId"] for log in ec2.describe_flow_logs()["FlowLogs"] if log["ResourceId"] == made["vpc_id"]] == [
        made["flow_log_id"]
    ]

    per_zone = plan_and_do(standin, run_module, **{**options, "nat_mode": "per_zone", "flow_logs": {}})["network"]
    assert default_routes(ec2, per_zone) == per_zone["nat_gateway_ids"]
    assert len(set(per_zone["nat_gateway_ids"])) == 2
    assert per_zone["private_subnet_ids"] == made["private_subnet_ids"]
    assert not [log for log in ec2.describe_flow_logs()["FlowLogs"] if log["ResourceId"] == made["vpc_id"]]

    gone = plan_and_do(standin, run_module, name=options["name"], tags=options["tags"], state="absent")
    assert gone["network"] is None
    assert vpcs(ec2, options["name"]) == []
    tagged = {"Name": "tag:opta:environment", "Values": [options["name"]]}
    assert ec2.describe_addresses(Filters=[tagged])["Addresses"] == []
    assert ec2.describe_internet_gateways(Filters=[tagged])["InternetGateways"] == []
    assert [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if vpc["IsDefault"]] == default


@pytest.mark.parametrize(("region", "asked", "zones"), [("us-west-1", None, 2), ("us-east-1", 4, 4), ("us-east-1", 5, 5)])
def test_networks_with_two_four_and_five_zones_are_created(standin, run_module, options, region, asked, zones):
    ec2 = standin.client("ec2", region)
    given = {**options, "region": region, "zone_count": asked, "nat_mode": "per_zone"}
    made = plan_and_do(standin, run_module, **given)["network"]
    assert [len(made[key]) for key in ("zone_ids", "public_subnet_ids", "private_subnet_ids", "nat_gateway_ids")] == [zones] * 4
    subnets = ec2.describe_subnets(SubnetIds=[*made["public_subnet_ids"], *made["private_subnet_ids"]])["Subnets"]
    assert sorted(subnet["AvailabilityZoneId"] for subnet in subnets) == sorted(made["zone_ids"] * 2)
    assert default_routes(ec2, made) == made["nat_gateway_ids"]
    gone = plan_and_do(standin, run_module, name=given["name"], tags=given["tags"], region=region, state="absent")
    assert (gone["network"], vpcs(ec2, given["name"])) == (None, [])


def test_a_role_that_is_not_yet_visible_to_ec2_is_waited_for(standin, run_module, ec2, options, flow_logs):
    hidden = {"code": "InvalidParameter", "message": "Unable to assume given IAM role"}
    standin.fault("CreateFlowLogs", kind="error", count=2, **hidden)
    made = run_module("vpc_network", **{**options, "nat_mode": "none", "zone_count": 1}, flow_logs=flow_logs)["network"]
    logs = [log for log in ec2.describe_flow_logs()["FlowLogs"] if log["ResourceId"] == made["vpc_id"]]
    assert [log["DeliverLogsPermissionArn"] for log in logs] == [flow_logs["role_arn"]]


def test_absent_deletes_leftovers_of_eks_and_reports_foreign_resources(standin, run_module, ec2, options):
    small = {**options, "nat_mode": "none", "zone_count": 1, "gateway_endpoints": []}
    made = run_module("vpc_network", **small)["network"]
    subnet_id = made["private_subnet_ids"][0]
    cluster_tag = f"kubernetes.io/cluster/{small['name']}"
    tags = [{"ResourceType": "security-group", "Tags": [{"Key": cluster_tag, "Value": "owned"}]}]
    for name in ("one", "two"):
        ec2.create_security_group(GroupName=name, Description="left", VpcId=made["vpc_id"], TagSpecifications=tags)
    groups = ec2.describe_security_groups(Filters=[{"Name": "tag-key", "Values": [cluster_tag]}])["SecurityGroups"]
    for group, other in (groups, groups[::-1]):
        pair = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": other["GroupId"]}]}]
        ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=pair)
    ec2.create_network_interface(SubnetId=subnet_id, Description=f"Amazon EKS {small['name']}")
    strange = ec2.create_network_interface(SubnetId=subnet_id, Description="a database")["NetworkInterface"]["NetworkInterfaceId"]

    mark = standin.mark()
    for check_mode in (True, False):
        refused = run_module(
            "vpc_network", check_mode=check_mode, expect_failure=True, name=small["name"], tags=small["tags"], state="absent"
        )
        assert f"{strange} (a database)" in refused["msg"]
    assert standin.mutating(mark) == []
    ec2.delete_network_interface(NetworkInterfaceId=strange)
    done = plan_and_do(standin, run_module, name=small["name"], tags=small["tags"], state="absent")
    removed = [action["resource"] for action in done["actions"]]
    assert {"security group one", "security group two"} <= set(removed)
    assert vpcs(ec2, small["name"]) == []


def test_absent_without_waiting_starts_the_deletion_of_nat_gateways_only(standin, run_module, ec2, options):
    made = run_module("vpc_network", **options)["network"]
    given = {"name": options["name"], "tags": options["tags"], "state": "absent"}
    strange = ec2.create_network_interface(SubnetId=made["private_subnet_ids"][0], Description="a machine of somebody")
    interface_id = strange["NetworkInterface"]["NetworkInterfaceId"]
    mark = standin.mark()
    assert interface_id in run_module("vpc_network", expect_failure=True, wait=False, **given)["msg"]
    assert standin.mutating(mark) == []
    ec2.delete_network_interface(NetworkInterfaceId=interface_id)

    standin.set_times(ec2_natgateway=5.0)
    begun = run_module("vpc_network", wait=False, **given)
    assert [(action["action"], action["resource"].split()[:2]) for action in begun["actions"]] == [("delete", ["NAT", "gateway"])]
    (gateway,) = ec2.describe_nat_gateways(NatGatewayIds=made["nat_gateway_ids"])["NatGateways"]
    assert gateway["State"] == "deleting"
    assert [vpc["VpcId"] for vpc in vpcs(ec2, options["name"])] == [made["vpc_id"]]
    again = run_module("vpc_network", wait=False, **given)
    assert (again["changed"], again["actions"]) == (False, [])
    standin.set_times(ec2_natgateway=TIMES["ec2:natgateway"])

    plan_and_do(standin, run_module, **given)
    assert vpcs(ec2, options["name"]) == []
    assert run_module("vpc_network", wait=False, **given)["changed"] is False


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cidr_block": "10.0.0.0/30"}, "cidr_block is '10.0.0.0/30': its prefix length must be between /16 and /28"),
        ({"cidr_block": "10.0.0.0/26"}, "cidr_block 10.0.0.0/26 is too small for 2 zones"),
        ({"public_subnet_cidr_blocks": ["10.0.0.0/24", "10.0.0.0/25"]}, "10.0.0.0/24 and 10.0.0.0/25 overlap"),
        ({"zone_count": 9}, "zone_count is 9: it must lie between 1 and 6"),
    ],
)
def test_invalid_input_is_refused_before_the_first_call(standin, run_module, options, change, sentence):
    mark = standin.mark()
    assert sentence in run_module("vpc_network", expect_failure=True, **{**options, **change})["msg"]
    assert standin.requests(mark) == []


def test_more_zones_than_the_region_has_are_refused(standin, run_module, options):
    zones = len(standin.client("ec2").describe_availability_zones()["AvailabilityZones"])
    mark = standin.mark()
    refused = run_module("vpc_network", expect_failure=True, **{**options, "zone_count": zones + 1})
    assert f"has only {zones} Availability Zones that EKS supports: set it to {zones} or less" in refused["msg"]
    assert standin.mutating(mark) == []


def test_the_network_of_another_environment_is_refused_and_not_changed(standin, run_module, options):
    small = {**options, "nat_mode": "none", "zone_count": 1, "gateway_endpoints": []}
    run_module("vpc_network", **small)
    mark = standin.mark()
    others = {**small, "tags": {**options["tags"], "opta:environment": "another"}}
    assert f"it belongs to the environment {options['name']}" in run_module("vpc_network", expect_failure=True, **others)["msg"]
    left = run_module("vpc_network", **others, state="absent")
    assert (left["changed"], left["actions"]) == (False, [])
    assert f"is left alone: it belongs to the environment {options['name']}" in str(left["warnings"][0])
    assert standin.mutating(mark) == []
