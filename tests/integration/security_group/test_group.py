"""The security group of a store in the stand-in's AWS."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency, _wait
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY
from ansible_collections.opta.platform.plugins.module_utils._security_group.group import StoreSecurityGroup

from tests.unit.standin.conftest import TIMES, emulated

NAME = "opta-staging-cache-main"
TAGS = {"opta:environment": "staging", "opta:role": "elasticache", "opta:name": NAME}
RULE_TAGS = {**TAGS, "opta:managed-by": "opta.platform"}
BLOCKS = ["10.0.0.0/16"]


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


class Cloud:
    """EC2 with a VPC, which notes the calls and can be made to die."""

    def __init__(self, aws):
        self.ec2 = aws.ec2
        self.vpc_id = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.changing, self.dies_after = [], None
        self.ec2.meta.events.register("after-call", self._after)

    def _after(self, model, **_context):
        if not model.name.startswith("Describe"):
            self.changing.append(model.name)
            if self.dies_after is not None and len(self.changing) > self.dies_after:
                raise Killed(model.name)

    def reconcile(self, blocks=None, groups=None, check_mode=False, tags=None, vpc_id=None, adopt=False, purge_rules=False, port=6379):
        group = StoreSecurityGroup(self.ec2, NAME, port=port, vpc_id=vpc_id or self.vpc_id, tags=tags or TAGS, purge_rules=purge_rules)
        return ensure_present(group, group.desired(blocks, groups, tags or TAGS), check_mode=check_mode, adopt=adopt)

    def remove(self, check_mode=False, tags=None):
        group = StoreSecurityGroup(self.ec2, NAME, port=6379, vpc_id=None, tags=tags or TAGS)
        return ensure_absent(group, check_mode=check_mode, tags=tags or TAGS)

    def found(self):
        filters = [{"Name": "group-name", "Values": [NAME]}, {"Name": "vpc-id", "Values": [self.vpc_id]}]
        return self.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]

    def all_rules(self, egress=False):
        filters = [{"Name": "group-id", "Values": [self.found()[0]["GroupId"]]}]
        found = self.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
        return [rule for rule in found if rule["IsEgress"] == egress]

    def rules(self):
        return sorted(
            (rule["IpProtocol"], rule["FromPort"], rule["ToPort"], rule.get("CidrIpv4") or rule["ReferencedGroupInfo"]["GroupId"])
            for rule in self.all_rules()
        )

    def permit(self, block, port=6379, **more):
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": block}]}
        self.ec2.authorize_security_group_ingress(GroupId=self.found()[0]["GroupId"], IpPermissions=[permission], **more)


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with emulated(tmp_path_factory.mktemp("standin"), TIMES) as running:
        yield running


@pytest.fixture
def cloud(aws, monkeypatch):
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0.0)
    monkeypatch.setattr(_wait, "FIRST_DELAY_SECONDS", 0.01)
    cloud = Cloud(aws)
    yield cloud
    cloud.ec2.meta.events.unregister("after-call", cloud._after)
    for group in cloud.found():
        cloud.ec2.delete_security_group(GroupId=group["GroupId"])


def client_group(cloud, name="clients"):
    return cloud.ec2.create_security_group(GroupName=name, Description="clients", VpcId=cloud.vpc_id)["GroupId"]


def test_only_configured_sources_reach_the_port(cloud):
    clients = client_group(cloud)
    planned = cloud.reconcile(BLOCKS, [clients], check_mode=True)
    assert (planned.action, planned.resource["group_id"]) == ("create", KNOWN_AFTER_APPLY)
    assert cloud.found() == []
    done = cloud.reconcile(BLOCKS, [clients])
    assert done.as_action() == planned.as_action()
    assert done.resource["group_id"] == cloud.found()[0]["GroupId"]
    assert cloud.rules() == [("tcp", 6379, 6379, "10.0.0.0/16"), ("tcp", 6379, 6379, clients)]
    assert cloud.all_rules(egress=True) == []
    cloud.changing.clear()
    assert cloud.reconcile(BLOCKS, [clients]).action is None
    assert cloud.changing == []


def test_group_and_rules_are_tagged_in_the_creating_calls(cloud):
    cloud.reconcile(BLOCKS)
    assert "CreateTags" not in cloud.changing
    assert {tag["Key"]: tag["Value"] for tag in cloud.found()[0]["Tags"]} == TAGS
    (rule,) = cloud.all_rules()
    assert {tag["Key"]: tag["Value"] for tag in rule["Tags"]} == RULE_TAGS


def test_own_rules_that_are_no_longer_listed_are_revoked(cloud):
    clients = client_group(cloud)
    cloud.reconcile([*BLOCKS, "10.1.0.0/16"], [clients])
    desired = {"blocks": ["10.2.0.0/16", *BLOCKS], "groups": []}
    planned = cloud.reconcile(**desired, check_mode=True)
    assert planned.attributes == ["allowed_cidr_blocks", "allowed_security_group_ids"]
    cloud.changing.clear()
    assert cloud.reconcile(**desired).as_action() == planned.as_action()
    assert cloud.changing == ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]
    assert cloud.rules() == [("tcp", 6379, 6379, "10.0.0.0/16"), ("tcp", 6379, 6379, "10.2.0.0/16")]
    assert cloud.reconcile(**desired).action is None


def test_own_rules_for_another_port_are_revoked(cloud):
    cloud.reconcile(BLOCKS)
    planned = cloud.reconcile(BLOCKS, port=6380, check_mode=True)
    assert planned.before["other_rules"] == ["tcp 6379-6379 10.0.0.0/16"]
    cloud.reconcile(BLOCKS, port=6380)
    assert cloud.rules() == [("tcp", 6380, 6380, "10.0.0.0/16")]


def test_foreign_rules_are_kept_and_reported(cloud):
    cloud.reconcile(BLOCKS)
    cloud.permit("192.0.2.0/24")
    cloud.permit("198.51.100.0/24", port=22)
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    cloud.ec2.authorize_security_group_egress(GroupId=cloud.found()[0]["GroupId"], IpPermissions=[everything])
    cloud.changing.clear()
    for check_mode in (True, False):
        reported = cloud.reconcile(BLOCKS, [], check_mode=check_mode)
        assert reported.action is None
        (note,) = reported.notes
        assert "in tcp 6379-6379 192.0.2.0/24 (sgr-" in note
        assert "in tcp 22-22 198.51.100.0/24 (sgr-" in note
        assert "out all 0.0.0.0/0 (sgr-" in note
        assert "purge_rules: true" in note
    assert cloud.changing == []
    purged = cloud.reconcile(BLOCKS, [], purge_rules=True)
    assert purged.attributes == ["other_rules", "egress_rules"]
    assert cloud.rules() == [("tcp", 6379, 6379, "10.0.0.0/16")]
    assert cloud.all_rules(egress=True) == []
    assert cloud.reconcile(BLOCKS, [], purge_rules=True).action is None


def test_a_listed_foreign_rule_is_adopted(cloud):
    cloud.reconcile(BLOCKS)
    cloud.permit("192.0.2.0/24")
    assert cloud.reconcile([*BLOCKS, "192.0.2.0/24"]).attributes == ["allowed_cidr_blocks"]
    assert all({tag["Key"]: tag["Value"] for tag in rule["Tags"]} == RULE_TAGS for rule in cloud.all_rules())
    assert cloud.reconcile([*BLOCKS, "192.0.2.0/24"]).notes == []
    cloud.reconcile(BLOCKS)
    assert cloud.rules() == [("tcp", 6379, 6379, "10.0.0.0/16")]


def test_a_cidr_block_with_host_bits_is_compared_in_canonical_form(cloud):
    written = ["10.0.3.4/16", "10.0.0.0/16"]
    assert cloud.reconcile(written, check_mode=True).after["allowed_cidr_blocks"] == ["10.0.0.0/16"]
    cloud.reconcile(written)
    cloud.changing.clear()
    for _run in range(2):
        assert cloud.reconcile(written).action is None
    assert cloud.changing == []
    assert cloud.rules() == [("tcp", 6379, 6379, "10.0.0.0/16")]


def test_a_duplicate_rule_does_not_block_other_rules(cloud):
    cloud.reconcile(BLOCKS)
    another_run: list[Any] = []

    def permit(model, **_context):
        if model.name == "AuthorizeSecurityGroupIngress" and not another_run:
            another_run.append(model.name)
            cloud.permit("10.1.0.0/16")

    cloud.ec2.meta.events.register("before-call", permit)
    cloud.reconcile([*BLOCKS, "10.1.0.0/16", "10.2.0.0/16"])
    cloud.ec2.meta.events.unregister("before-call", permit)
    assert [rule[3] for rule in cloud.rules()] == ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"]
    assert cloud.reconcile([*BLOCKS, "10.1.0.0/16", "10.2.0.0/16"]).action is None


def test_rules_are_revoked_only_after_the_new_rules_are_visible(cloud):
    cloud.reconcile(BLOCKS)
    looks: list[Any] = []

    def hide(http_response, parsed, model, **_context):
        if model.name == "DescribeSecurityGroupRules" and "AuthorizeSecurityGroupIngress" in cloud.changing and len(looks) < 2:
            looks.append(list(cloud.changing))
            parsed["SecurityGroupRules"] = [rule for rule in parsed["SecurityGroupRules"] if rule.get("CidrIpv4") != "10.9.0.0/16"]

    cloud.changing.clear()
    cloud.ec2.meta.events.register("after-call", hide)
    cloud.reconcile(["10.9.0.0/16"])
    cloud.ec2.meta.events.unregister("after-call", hide)
    assert len(looks) == 2
    assert all("RevokeSecurityGroupIngress" not in before for before in looks)
    assert cloud.rules() == [("tcp", 6379, 6379, "10.9.0.0/16")]


def test_unset_options_are_not_changed(cloud):
    clients = client_group(cloud)
    cloud.reconcile(BLOCKS, [clients])
    assert cloud.reconcile().action is None
    assert cloud.reconcile(tags={**TAGS, "team": "blue"}).attributes == ["tags"]
    assert cloud.rules() == [("tcp", 6379, 6379, "10.0.0.0/16"), ("tcp", 6379, 6379, clients)]


def test_the_group_of_another_environment_is_refused(cloud):
    cloud.reconcile(BLOCKS)
    others = {**TAGS, "opta:environment": "production"}
    with pytest.raises(Refused, match="belongs to the environment staging"):
        cloud.reconcile(BLOCKS, tags=others)
    assert cloud.remove(tags=others).action is None
    assert len(cloud.found()) == 1


def test_without_a_vpc_the_plan_makes_no_calls(cloud):
    assert cloud.reconcile(BLOCKS, check_mode=True, vpc_id=KNOWN_AFTER_APPLY).action == "create"


def test_absent_deletes_the_group(cloud):
    cloud.reconcile(BLOCKS)
    assert cloud.remove(check_mode=True).action == "delete"
    assert len(cloud.found()) == 1
    assert cloud.remove().action == "delete"
    assert cloud.found() == []
    assert cloud.remove().action is None


def test_absent_deletes_the_groups_in_all_vpcs(cloud):
    first = cloud.vpc_id
    cloud.reconcile(BLOCKS)
    cloud.vpc_id = cloud.ec2.create_vpc(CidrBlock="10.4.0.0/16")["Vpc"]["VpcId"]
    cloud.reconcile(BLOCKS)
    assert cloud.remove().action == "delete"
    assert cloud.found() == []
    cloud.vpc_id = first
    assert cloud.found() == []


def test_a_run_interrupted_after_any_call_is_completed(cloud):
    clients = client_group(cloud)
    for number in range(4):
        cloud.changing.clear()
        cloud.dies_after = number
        try:
            cloud.reconcile(BLOCKS, [clients])
        except Killed:
            assert number < 3
        cloud.dies_after = None
        cloud.reconcile(BLOCKS, [clients])
        assert cloud.rules() == [("tcp", 6379, 6379, "10.0.0.0/16"), ("tcp", 6379, 6379, clients)]
        assert cloud.all_rules(egress=True) == []
        assert {tag["Key"]: tag["Value"] for tag in cloud.found()[0]["Tags"]} == TAGS
        cloud.remove()
