"""Security groups of the stand-in: blocks in canonical form, all permissions of a call or none, and tags of single rules."""

from __future__ import annotations

import pytest


@pytest.fixture
def group(aws):
    vpc, _subnets = aws.network("a")
    return aws.ec2.create_security_group(VpcId=vpc, GroupName=aws.name("group"), Description="of a test")["GroupId"]


def permission(*blocks, port=5432):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": block} for block in blocks]}


def rules(aws, group, egress=False):
    found = aws.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    return [rule for rule in found if rule["IsEgress"] == egress]


def test_blocks_are_kept_in_canonical_form(aws, group, refusal):
    made = aws.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission("100.68.0.18/18")])
    assert made["SecurityGroupRules"][0]["CidrIpv4"] == "100.68.0.0/18"
    assert [rule["CidrIpv4"] for rule in rules(aws, group)] == ["100.68.0.0/18"]
    (shown,) = aws.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    assert shown["IpRanges"] == [{"CidrIp": "100.68.0.0/18"}]
    again = refusal(aws.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[permission("100.68.0.18/18")])
    assert again.startswith("InvalidPermission.Duplicate: the specified rule")


def test_one_duplicate_refuses_all_permissions_of_a_call(aws, group, refusal):
    aws.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission("10.0.0.0/16")])
    both = [permission("10.1.0.0/16"), permission("10.0.0.0/16")]
    assert "InvalidPermission.Duplicate" in refusal(aws.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=both)
    assert len(rules(aws, group)) == 1
    twice = [permission("10.2.0.0/16", "10.2.0.1/16")]
    assert "must not appear multiple times" in refusal(aws.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=twice)
    assert len(rules(aws, group)) == 1


def test_a_rule_has_tags_of_its_own_until_it_is_revoked(aws, group, refusal):
    tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "a", "Value": "b"}]}]
    (made,) = aws.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission("10.0.0.0/16")], TagSpecifications=tags)[
        "SecurityGroupRules"
    ]
    assert rules(aws, group)[0]["Tags"] == [{"Key": "a", "Value": "b"}]
    identifier = made["SecurityGroupRuleId"]
    named = [{"Name": "resource-id", "Values": [identifier]}]
    assert len(aws.ec2.describe_tags(Filters=named)["Tags"]) == 1
    aws.ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[identifier])
    assert aws.ec2.describe_tags(Filters=named)["Tags"] == []
    gone = refusal(aws.ec2.revoke_security_group_ingress, GroupId=group, SecurityGroupRuleIds=[identifier])
    assert "NotFound" in gone


def test_a_new_group_allows_all_egress(aws, group):
    (out,) = rules(aws, group, egress=True)
    assert (out["IpProtocol"], out["CidrIpv4"], out["FromPort"], out["ToPort"]) == ("-1", "0.0.0.0/0", -1, -1)
    assert "Tags" not in out or out["Tags"] == []
