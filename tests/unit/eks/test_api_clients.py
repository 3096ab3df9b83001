"""Who reaches the Kubernetes API from inside the network: our rules in EKS's security group, beside those of others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils._eks.api_clients import ApiClients, source_of
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_present
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY
from ansible_collections.opta.platform.plugins.module_utils._vpc.api import describe_security_group_rules as describe_rules
from moto import mock_aws

TAGS = {"opta:environment": "staging", "opta:role": "eks"}
BLOCK = "10.0.0.0/8"


class Group:
    """The security group of a cluster, with EKS's own rules and one of somebody else."""

    def __init__(self) -> None:
        self.ec2 = boto3.client("ec2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.id, self.bastion = (
            self.ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("eks", "bastion")
        )
        self.permit({"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": self.id}]})
        self.permit({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "192.0.2.0/24"}]})
        self.others = self.rules()

    def permit(self, permission: dict[str, Any]) -> None:
        self.ec2.authorize_security_group_ingress(GroupId=self.id, IpPermissions=[permission])

    def rules(self) -> set[str]:
        return {rule["SecurityGroupRuleId"] for rule in describe_rules(self.ec2, self.id)}

    def sources(self) -> set[str]:
        return {source_of(rule) for rule in describe_rules(self.ec2, self.id) if rule["SecurityGroupRuleId"] not in self.others}

    def reconcile(self, blocks: list[str], groups: list[str], check_mode: bool = False) -> Any:
        desired = {"api_client_cidr_blocks": blocks, "api_client_security_group_ids": groups}
        return ensure_present(ApiClients(self.ec2, "opta-staging", self.id, TAGS), desired, check_mode=check_mode)


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Iterator[Group]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Group()


def test_rules_for_api_clients_are_created_changed_and_revoked(group: Group) -> None:
    assert group.reconcile([], []).action is None
    assert group.reconcile([BLOCK], [group.bastion], check_mode=True).attributes == [
        "api_client_cidr_blocks",
        "api_client_security_group_ids",
    ]
    assert group.sources() == set()
    group.reconcile([BLOCK], [group.bastion])
    assert group.sources() == {BLOCK, group.bastion}
    assert group.reconcile([BLOCK], [group.bastion]).action is None
    assert group.reconcile([BLOCK, "172.16.0.0/12"], []).action == "update"
    assert group.sources() == {BLOCK, "172.16.0.0/12"}
    group.reconcile([], [])
    assert group.sources() == set()
    assert group.others <= group.rules(), "rules of EKS and of others stay"


def test_cidr_blocks_are_compared_in_canonical_form(group: Group) -> None:
    group.reconcile(["10.8.0.5", "10.1.2.3/16"], [])
    assert group.sources() == {"10.8.0.5/32", "10.1.0.0/16"}
    assert group.reconcile(["10.1.0.0/16", "10.8.0.5/32"], []).action is None
    assert group.reconcile(["10.8.0.5", "10.1.2.3/16"], []).action is None


def test_rules_are_tagged_and_a_matching_foreign_rule_is_adopted(group: Group) -> None:
    group.reconcile([BLOCK, "192.0.2.0/24"], [])
    assert group.reconcile([BLOCK, "192.0.2.0/24"], []).action is None
    tagged = [rule for rule in describe_rules(group.ec2, group.id) if {"Key": "opta:environment", "Value": "staging"} in rule["Tags"]]
    assert {source_of(rule) for rule in tagged} == {BLOCK, "192.0.2.0/24"}


def test_the_plan_without_a_cluster_lists_the_api_clients() -> None:
    clients = ApiClients(None, "opta-staging", KNOWN_AFTER_APPLY, TAGS)
    planned = ensure_present(clients, {"api_client_cidr_blocks": [BLOCK], "api_client_security_group_ids": []}, check_mode=True)
    assert (planned.action, planned.attributes) == ("update", ["api_client_cidr_blocks"])
