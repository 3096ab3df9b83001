"""The READMEs name the IAM permission of every call to AWS."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import called_operations, collection
from tests.support.called_operations import called, called_in
from tests.support.permissions import documented, missing

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
#: where the caller of a function names the operation
NAMED_BY_CALLERS = {"_elasticache/api.py", "_kms/users_api.py", "_rds/api.py", "_retained/api.py"}


def test_every_call_has_its_permission_in_a_readme() -> None:
    assert missing(called() - OF_MODULES_ALONE, collection.roles()) == []
    assert missing(OF_MODULES_ALONE, collection.roles()) == sorted(OF_MODULES_ALONE)


def test_every_api_call_is_recognized() -> None:
    assert called_operations.clients() <= {*called_operations.SERVICES, "docdb"}
    assert called_operations.named_by_variables() == NAMED_BY_CALLERS
    assert {"backup:ListBackupVaults", "elasticache:DescribeEvents", "kms:ListGrants", "rds:DescribeDBSnapshots"} <= called()


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("client.describe_volumes(Filters=[])", "ec2:DescribeVolumes"),
        ('self.client("eks").describe_cluster(name=name)', "eks:DescribeCluster"),
        ("rds.list_tags_for_resource(ResourceName=arn)", "rds:ListTagsForResource"),
        ('client.get_paginator("list_backup_vaults")', "backup:ListBackupVaults"),
        ('partial(ask.all, "backup", "list_backup_vaults", "BackupVaultList")', "backup:ListBackupVaults"),
        ('_pages(client, "describe_db_snapshots", "DBSnapshots")', "rds:DescribeDBSnapshots"),
    ],
)
def test_api_calls_are_found_in_every_notation(source: str, needed: str) -> None:
    assert called_in(source, Path("_other/api.py")) == {needed}


def test_own_functions_are_not_counted_as_api_calls() -> None:
    assert called_in("from . import api\napi.describe_cluster(client, name)\nclient.close()", Path("_eks/cluster.py")) == set()


@pytest.mark.parametrize(
    ("role", "needed"),
    [
        # called before the key is scheduled for deletion
        ("retention", "elasticache:DescribeSnapshots"),
        ("retention", "elasticache:DescribeReplicationGroups"),
        ("retention", "elasticache:ListTagsForResource"),
        ("retention", "rds:DescribeDBClusters"),
        ("retention", "rds:DescribeDBClusterAutomatedBackups"),
        ("retention", "rds:DescribeDBInstanceAutomatedBackups"),
        ("retention", "backup:ListBackupVaults"),
        ("retention", "backup:ListRecoveryPointsByBackupVault"),
        ("network", "iam:ListRoles"),
        ("network", "iam:PutRolePermissionsBoundary"),
    ],
)
def test_a_role_documents_the_permissions_of_its_removal(role: str, needed: str) -> None:
    assert missing([needed], [role]) == []


@pytest.mark.parametrize(
    "needed",
    ["elasticloadbalancing:DescribeLoadBalancers", "route53:ListHostedZones", "secretsmanager:DescribeSecret", "eks:DescribeCluster"],
)
def test_the_role_common_names_what_every_playbook_starts_with(needed: str) -> None:
    assert missing([needed], ["common"]) == []


def test_list_actions_are_not_limited_to_paths() -> None:
    """iam:ListRoles on roles under a path is never allowed: the call names no role."""
    for role in collection.roles():
        text = (collection.ROLES / role / "README.md").read_text()
        for line in text.splitlines():
            limited = line.partition("on roles under")[2]
            assert "`iam:List*`" not in limited, role
            assert "`iam:ListRoles`" not in limited, role


def test_permission_tables_of_the_readmes_are_parsed() -> None:
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


def test_foreign_policies_of_the_node_role_are_kept() -> None:
    (nodes,) = [entry for entry in collection.load(collection.ROLES / "eks/vars/main.yml")["__eks_roles"] if "more_policies" in entry]
    assert nodes["service"] == "ec2.amazonaws.com"
    assert nodes["purge_policies"] is False
