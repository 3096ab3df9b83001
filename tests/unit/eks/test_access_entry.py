from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._eks import access_entry as subject
from ansible_collections.opta.platform.plugins.module_utils._eks.access_entry import CLUSTER_ADMIN, AccessEntry
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present

POLICIES = "arn:aws-cn:eks::aws:cluster-access-policy"
ADMIN = "arn:aws-cn:iam::111122223333:role/platform/admin"
OTHER = "arn:aws-cn:iam::111122223333:role/other"
CALLER = "arn:aws-cn:sts::111122223333:assumed-role/caller/me"
OURS = {"opta:managed-by": "opta.platform", "opta:environment": "staging"}
CLUSTER_ADMIN_POLICY = {"policy": CLUSTER_ADMIN, "scope": "cluster", "namespaces": []}
VIEW_POLICY = {"policy": "AmazonEKSViewPolicy", "scope": "namespace", "namespaces": ["a", "b"]}


def associated(*policies):
    answer = []
    for policy in policies:
        scope = {"type": policy["scope"], "namespaces": policy["namespaces"]}
        answer.append({"policyArn": f"{POLICIES}/{policy['policy']}", "accessScope": scope})
    return {"associatedAccessPolicies": answer}


def described(**values):
    entry = {
        "principalArn": ADMIN,
        "accessEntryArn": "arn:aws-cn:eks:cn-north-1:111122223333:access-entry/opta-staging/role/1",
        "kubernetesGroups": [],
        "username": "someone",
        "type": "STANDARD",
        "tags": OURS,
    }
    return {"accessEntry": {**entry, **values}}


def found(eks, *policies, **values):
    eks.answer("describe_access_entry", described(**values), clusterName="opta-staging", principalArn=ADMIN)
    eks.answer("list_associated_access_policies", associated(*policies), clusterName="opta-staging", principalArn=ADMIN)


def entry(eks, caller=CALLER, **options):
    return AccessEntry(eks.client, "opta-staging", ADMIN, caller_arn=lambda: caller, **options)


def test_policies_are_compared_by_name_whatever_their_order():
    short: list[dict[str, Any]] = [
        {"policy": "AmazonEKSViewPolicy", "scope": "namespace", "namespaces": ["b", "a"]},
        {"policy": CLUSTER_ADMIN},
    ]
    full: list[dict[str, Any]] = [
        {"policy": f"{POLICIES}/{CLUSTER_ADMIN}", "scope": "cluster", "namespaces": None},
        {"policy": f"{POLICIES}/AmazonEKSViewPolicy", "scope": "namespace", "namespaces": ["a", "b"]},
    ]
    assert subject.normalised(short) == subject.normalised(full) == [CLUSTER_ADMIN_POLICY, VIEW_POLICY]


def test_other_policies_are_kept_unless_purged():
    wider = {**VIEW_POLICY, "scope": "cluster", "namespaces": []}
    assert subject.keeping_other_policies([CLUSTER_ADMIN_POLICY, VIEW_POLICY], [wider]) == [CLUSTER_ADMIN_POLICY, wider]


def test_only_cluster_scope_counts_as_administrator():
    assert subject.has_cluster_admin([CLUSTER_ADMIN_POLICY])
    assert not subject.has_cluster_admin([{**CLUSTER_ADMIN_POLICY, "scope": "namespace"}, VIEW_POLICY])


def test_creation_carries_tags_and_associates_the_policies(eks):
    eks.refuse("describe_access_entry", "ResourceNotFoundException")
    eks.refuse("describe_access_entry", "ResourceNotFoundException")
    eks.answer("create_access_entry", described())
    eks.answer(
        "associate_access_policy",
        {},
        clusterName="opta-staging",
        principalArn=ADMIN,
        policyArn=f"{POLICIES}/AmazonEKSViewPolicy",
        accessScope={"type": "namespace", "namespaces": ["a", "b"]},
    )
    found(eks, VIEW_POLICY)
    outcome = ensure_present(entry(eks), {"policies": [VIEW_POLICY], "tags": OURS}, check_mode=False)
    assert outcome.action == "create"
    assert outcome.resource and outcome.resource["policies"] == [VIEW_POLICY]
    assert eks.sent("CreateAccessEntry")["tags"] == OURS


def test_a_principal_that_is_not_yet_visible_to_eks_is_waited_for(eks):
    eks.refuse("describe_access_entry", "ResourceNotFoundException")
    eks.refuse("describe_access_entry", "ResourceNotFoundException")
    eks.refuse("create_access_entry", "InvalidParameterException", "The specified principalArn is invalid: invalid principal.")
    eks.answer("create_access_entry", described())
    found(eks)
    assert ensure_present(entry(eks), {"tags": OURS}, check_mode=False).action == "create"


def test_policies_missing_after_an_interrupted_run_are_associated(eks):
    found(eks, VIEW_POLICY)
    eks.answer(
        "associate_access_policy",
        {},
        clusterName="opta-staging",
        principalArn=ADMIN,
        policyArn=f"{POLICIES}/{CLUSTER_ADMIN}",
        accessScope={"type": "cluster"},
    )
    found(eks, VIEW_POLICY, CLUSTER_ADMIN_POLICY)
    outcome = ensure_present(entry(eks), {"policies": [VIEW_POLICY, {"policy": CLUSTER_ADMIN}]}, check_mode=False)
    assert outcome.attributes == ["policies"]


def test_policies_that_are_not_desired_are_removed(eks):
    found(eks, VIEW_POLICY)
    edit = {"policy": "AmazonEKSEditPolicy", "scope": "cluster", "namespaces": []}
    eks.answer("associate_access_policy", {})
    eks.answer(
        "disassociate_access_policy", {}, clusterName="opta-staging", principalArn=ADMIN, policyArn=f"{POLICIES}/AmazonEKSViewPolicy"
    )
    found(eks, edit)
    assert ensure_present(entry(eks), {"policies": [edit]}, check_mode=False).action == "update"


def test_groups_and_user_name_change_together(eks):
    found(eks)
    eks.answer(
        "update_access_entry", described(), clusterName="opta-staging", principalArn=ADMIN, kubernetesGroups=["x"], username="someone"
    )
    found(eks, kubernetesGroups=["x"])
    assert ensure_present(entry(eks), {"kubernetes_groups": ["x"]}, check_mode=False).attributes == ["kubernetes_groups"]


def test_a_change_of_type_is_a_replacement(eks):
    found(eks)
    outcome = ensure_present(entry(eks), {"type": "EC2_LINUX"}, check_mode=True)
    assert (outcome.action, outcome.allowed) == ("replace", False)


def test_a_foreign_entry_is_not_deleted(eks):
    found(eks, tags={})
    with pytest.raises(Refused, match="adopt: true"):
        ensure_absent(entry(eks), check_mode=True)
    found(eks, tags={})
    assert ensure_absent(entry(eks, adopt=True), check_mode=True, adopt=True).action == "delete"


def test_the_last_administrator_is_not_removed(eks):
    found(eks, CLUSTER_ADMIN_POLICY)
    eks.answer(
        "list_access_entries",
        {"accessEntries": [ADMIN, OTHER]},
        clusterName="opta-staging",
        associatedPolicyArn=f"{POLICIES}/{CLUSTER_ADMIN}",
    )
    eks.answer("list_associated_access_policies", associated({**CLUSTER_ADMIN_POLICY, "scope": "namespace", "namespaces": ["a"]}))
    with pytest.raises(Refused, match="last administrator of the cluster"):
        ensure_absent(entry(eks), check_mode=True)


def test_one_of_several_administrators_is_removed(eks):
    found(eks, CLUSTER_ADMIN_POLICY)
    eks.answer("list_access_entries", {"accessEntries": [ADMIN, OTHER]})
    eks.answer("list_associated_access_policies", associated(CLUSTER_ADMIN_POLICY), clusterName="opta-staging", principalArn=OTHER)
    eks.answer("delete_access_entry", {}, clusterName="opta-staging", principalArn=ADMIN)
    eks.refuse("describe_access_entry", "ResourceNotFoundException")
    assert ensure_absent(entry(eks), check_mode=False).action == "delete"


def test_the_callers_own_access_entry_is_not_removed(eks):
    found(eks)
    with pytest.raises(Refused, match="run's caller"):
        ensure_absent(entry(eks, caller="arn:aws-cn:sts::111122223333:assumed-role/admin/me"), check_mode=True)


@pytest.mark.parametrize("change", [{"policies": [VIEW_POLICY]}, {"type": "EC2_LINUX"}])
def test_the_last_administrator_keeps_its_policy(eks, change):
    found(eks, CLUSTER_ADMIN_POLICY)
    eks.answer("list_access_entries", {"accessEntries": [ADMIN]})
    with pytest.raises(Refused, match="last administrator of the cluster"):
        ensure_present(entry(eks), change, check_mode=True)


def test_a_principal_that_is_known_after_apply_is_planned_without_a_call(eks):
    planned = AccessEntry(eks.client, "opta-staging", "(known after apply)", caller_arn=lambda: CALLER)
    outcome = ensure_present(planned, {"policies": [{"policy": CLUSTER_ADMIN}]}, check_mode=True)
    assert outcome.action == "create"
    assert outcome.resource and outcome.resource["policies"] == [CLUSTER_ADMIN_POLICY]
