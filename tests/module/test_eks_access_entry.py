"""eks_access_entry on the stand-in: through its life, and what it refuses. AWS is asked for the truth."""

from __future__ import annotations

import pytest

from tests.module.eks_foundation import OWNED, Foundation
from tests.support.until import until

ADMIN = {"policy": "AmazonEKSClusterAdminPolicy"}
VIEW = {"policy": "AmazonEKSViewPolicy", "scope": "namespace", "namespaces": ["hello"]}


@pytest.fixture
def foundation(standin):
    return Foundation(standin)


@pytest.fixture
def options(foundation, unique):
    return {"cluster_name": foundation.cluster(), "principal_arn": foundation.role(unique("person"), path="/people/"), "tags": OWNED}


@pytest.fixture
def truth(foundation):
    """AWS's own word about an entry and its policies; None when there is none."""

    def ask(options):
        which = {"clusterName": options["cluster_name"], "principalArn": options["principal_arn"]}
        try:
            entry = foundation.eks.describe_access_entry(**which)["accessEntry"]
        except foundation.eks.exceptions.ResourceNotFoundException:
            return None
        policies = foundation.eks.list_associated_access_policies(**which)["associatedAccessPolicies"]
        return entry, {p["policyArn"].split("/")[-1]: p["accessScope"]["type"] for p in policies}

    return ask


@pytest.fixture
def another_administrator(foundation, run_module):
    """A second way into the cluster."""
    arn = foundation.role("module-tests-administrator")
    run_module("eks_access_entry", cluster_name=foundation.cluster(), principal_arn=arn, policies=[ADMIN], tags=OWNED)


def test_an_access_entry_is_created_updated_and_deleted(standin, run_module, options, truth, another_administrator):
    desired = {**options, "policies": [ADMIN], "kubernetes_groups": ["a"]}
    planned = run_module("eks_access_entry", check_mode=True, **desired)
    assert truth(options) is None
    made = run_module("eks_access_entry", **desired)
    assert made["actions"] == planned["actions"]
    entry, policies = truth(options)
    assert policies == {"AmazonEKSClusterAdminPolicy": "cluster"}
    assert (entry["kubernetesGroups"], entry["tags"], entry["type"]) == (["a"], OWNED, "STANDARD")

    mark = standin.mark()
    assert run_module("eks_access_entry", **desired)["actions"] == []
    assert run_module("eks_access_entry", check_mode=True, **desired)["actions"] == []
    assert standin.mutating(mark) == []

    changed = {**options, "policies": [VIEW], "kubernetes_groups": ["b"], "tags": {**OWNED, "team": "a"}}
    planned = run_module("eks_access_entry", check_mode=True, **changed)
    assert truth(options)[1] == {"AmazonEKSClusterAdminPolicy": "cluster"}
    done = run_module("eks_access_entry", **changed)
    assert done["actions"] == planned["actions"]
    assert sorted(done["actions"][0]["attributes"]) == ["kubernetes_groups", "policies", "tags"]
    entry, policies = truth(options)
    assert policies == {"AmazonEKSViewPolicy": "namespace"}
    assert entry["kubernetesGroups"] == ["b"]
    assert run_module("eks_access_entry", **changed)["actions"] == []
    assert run_module("eks_access_entry", check_mode=True, **changed)["actions"] == []

    kept = run_module("eks_access_entry", purge_policies=False, **{**changed, "policies": [{"policy": "AmazonEKSEditPolicy"}]})
    assert [policy["policy"] for policy in kept["access_entry"]["policies"]] == ["AmazonEKSEditPolicy", "AmazonEKSViewPolicy"]

    planned = run_module("eks_access_entry", check_mode=True, state="absent", **options)
    assert truth(options) is not None
    assert run_module("eks_access_entry", state="absent", **options)["actions"] == planned["actions"]
    assert truth(options) is None
    assert run_module("eks_access_entry", state="absent", **options)["actions"] == []
    assert run_module("eks_access_entry", check_mode=True, state="absent", **options)["actions"] == []


def test_a_session_arn_is_resolved_to_its_role(run_module, options, truth):
    parts = options["principal_arn"].split(":")
    session = f"arn:{parts[1]}:sts::{parts[4]}:assumed-role/{options['principal_arn'].split('/')[-1]}/me"
    result = run_module("eks_access_entry", **{**options, "principal_arn": session})
    assert result["access_entry"]["principal_arn"] == options["principal_arn"]
    assert truth(options) is not None
    run_module("eks_access_entry", state="absent", **options)


def test_without_iam_getrole_the_full_arn_is_required(standin, run_module, options):
    parts = options["principal_arn"].split(":")
    session = f"arn:{parts[1]}:sts::{parts[4]}:assumed-role/{options['principal_arn'].split('/')[-1]}/me"
    standin.fault("GetRole", code="AccessDenied", message="not allowed")
    failed = run_module("eks_access_entry", expect_failure=True, **{**options, "principal_arn": session})
    assert "use the full ARN of the role" in failed["msg"]


def test_a_newly_created_role_is_waited_for(run_module, foundation, options, unique, truth):
    fresh = {**options, "principal_arn": foundation.role(unique("fresh"))}
    run_module("eks_access_entry", policies=[VIEW], **fresh)
    assert truth(fresh)[1] == {"AmazonEKSViewPolicy": "namespace"}
    run_module("eks_access_entry", state="absent", **fresh)


def test_missing_policies_of_an_interrupted_run_are_associated(standin, run_module, options, truth):
    desired = {**options, "policies": [{"policy": "AmazonEKSEditPolicy"}, VIEW]}
    standin.fault("AssociateAccessPolicy", nth=2, code="InvalidRequestException", message="cut off")
    assert "cut off" in run_module("eks_access_entry", expect_failure=True, **desired)["msg"]
    assert truth(options)[1] == {"AmazonEKSEditPolicy": "cluster"}
    assert run_module("eks_access_entry", **desired)["actions"][0]["attributes"] == ["policies"]
    assert truth(options)[1] == {"AmazonEKSEditPolicy": "cluster", "AmazonEKSViewPolicy": "namespace"}
    run_module("eks_access_entry", state="absent", **options)


def test_a_foreign_entry_is_not_deleted(run_module, foundation, options, truth):
    entry = {"clusterName": options["cluster_name"], "principalArn": options["principal_arn"]}
    until(lambda: foundation.accepted(lambda: foundation.eks.create_access_entry(**entry)))
    which = {"cluster_name": options["cluster_name"], "principal_arn": options["principal_arn"], "state": "absent"}
    assert "adopt: true" in run_module("eks_access_entry", expect_failure=True, **which)["msg"]
    assert truth(options) is not None
    run_module("eks_access_entry", adopt=True, **which)
    assert truth(options) is None


def test_the_last_administrator_is_never_removed(run_module, foundation, unique):
    cluster = foundation.cluster(unique("lonely"))
    only = {"cluster_name": cluster, "principal_arn": foundation.role("module-tests-administrator"), "tags": OWNED}
    run_module("eks_access_entry", policies=[ADMIN], **only)
    for check_mode in (True, False):
        for change in ({"state": "absent"}, {"policies": [VIEW]}):
            refused = run_module("eks_access_entry", check_mode=check_mode, expect_failure=True, **only, **change)
            assert "last administrator of the cluster" in refused["msg"]
    run_module("eks_cluster", name=cluster, state="absent")


def test_the_callers_own_access_entry_is_never_removed(standin, run_module, foundation, another_administrator):
    caller = standin.client("sts").get_caller_identity()["Arn"]
    own = {"cluster_name": foundation.cluster(), "principal_arn": caller, "tags": OWNED}
    run_module("eks_access_entry", policies=[ADMIN], **own)
    refused = run_module("eks_access_entry", expect_failure=True, state="absent", **own)
    assert "run's caller" in refused["msg"]
    run_module("eks_access_entry", policies=[ADMIN], **own)
