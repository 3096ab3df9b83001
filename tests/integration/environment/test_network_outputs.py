"""What is read of a network is judged by what stands, whatever inputs it was made with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _names
from ansible_collections.opta.platform.plugins.module_utils._environment.outputs import Environment
from ansible_collections.opta.platform.plugins.module_utils._vpc.network import Network, NetworkOptions
from ansible_collections.opta.platform.plugins.module_utils._vpc.snapshot import Snapshot
from moto import mock_aws

from tests.support.identities import ACCOUNT, identity_of

NAME = "opta-test"
BLOCK = "10.0.0.0/16"
FLOW_LOGS = {
    "log_group_arn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/opta/test/flow-logs",
    "role_arn": f"arn:aws:iam::{ACCOUNT}:role/flow-logs",
    "traffic_type": "ALL",
    "max_aggregation_interval": 600,
}


class Account:
    """A region of an account, with clients as a module has them."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.tags = identity_of("test", region=region).tags("network", NAME)
        self.clients: dict[str, Any] = {}
        self.client("iam").create_role(RoleName="flow-logs", AssumeRolePolicyDocument="{}")
        tags = [{"TagKey": key, "TagValue": value} for key, value in self.tags.items()]
        key = self.client("kms").create_key(Tags=tags)["KeyMetadata"]["KeyId"]
        self.client("kms").create_alias(AliasName=f"alias/{NAME}", TargetKeyId=key)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = boto3.client(service, region_name=self.region, aws_access_key_id="x", aws_secret_access_key="x")
        return self.clients[service]

    def reconcile(self, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        desired = NetworkOptions(name=NAME, region=self.region, **{"tags": self.tags, "cidr_block": BLOCK, "nat_mode": "none", **options})
        desired.check()
        outcomes = Network(Snapshot(self.client("ec2"), NAME, self.tags), desired, check_mode).reconcile()
        return {"actions": [outcome.as_action() for outcome in outcomes if outcome.action], **(outcomes[0].resource or {})}

    def read(self) -> tuple[dict[str, Any] | None, list[str]]:
        """The outputs of the role network, and what is told of what is not read."""
        environment = Environment(self.client, identity_of("test", region=self.region), {})
        return environment.outputs().get("network"), [*environment.warnings(), *environment.notes]


@pytest.fixture
def region(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Account(getattr(request, "param", "eu-west-1"))


@pytest.mark.parametrize(
    ("region", "count"),
    [("eu-west-1", 1), ("eu-west-1", 2), ("eu-west-1", 3), ("us-west-1", 2), ("us-east-1", 4), ("us-east-1", 5)],
    indirect=["region"],
)
def test_network_outputs_have_the_existing_number_of_zones(region: Account, count: int) -> None:
    made = region.reconcile(zone_count=count)
    ec2 = region.client("ec2")
    ec2.create_network_interface(SubnetId=made["private_subnet_ids"][-1], Description="of a node")
    outputs, notes = region.read()
    assert notes == []
    assert outputs is not None
    assert outputs["zone_ids"] == made["zone_ids"]
    assert len(outputs["private_subnet_ids"]) == count
    assert region.reconcile()["actions"] == [], "without a number the zones stay"


@pytest.mark.parametrize(("region", "count"), [("us-west-1", 2), ("eu-west-1", 3), ("us-east-1", 3)], indirect=["region"])
def test_a_new_network_has_three_zones_or_as_many_as_the_region_has(region: Account, count: int) -> None:
    assert len(region.reconcile(check_mode=True)["zone_ids"]) == count


def test_a_run_interrupted_between_two_subnets_is_completed_in_all_zones(region: Account) -> None:
    region.reconcile(zone_count=2)
    ec2 = region.client("ec2")
    for table in ec2.describe_route_tables(Filters=[{"Name": "tag:opta:environment", "Values": ["test"]}])["RouteTables"]:
        for association in table["Associations"]:
            ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
        ec2.delete_route_table(RouteTableId=table["RouteTableId"])
    (gateway,) = ec2.describe_internet_gateways(Filters=[{"Name": "tag:opta:environment", "Values": ["test"]}])["InternetGateways"]
    ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=gateway["Attachments"][0]["VpcId"])
    ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])
    assert region.read()[0] is None
    assert len(region.reconcile()["zone_ids"]) == 3


@pytest.mark.parametrize(
    "options",
    [
        {"nat_mode": "single"},
        {"nat_mode": "per_zone"},
        {"public_subnet_cidr_blocks": ["10.0.1.0/24", "10.0.2.0/24"], "private_subnet_cidr_blocks": ["10.0.128.0/18", "10.0.192.0/18"]},
        {"public_subnet_tags": {"a": "b"}, "private_subnet_tags": {"c": "d"}},
        {"gateway_endpoints": ["s3"]},
        {"interface_endpoints": ["sts", "ecr.api"]},
        {"flow_logs": FLOW_LOGS},
        {"tags": {**identity_of("test").tags("network", NAME), "cost-centre": "42"}},
    ],
    ids=lambda options: next(iter(options)),
)
def test_network_outputs_are_read_for_all_options(region: Account, options: dict[str, Any]) -> None:
    made = region.reconcile(**options)
    outputs, notes = region.read()
    assert notes == []
    assert outputs is not None
    assert (outputs["vpc_id"], outputs["nat_public_ips"]) == (made["vpc_id"], made["nat_public_ips"])


def test_a_foreign_vpc_with_the_name_is_reported_and_not_read(region: Account) -> None:
    ec2 = region.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=BLOCK)["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": _names.resource_name("opta", "test")}])
    outputs, (note,) = region.read()
    assert outputs is None
    assert note == "VPC opta-test does not belong to the environment and is not changed: it was not created by this collection."


def test_a_manually_changed_network_is_read_unless_a_subnet_has_no_egress(region: Account) -> None:
    made = region.reconcile(nat_mode="single", gateway_endpoints=["s3"])
    ec2 = region.client("ec2")
    open_to_all = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=made["default_security_group_id"], IpPermissions=open_to_all)
    ec2.modify_vpc_attribute(VpcId=made["vpc_id"], EnableDnsHostnames={"Value": False})
    ec2.modify_subnet_attribute(SubnetId=made["public_subnet_ids"][0], MapPublicIpOnLaunch={"Value": True})
    ec2.delete_tags(Resources=made["private_subnet_ids"][:1], Tags=[{"Key": "kubernetes.io/role/internal-elb"}])
    planned = region.reconcile(check_mode=True, nat_mode="single", gateway_endpoints=["s3"])
    assert {action["action"] for action in planned["actions"]} == {"update"}
    outputs, _notes = region.read()
    assert outputs is not None
    names = ("vpc_id", "zone_ids", "public_subnet_ids", "private_subnet_ids", "nat_public_ips")
    assert {name: outputs[name] for name in names} == {name: planned[name] for name in names} == {name: made[name] for name in names}
    ec2.delete_route(RouteTableId=made["private_route_table_ids"][0], DestinationCidrBlock="0.0.0.0/0")
    assert region.read()[0] is None


def test_vpc_cidr_blocks_are_known_before_the_cluster_exists(region: Account) -> None:
    made = region.reconcile(zone_count=2)
    region.client("ec2").associate_vpc_cidr_block(VpcId=made["vpc_id"], CidrBlock="10.20.0.0/16")
    other = region.client("ec2").create_vpc(CidrBlock="192.168.0.0/16")["Vpc"]["VpcId"]
    identity = identity_of("test", region=region.region)
    assert Environment(region.client, identity, {}).vpc_cidr_blocks() == [BLOCK, "10.20.0.0/16"]
    assert Environment(region.client, identity, {"vpc_id": other}).vpc_cidr_blocks() == ["192.168.0.0/16"]
