"""eks_cluster on the stand-in: through its life, and what it refuses. AWS is asked for the truth."""

from __future__ import annotations

import pytest

from tests.module.eks_foundation import OWNED, Foundation
from tests.support.until import until

LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


@pytest.fixture
def foundation(standin):
    return Foundation(standin)


@pytest.fixture
def options(foundation, unique):
    return {
        "name": unique("cluster"),
        "role_arn": foundation.cluster_role_arn,
        "version": "1.34",
        "subnet_ids": foundation.subnet_ids,
        "endpoint_public_access": True,
        "endpoint_private_access": True,
        "public_access_cidrs": ["203.0.113.0/24"],
        "log_types": LOG_TYPES,
        "kms_key_arn": foundation.key_arn(),
        "authentication_mode": "API",
        "upgrade_support_type": "STANDARD",
        "tags": OWNED,
    }


@pytest.fixture
def truth(standin):
    """AWS's own word about a cluster; None when there is none."""
    eks = standin.client("eks")

    def ask(name):
        try:
            return eks.describe_cluster(name=name)["cluster"]
        except eks.exceptions.ResourceNotFoundException:
            return None

    return ask


def test_a_cluster_is_created_updated_and_deleted(standin, run_module, options, truth):
    name = options["name"]
    planned = run_module("eks_cluster", check_mode=True, **options)
    assert planned["changed"] and truth(name) is None
    assert planned["cluster"]["endpoint"] == "(known after apply)"

    made = run_module("eks_cluster", **options)
    assert made["actions"] == planned["actions"]
    assert made["actions"][0]["action"] == "create"
    cluster = truth(name)
    assert cluster["status"] == "ACTIVE"
    assert planned["cluster"]["arn"] == made["cluster"]["arn"] == cluster["arn"]
    assert cluster["encryptionConfig"][0]["provider"]["keyArn"] == options["kms_key_arn"]
    assert cluster["accessConfig"]["authenticationMode"] == "API"
    assert cluster["resourcesVpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert sorted(cluster["logging"]["clusterLogging"][0]["types"]) == LOG_TYPES
    assert cluster["tags"] == OWNED
    assert made["cluster"]["certificate_authority_data"] == cluster["certificateAuthority"]["data"]
    assert standin.client("eks").list_access_entries(clusterName=name)["accessEntries"] == []

    mark = standin.mark()
    assert run_module("eks_cluster", **options)["actions"] == []
    assert run_module("eks_cluster", check_mode=True, **options)["actions"] == []
    assert standin.mutating(mark) == []

    changed = {
        **options,
        "version": "1.35",
        "public_access_cidrs": ["198.51.100.0/24", "203.0.113.0/24"],
        "log_types": ["audit"],
        "upgrade_support_type": "EXTENDED",
        "subnet_ids": options["subnet_ids"][:2],
        "tags": {**OWNED, "team": "a"},
    }
    mark = standin.mark()
    planned = run_module("eks_cluster", check_mode=True, **changed)
    assert standin.mutating(mark) == []
    assert planned["diff"]["before"]["version"] == "1.34" and planned["diff"]["after"]["version"] == "1.35"
    done = run_module("eks_cluster", **changed)
    assert done["actions"] == planned["actions"]
    assert sorted(done["actions"][0]["attributes"]) == sorted(
        ["version", "public_access_cidrs", "log_types", "upgrade_support_type", "subnet_ids", "tags"]
    )
    cluster = truth(name)
    assert cluster["version"] == "1.35"
    assert sorted(cluster["resourcesVpcConfig"]["publicAccessCidrs"]) == changed["public_access_cidrs"]
    assert sorted(cluster["resourcesVpcConfig"]["subnetIds"]) == sorted(changed["subnet_ids"])
    assert cluster["upgradePolicy"]["supportType"] == "EXTENDED"
    assert cluster["tags"]["team"] == "a"
    assert run_module("eks_cluster", **changed)["actions"] == []
    assert run_module("eks_cluster", check_mode=True, **changed)["actions"] == []

    run_module("eks_cluster", name=name, deletion_protection=True)
    refused = run_module("eks_cluster", check_mode=True, expect_failure=True, name=name, state="absent", tags=OWNED)
    assert "deletion_protection: false" in refused["msg"]
    absent = {"name": name, "state": "absent", "tags": OWNED, "deletion_protection": False}
    planned = run_module("eks_cluster", check_mode=True, **absent)
    assert planned["changed"] and truth(name)["status"] == "ACTIVE"
    gone = run_module("eks_cluster", **absent)
    assert gone["actions"] == planned["actions"] and truth(name) is None
    assert run_module("eks_cluster", name=name, state="absent", tags=OWNED)["actions"] == []
    assert run_module("eks_cluster", check_mode=True, name=name, state="absent", tags=OWNED)["actions"] == []


def test_immutable_attributes_are_refused_before_any_change(standin, run_module, foundation):
    name = foundation.cluster()
    mark = standin.mark()
    cases = {
        "upgrade to": {"version": "1.36"},
        "cannot change the role": {"role_arn": foundation.node_role_arn, "log_types": ["api"]},
        "one direction only": {"authentication_mode": "CONFIG_MAP"},
        "belongs to the environment staging": {"tags": {"opta:environment": "production"}},
    }
    for message, change in cases.items():
        for check_mode in (True, False):
            assert message in run_module("eks_cluster", check_mode=check_mode, expect_failure=True, name=name, **change)["msg"]
    assert standin.mutating(mark) == []


def test_an_unset_version_is_not_changed(run_module, foundation, truth):
    name = foundation.cluster()
    result = run_module("eks_cluster", name=name, tags=OWNED)
    assert not result["changed"]
    assert truth(name)["version"] == "1.34"


def test_a_newly_created_role_is_waited_for(standin, run_module, foundation, options, unique, truth):
    role = foundation.role(unique("fresh"), "eks.amazonaws.com", ("AmazonEKSClusterPolicy",))
    run_module("eks_cluster", **{**options, "role_arn": role})
    assert truth(options["name"])["roleArn"] == role
    run_module("eks_cluster", name=options["name"], state="absent")


def test_a_head_start_is_completed_by_the_next_run(run_module, options, truth):
    begun = run_module("eks_cluster", wait=False, **options)
    assert begun["actions"][0]["action"] == "create"
    finished = run_module("eks_cluster", **options)
    assert not finished["changed"]
    assert finished["cluster"]["status"] == "ACTIVE" == truth(options["name"])["status"]
    run_module("eks_cluster", name=options["name"], state="absent", wait=False)
    until(lambda: truth(options["name"]) is None)


def test_bad_options_are_reported_before_the_first_call(standin, run_module):
    mark = standin.mark()
    failed = run_module("eks_cluster", expect_failure=True, name="x", version="1.3", subnet_ids=["a", "b"])
    assert 'in quotes, for example "1.35"' in failed["msg"]
    assert standin.requests(mark) == []
