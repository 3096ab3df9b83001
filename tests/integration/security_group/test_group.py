"""The security group of a store in moto."""

from __future__ import annotations

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _visibility, _wait
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY, ensure_absent, ensure_present
from ansible_collections.opta.platform.plugins.module_utils._security_group.group import StoreSecurityGroup
from moto import mock_aws

NAME = "opta-staging-cache-main"
TAGS = {"opta:environment": "staging", "opta:role": "elasticache", "opta:name": NAME}
BLOCKS = ["10.0.0.0/16"]


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


class Cloud:
    """EC2 with a VPC, which notes the calls and can be made to die."""

    def __init__(self):
        self.ec2 = boto3.client("ec2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        self.vpc_id = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.changing, self.dies_after = [], None
        self.ec2.meta.events.register("after-call", self._after)

    def _after(self, model, **_context):
        if not model.name.startswith("Describe"):
            self.changing.append(model.name)
            if self.dies_after is not None and len(self.changing) > self.dies_after:
                raise Killed(model.name)

    def bring(self, blocks=None, groups=None, check_mode=False, tags=None, vpc_id=None, adopt=False):
        group = StoreSecurityGroup(self.ec2, NAME, port=6379, vpc_id=vpc_id or self.vpc_id, tags=tags or TAGS)
        return ensure_present(group, group.wanted(blocks, groups, tags or TAGS), check_mode=check_mode, adopt=adopt)

    def remove(self, check_mode=False, tags=None):
        group = StoreSecurityGroup(self.ec2, NAME, port=6379, vpc_id=None, tags=tags or TAGS)
        return ensure_absent(group, check_mode=check_mode, tags=tags or TAGS)

    def found(self):
        filters = [{"Name": "group-name", "Values": [NAME]}, {"Name": "vpc-id", "Values": [self.vpc_id]}]
        return self.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]

    def rules(self):
        (group,) = self.found()
        single = []
        for rule in group["IpPermissions"]:
            sources = [r["CidrIp"] for r in rule["IpRanges"]] + [p["GroupId"] for p in rule["UserIdGroupPairs"]]
            single += [(rule["IpProtocol"], rule["FromPort"], rule["ToPort"], source) for source in sources]
        return sorted(single), group["IpPermissionsEgress"]


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.setattr(_visibility, "LONGEST_DELAY_SECONDS", 0.0)
    monkeypatch.setattr(_wait, "FIRST_DELAY_SECONDS", 0.01)
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Cloud()


def client_group(cloud, name="clients"):
    return cloud.ec2.create_security_group(GroupName=name, Description="clients", VpcId=cloud.vpc_id)["GroupId"]


def test_x1_only_the_port_from_those_who_are_named(cloud):
    clients = client_group(cloud)
    planned = cloud.bring(BLOCKS, [clients], check_mode=True)
    assert (planned.action, planned.resource["group_id"]) == ("create", KNOWN_AFTER_APPLY)
    assert cloud.found() == []
    done = cloud.bring(BLOCKS, [clients])
    assert done.as_action() == planned.as_action()
    assert done.resource["group_id"] == cloud.found()[0]["GroupId"]
    assert cloud.rules() == ([("tcp", 6379, 6379, "10.0.0.0/16"), ("tcp", 6379, 6379, clients)], [])
    cloud.changing.clear()
    assert cloud.bring(BLOCKS, [clients]).action is None
    assert cloud.changing == []


def test_t13_tags_are_in_the_creating_call(cloud):
    cloud.bring(BLOCKS)
    assert "CreateTags" not in cloud.changing
    assert {tag["Key"]: tag["Value"] for tag in cloud.found()[0]["Tags"]} == TAGS


def test_rules_are_compared_and_purged(cloud):
    clients = client_group(cloud)
    group_id = cloud.bring([*BLOCKS, "10.1.0.0/16"], [clients]).resource["group_id"]
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    everything = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": clients}]}
    cloud.ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[ssh, everything])
    wanted = {"blocks": ["10.2.0.0/16", *BLOCKS], "groups": []}
    planned = cloud.bring(**wanted, check_mode=True)
    assert planned.attributes == ["allowed_cidr_blocks", "allowed_security_group_ids", "other_rules"]
    assert planned.before["other_rules"] == [f"all {clients}", "tcp 22-22 0.0.0.0/0"]
    assert cloud.bring(**wanted).as_action() == planned.as_action()
    assert cloud.rules() == ([("tcp", 6379, 6379, "10.0.0.0/16"), ("tcp", 6379, 6379, "10.2.0.0/16")], [])
    assert cloud.bring(**wanted).action is None


def test_what_is_not_given_is_left_alone(cloud):
    clients = client_group(cloud)
    cloud.bring(BLOCKS, [clients])
    assert cloud.bring().action is None
    assert cloud.bring(tags={**TAGS, "team": "blue"}).attributes == ["tags"]
    assert cloud.rules()[0] == [("tcp", 6379, 6379, "10.0.0.0/16"), ("tcp", 6379, 6379, clients)]


def test_of_another_environment_is_refused(cloud):
    cloud.bring(BLOCKS)
    others = {**TAGS, "opta:environment": "production"}
    with pytest.raises(Refused, match="belongs to the environment staging"):
        cloud.bring(BLOCKS, tags=others)
    assert cloud.remove(tags=others).action is None
    assert len(cloud.found()) == 1


def test_without_a_vpc_the_plan_asks_nothing(cloud):
    assert cloud.bring(BLOCKS, check_mode=True, vpc_id=KNOWN_AFTER_APPLY).action == "create"


def test_absent(cloud):
    cloud.bring(BLOCKS)
    assert cloud.remove(check_mode=True).action == "delete"
    assert len(cloud.found()) == 1
    assert cloud.remove().action == "delete"
    assert cloud.found() == []
    assert cloud.remove().action is None


def test_w5_killed_after_any_call_is_finished(cloud):
    clients = client_group(cloud)
    for number in range(4):
        cloud.changing.clear()
        cloud.dies_after = number
        try:
            cloud.bring(BLOCKS, [clients])
        except Killed:
            assert number < 3
        cloud.dies_after = None
        cloud.bring(BLOCKS, [clients])
        assert cloud.rules() == ([("tcp", 6379, 6379, "10.0.0.0/16"), ("tcp", 6379, 6379, clients)], [])
        assert {tag["Key"]: tag["Value"] for tag in cloud.found()[0]["Tags"]} == TAGS
        cloud.remove()
