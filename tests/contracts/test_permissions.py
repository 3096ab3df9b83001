"""The READMEs name the IAM permission of every call to AWS."""

from __future__ import annotations

import re

import boto3
import pytest
from botocore import xform_name

from tests.support import collection
from tests.support.permissions import action, documented, missing

SERVICES = (
    "acm",
    "autoscaling",
    "ec2",
    "ecr",
    "eks",
    "elasticache",
    "elbv2",
    "iam",
    "kms",
    "logs",
    "rds",
    "resourcegroupstaggingapi",
    "route53",
    "s3",
    "secretsmanager",
)
#: how the functions of module_utils call a client, and ask page by page
CALL = re.compile(r"\b(?:client|client\([^)]*\)|self\.client)\.(\w+)\(")
PAGES = re.compile(r"get_paginator\(\s*\"(\w+)\"")
#: the service of an operation that several have, where the package is not called as it
PREFERRED = {
    "_load_balancers": "elbv2",
    "_credentials": "secretsmanager",
    "scaling_group_api": "autoscaling",
    "launch_template_api": "ec2",
    "_ebs": "ec2",
    "_vpc": "ec2",
    "_retained": "ec2",
}
#: options of modules that no role uses
OF_MODULES_ALONE = {
    "ecr:DeleteRepositoryPolicy",
    "ecr:SetRepositoryPolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:RemoveRoleFromInstanceProfile",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "logs:DeleteRetentionPolicy",
    "logs:DisassociateKmsKey",
    "logs:UntagResource",
}
#: what a client has besides operations
NO_OPERATION = {"get_paginator", "close", "can_paginate"}


def called() -> set[str]:
    """The action of every operation that the source calls, by the package of its service."""
    found = set()
    models = {service: boto3.client(service, region_name="eu-west-1").meta.service_model for service in SERVICES}
    operations = {service: {xform_name(name): name for name in model.operation_names} for service, model in models.items()}
    for path in (collection.ROOT / "plugins" / "module_utils").rglob("*.py"):
        source = path.read_text()
        for method in {*CALL.findall(source), *PAGES.findall(source)} - NO_OPERATION:
            holding = [service for service in SERVICES if method in operations[service]]
            preferred = next((service for part, service in PREFERRED.items() if part in str(path)), path.parent.name.strip("_"))
            found.update(action(service, operations[service][method]) for service in sorted(holding, key=lambda s: s != preferred)[:1])
    return found


def test_every_call_has_its_permission_in_a_readme() -> None:
    assert missing(called() - OF_MODULES_ALONE, collection.roles()) == []
    assert missing(OF_MODULES_ALONE, collection.roles()) == sorted(OF_MODULES_ALONE)


@pytest.mark.parametrize(
    "needed",
    [
        # what network's absent asks before the key is scheduled for deletion
        "elasticache:DescribeSnapshots",
        "elasticache:DescribeReplicationGroups",
        "elasticache:ListTagsForResource",
        "rds:DescribeDBClusters",
        "iam:ListRoles",
        "iam:PutRolePermissionsBoundary",
    ],
)
def test_the_role_network_names_what_its_removal_needs(needed: str) -> None:
    assert missing([needed], ["network"]) == []


@pytest.mark.parametrize(
    "needed",
    ["elasticloadbalancing:DescribeLoadBalancers", "route53:ListHostedZones", "secretsmanager:DescribeSecret", "eks:DescribeCluster"],
)
def test_the_role_common_names_what_every_playbook_begins_with(needed: str) -> None:
    assert missing([needed], ["common"]) == []


def test_what_no_resource_can_limit_is_not_limited_to_paths() -> None:
    """iam:ListRoles on roles under a path is never allowed: the call names no role."""
    for role in collection.roles():
        text = (collection.ROLES / role / "README.md").read_text()
        for line in text.splitlines():
            limited = line.partition("on roles under")[2]
            assert "`iam:List*`" not in limited, role
            assert "`iam:ListRoles`" not in limited, role


def test_the_tables_are_read() -> None:
    assert {"kms:CreateKey", "ec2:*Vpc*"} <= documented(["network"])
    assert "iam:ListRoles" in documented(["k8s_addons"])


def test_every_role_of_iam_can_have_a_permissions_boundary() -> None:
    made = {}
    for role in collection.roles():
        for path in collection.task_files(role):
            for task in collection.tasks(collection.load(path)):
                options = task.get("opta.platform.iam_role") or task.get("opta.platform.irsa_role") or {}
                if options and options.get("state") != "absent":
                    made[f"{role}/{path.name}"] = options.get("permissions_boundary")
    assert len(made) >= 6
    assert {place: value for place, value in made.items() if "_permissions_boundary_arn | default(omit, true)" not in str(value)} == {}


def test_policies_that_others_attached_to_the_role_of_nodes_stay() -> None:
    (nodes,) = [entry for entry in collection.load(collection.ROLES / "eks/vars/main.yml")["__eks_roles"] if "more_policies" in entry]
    assert nodes["service"] == "ec2.amazonaws.com"
    assert nodes["purge_policies"] is False
