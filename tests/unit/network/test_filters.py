from __future__ import annotations

import fnmatch
import json

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.opta.platform.plugins.filter import names, network
from ansible_collections.opta.platform.plugins.module_utils import _policy
from ansible_collections.opta.platform.plugins.module_utils._network import policies

from tests.support.identities import identity_of

ACCOUNT = "123456789012"
IDENTITY = {"environment": "staging", "prefix": "opta", "region": "eu-west-1", "account_id": ACCOUNT, "partition": "aws"}
SLR = "arn:{}:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


def key_policy(partition="aws", region="eu-west-1"):
    roles = [{"service": "eks.amazonaws.com", "arn": "x"}, {"service": "autoscaling.amazonaws.com", "arn": SLR.format(partition)}]
    policy = network.environment_key_policy({**IDENTITY, "partition": partition, "region": region}, roles)
    return {statement["Sid"]: statement for statement in policy["Statement"]}


@pytest.mark.parametrize(
    ("partition", "region", "principal"),
    [
        ("aws", "eu-west-1", "logs.eu-west-1.amazonaws.com"),
        ("aws-cn", "cn-north-1", "logs.cn-north-1.amazonaws.com.cn"),
        ("aws-us-gov", "us-gov-west-1", "logs.us-gov-west-1.amazonaws.com"),
    ],
)
def test_cloudwatch_logs_may_use_the_key_only_for_the_environments_groups(partition, region, principal):
    statement = key_policy(partition, region)["Logs"]
    assert statement["Principal"] == {"Service": principal}
    patterns = statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]

    def allowed(group):
        arn = policies.log_group_arn(partition, region, ACCOUNT, group)
        return any(fnmatch.fnmatchcase(arn, pattern) for pattern in patterns)

    ours = ["/aws/eks/opta-staging/cluster", "/aws/rds/cluster/opta-staging-aurora-main/postgresql", "/aws/docdb/opta-staging-docdb/audit"]
    assert all(map(allowed, [*ours, network.flow_log_group_name("opta", "staging")]))
    assert not any(map(allowed, ["/aws/eks/opta-production/cluster", "/opta/production/flow-logs", "/aws/lambda/x"]))


def test_auto_scaling_may_use_the_key_and_create_grants_for_aws_only():
    policy = key_policy()
    assert policy["AutoScaling"]["Principal"] == policy["AutoScalingGrants"]["Principal"] == {"AWS": SLR.format("aws")}
    assert "kms:GenerateDataKey*" in policy["AutoScaling"]["Action"]
    assert policy["AutoScalingGrants"]["Action"] == ["kms:CreateGrant"]
    assert policy["AutoScalingGrants"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_the_ebs_csi_role_is_allowed_by_condition():
    policy = key_policy()
    for sid in ("Volumes", "VolumeGrants"):
        assert policy[sid]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        role = policy[sid]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
        assert role == identity_of().role_arn("eks-ebs-csi")
    assert policy["VolumeGrants"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_the_account_keeps_access_and_the_policy_fits_the_size_limit():
    policy = key_policy()
    assert policy["Account"]["Action"] == ["kms:*"]
    assert len(json.dumps(_policy.document(list(policy.values())))) < 32768  # KMS, PutKeyPolicy


def test_a_missing_service_linked_role_is_refused():
    with pytest.raises(AnsibleFilterError, match=r"autoscaling\.amazonaws\.com"):
        network.environment_key_policy(IDENTITY, [])


def test_the_flow_logs_role_cannot_recreate_its_log_group():
    statement = policies.flow_logs_permissions("arn:aws:logs:eu-west-1:1:log-group:/x")["Statement"][0]
    assert not any(fnmatch.fnmatchcase("logs:CreateLogGroup", action) for action in statement["Action"])
    assert statement["Resource"] == ["arn:aws:logs:eu-west-1:1:log-group:/x", "arn:aws:logs:eu-west-1:1:log-group:/x:*"]


def test_flow_logs_of_other_accounts_cannot_assume_the_role():
    condition = policies.flow_logs_trust("aws", "eu-west-1", ACCOUNT)["Statement"][0]["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


def test_the_log_bucket_accepts_logs_only_for_this_account():
    statements = policies.log_bucket_statements("b", "aws-cn", "cn-north-1", ACCOUNT)
    assert {s["Principal"]["Service"] for s in statements} == {"logging.s3.amazonaws.com", "delivery.logs.amazonaws.com"}
    assert all(s["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT for s in statements)
    assert all(s["Resource"].startswith("arn:aws-cn:s3:::b") for s in statements)


def subnet(name, vpc_id="vpc-1"):
    return {"subnet_id": f"subnet-{name}", "vpc_id": vpc_id, "availability_zone_id": f"euw1-az{name}"}


ASSOCIATIONS = [
    {"cidr_block": "10.9.0.0/16", "cidr_block_state": {"state": "associated"}},
    {"cidr_block": "100.64.0.0/16", "cidr_block_state": {"state": "associated"}},
    {"cidr_block": "100.65.0.0/16", "cidr_block_state": {"state": "disassociated"}},
]
VPCS = [{"vpc_id": "vpc-1", "cidr_block": "10.9.0.0/16", "cidr_block_association_set": ASSOCIATIONS}]
SUBNETS = [subnet("1"), subnet("2"), subnet("3"), subnet("4", "vpc-2")]
NATS = [
    {"state": "available", "nat_gateway_addresses": [{"public_ip": "203.0.113.9"}, {"private_ip": "10.9.0.1"}]},
    {"state": "deleted", "nat_gateway_addresses": [{"public_ip": "203.0.113.8"}]},
]


def test_an_existing_vpc_has_the_outputs_of_a_managed_vpc():
    brought = network.existing_vpc("vpc-1", VPCS, SUBNETS, NATS, ["subnet-1"], ["subnet-3", "subnet-2"])
    assert brought == {
        "vpc_id": "vpc-1",
        "cidr_blocks": ["10.9.0.0/16", "100.64.0.0/16"],
        "zone_ids": ["euw1-az3", "euw1-az2"],
        "public_subnet_ids": ["subnet-1"],
        "private_subnet_ids": ["subnet-3", "subnet-2"],
        "nat_public_ips": ["203.0.113.9"],
    }


@pytest.mark.parametrize(
    ("vpcs", "public", "private", "message"),
    [
        ([], [], ["subnet-1"], "does not exist in this account"),
        (VPCS, [], [], "network_private_subnet_ids: "),
        (VPCS, [], ["subnet-4"], "network_private_subnet_ids: subnet-4 is not a subnet of vpc-1"),
        (VPCS, ["subnet-9"], ["subnet-1"], "network_public_subnet_ids: subnet-9"),
    ],
)
def test_an_unsuitable_existing_vpc_is_refused(vpcs, public, private, message):
    with pytest.raises(AnsibleFilterError, match=message):
        network.existing_vpc("vpc-1", vpcs, SUBNETS, NATS, public, private)


def test_names_of_roles_and_buckets_fit_and_differ():
    filters = names.FilterModule().filters()
    long = {**IDENTITY, "environment": "e" * 32}
    role = filters["role_name"](long, "eks-cluster", "n" * 40)
    assert len(role) == 64
    assert role != filters["role_name"](long, "eks-cluster", "n" * 41)
    bucket = filters["bucket_name"](IDENTITY, "logs")
    assert bucket.startswith("opta-staging-logs-")
    assert bucket != filters["bucket_name"]({**IDENTITY, "account_id": "210987654321"}, "logs")
    assert filters["iam_path"](IDENTITY) == "/opta/opta/eu-west-1/staging/"


def test_an_identity_without_a_part_is_an_error_of_the_filter():
    filters = names.FilterModule().filters()
    with pytest.raises(AnsibleFilterError, match="requires region"):
        filters["ownership_tags"]({**IDENTITY, "region": None}, "eks", "opta-staging")
    with pytest.raises(AnsibleFilterError, match="requires the account ID"):
        filters["role_name"]({**IDENTITY, "account_id": ""}, "eks-node")
