from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.filter.eks import eks_addons
from ansible_collections.opta.platform.plugins.module_utils._eks import addon as subject
from ansible_collections.opta.platform.plugins.module_utils._eks.addon import CHOSEN_FOR_TAG, EksAddon
from ansible_collections.opta.platform.plugins.module_utils._errors import ResourceFailed, WaitTimeout
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present

ARN = "arn:aws-cn:eks:cn-north-1:111122223333:addon/opta-staging/vpc-cni/1"
ROLE = "arn:aws-cn:iam::111122223333:role/opta/staging/cni"
CHOSEN = {CHOSEN_FOR_TAG: "1.34"}
VERSIONS: dict[str, Any] = {
    "addons": [
        {
            "addonName": "vpc-cni",
            "addonVersions": [
                {"addonVersion": "v3", "compatibilities": [{"clusterVersion": "1.34", "defaultVersion": False}]},
                {"addonVersion": "v2", "compatibilities": [{"clusterVersion": "1.34", "defaultVersion": True}]},
            ],
        }
    ]
}


def described(status="ACTIVE", issues=(), **values):
    addon = {
        "addonName": "vpc-cni",
        "clusterName": "opta-staging",
        "status": status,
        "addonVersion": "v1",
        "addonArn": ARN,
        "serviceAccountRoleArn": ROLE,
        "configurationValues": '{"a": {"b": 1}}',
        "health": {"issues": list(issues)},
        "tags": {},
    }
    return {"addon": {**addon, **values}}


def update(status):
    return {"update": {"id": "1", "type": "AddonUpdate", "status": status}}


def present(eks, desired, check_mode=False, timeout_seconds=1800, **options):
    addon = EksAddon(eks.client, "opta-staging", "vpc-cni", **options)
    return ensure_present(addon, desired, check_mode=check_mode, timeout_seconds=timeout_seconds)


@pytest.mark.parametrize(
    ("text", "content"),
    [(None, {}), ("", {}), ('{"a": 1}', {"a": 1}), ("a: 1\nb: [x]\n", {"a": 1, "b": ["x"]}), ("{}", {})],
)
def test_configuration_is_compared_by_content(text, content):
    assert subject.parsed(text) == content


def test_the_default_version_matches_the_cluster_minor_version():
    versions = VERSIONS["addons"][0]["addonVersions"]
    assert subject.default_version(versions, "1.34") == "v2"
    assert subject.default_version(versions, "1.35") is None


def test_creation_overwrites_and_carries_tags(eks):
    eks.refuse("describe_addon", "ResourceNotFoundException")
    eks.answer("describe_addon_versions", VERSIONS, addonName="vpc-cni", kubernetesVersion="1.34")
    eks.refuse("describe_addon", "ResourceNotFoundException")
    eks.answer("create_addon", described("CREATING"))
    eks.answer("describe_addon", described("CREATING"))
    eks.answer("describe_addon", described("DEGRADED"))
    eks.answer("describe_addon", described("ACTIVE"))
    desired = {"service_account_role_arn": ROLE, "configuration_values": {"b": 2, "a": 1}, "tags": {"x": "y"}}
    outcome = present(eks, desired, kubernetes_version="1.34")
    assert outcome.action == "create"
    sent = eks.sent("CreateAddon")
    assert sent["resolveConflicts"] == "OVERWRITE"
    assert sent["addonVersion"] == "v2"
    assert sent["tags"] == {"x": "y", **CHOSEN}
    assert json.loads(sent["configurationValues"]) == {"a": 1, "b": 2}


def test_an_update_preserves_and_names_the_role_again(eks):
    eks.answer("describe_addon", described())
    eks.answer("update_addon", update("InProgress"))
    eks.answer("describe_update", update("Successful"), name="opta-staging", updateId="1", addonName="vpc-cni")
    eks.answer("describe_addon", described(addonVersion="v2"))
    outcome = present(eks, {"addon_version": "v2"})
    assert outcome.attributes == ["addon_version"]
    sent = eks.sent("UpdateAddon")
    assert sent["resolveConflicts"] == "PRESERVE"
    assert sent["serviceAccountRoleArn"] == ROLE
    assert json.loads(sent["configurationValues"]) == {"a": {"b": 1}}


def test_an_unset_version_is_kept_and_a_newer_default_reported(eks):
    eks.answer("describe_addon", described(tags=CHOSEN))
    eks.answer("describe_addon_versions", VERSIONS)
    outcome = present(eks, {"configuration_values": {"a": {"b": 1}}}, kubernetes_version="1.34")
    assert outcome.action is None
    assert outcome.notes == ["EKS add-on opta-staging/vpc-cni has version v1; the default for Kubernetes 1.34 is v2."]


def test_an_unset_version_is_chosen_again_after_a_cluster_upgrade(eks):
    eks.answer("describe_addon", described(tags={CHOSEN_FOR_TAG: "1.33"}))
    eks.answer("describe_addon_versions", VERSIONS)
    outcome = present(eks, {}, check_mode=True, kubernetes_version="1.34")
    assert outcome.after == {"addon_version": "v2", "tags": CHOSEN}


def test_a_version_is_chosen_for_an_adopted_incompatible_addon(eks):
    eks.answer("describe_addon", described(tags={}))
    eks.answer("describe_addon_versions", VERSIONS)
    assert "addon_version" in present(eks, {}, check_mode=True, kubernetes_version="1.34").attributes


def test_a_compatible_adopted_version_is_kept(eks):
    eks.answer("describe_addon", described(tags={}, addonVersion="v3"))
    eks.answer("describe_addon_versions", VERSIONS)
    assert present(eks, {}, check_mode=True, kubernetes_version="1.34").attributes == ["tags"]


def test_the_cluster_version_is_read_if_unset(eks):
    eks.answer("describe_addon", described(tags=CHOSEN))
    eks.answer("describe_cluster", {"cluster": {"name": "opta-staging", "version": "1.34"}})
    eks.answer("describe_addon_versions", VERSIONS)
    assert present(eks, {}).action is None


def test_a_plan_without_a_cluster_does_not_know_the_version(eks):
    eks.refuse("describe_addon", "ResourceNotFoundException")
    outcome = present(eks, {"tags": {"x": "y"}}, check_mode=True, kubernetes_version="(known after apply)")
    assert outcome.action == "create"
    assert outcome.attributes == ["addon_version", "tags"]
    assert outcome.resource["addon_version"] == "(known after apply)"


def test_degraded_after_a_change_reports_the_issues_in_the_end(eks, monkeypatch):
    issue = {"code": "InsufficientNumberOfReplicas", "message": "no node", "resourceIds": ["coredns"]}
    eks.refuse("describe_addon", "ResourceNotFoundException")
    eks.refuse("describe_addon", "ResourceNotFoundException")
    eks.answer("create_addon", described("CREATING"))
    eks.answer("describe_addon", described("DEGRADED", [issue]))
    with pytest.raises(WaitTimeout, match=r"DEGRADED: InsufficientNumberOfReplicas: no node \(coredns\)"):
        present(eks, {"addon_version": "v1"}, timeout_seconds=0)


def test_a_degraded_addon_is_changed_without_waiting(eks):
    eks.answer("describe_addon", described("DEGRADED"))
    eks.answer("update_addon", update("InProgress"))
    eks.answer("describe_update", update("Successful"))
    eks.answer("describe_addon", described("ACTIVE", addonVersion="v2"))
    assert present(eks, {"addon_version": "v2"}).action == "update"


def test_the_operation_of_an_interrupted_run_is_waited_for(eks):
    for status in ("CREATING", "CREATING", "DEGRADED", "ACTIVE"):
        eks.answer("describe_addon", described(status))
    assert present(eks, {"addon_version": "v1"}).action is None


def test_a_failed_creation_reports_its_reason_and_what_can_be_done(eks):
    issue = {"code": "ConfigurationConflict", "message": "Apply failed with 1 conflict", "resourceIds": []}
    for status in ("CREATING", "CREATE_FAILED"):
        eks.answer("describe_addon", described(status, [issue]))
    with pytest.raises(ResourceFailed, match="1 conflict.*resolve_conflicts_on_create: OVERWRITE and run again"):
        present(eks, {"addon_version": "v1"})


def test_a_failed_addon_is_recreated_and_its_software_preserved(eks):
    eks.answer("describe_addon", described("CREATE_FAILED"))
    eks.answer("delete_addon", described("DELETING"), clusterName="opta-staging", addonName="vpc-cni", preserve=True)
    eks.refuse("describe_addon", "ResourceNotFoundException")
    eks.answer("create_addon", described("CREATING"))
    eks.answer("describe_addon", described())
    assert present(eks, {"addon_version": "v1"}).action == "replace"
    assert eks.sent("CreateAddon")["resolveConflicts"] == "OVERWRITE"


CONFLICT = {"code": "ConfigurationConflict", "message": "Apply failed with 1 conflict", "resourceIds": []}
NOT_ALLOWED = {"code": "AccessDenied", "message": "the role may not", "resourceIds": []}


@pytest.mark.parametrize(
    ("issue", "remedy", "options", "sent"),
    [
        (
            CONFLICT,
            "1 conflict. Set resolve_conflicts_on_update: OVERWRITE and run again",
            {"resolve_conflicts_on_update": "OVERWRITE"},
            "OVERWRITE",
        ),
        (NOT_ALLOWED, "may not. Fix the cause and run again", {}, "PRESERVE"),
    ],
)
@pytest.mark.parametrize("shown", ["v1", "v2"])
def test_a_failed_update_is_repeated_as_its_remedy_says(eks, issue, remedy, options, sent, shown):
    """Whichever of both versions EKS shows of an add-on whose update has failed."""
    for status in ("UPDATING", "UPDATE_FAILED"):
        eks.answer("describe_addon", described(status, [issue], addonVersion=shown))
    with pytest.raises(ResourceFailed, match=remedy):
        present(eks, {"addon_version": "v2"})
    failed = described("UPDATE_FAILED", [issue], addonVersion=shown)
    eks.answer("describe_addon", failed)
    planned = present(eks, {"addon_version": "v2"}, check_mode=True, **options)
    eks.answer("describe_addon", failed)
    eks.answer("update_addon", update("InProgress"))
    eks.answer("describe_update", update("Successful"))
    eks.answer("describe_addon", described(addonVersion="v2"))
    done = present(eks, {"addon_version": "v2"}, **options)
    assert done.action == planned.action == "update"
    assert done.attributes == planned.attributes
    assert (eks.sent("UpdateAddon")["resolveConflicts"], eks.sent("UpdateAddon")["addonVersion"]) == (sent, "v2")


def test_deletion_can_preserve_the_software(eks):
    eks.answer("describe_addon", described())
    eks.answer("delete_addon", described("DELETING"), clusterName="opta-staging", addonName="vpc-cni", preserve=True)
    eks.refuse("describe_addon", "ResourceNotFoundException")
    addon = EksAddon(eks.client, "opta-staging", "vpc-cni", preserve=True)
    assert ensure_absent(addon, check_mode=False).action == "delete"


def test_a_degraded_addon_is_deleted_without_waiting_for_its_health(eks):
    for status in ("CREATING", "DEGRADED"):
        eks.answer("describe_addon", described(status))
    eks.answer("delete_addon", described("DELETING"))
    eks.refuse("describe_addon", "ResourceNotFoundException")
    assert ensure_absent(EksAddon(eks.client, "opta-staging", "vpc-cni"), check_mode=False).action == "delete"


def test_user_settings_are_merged_by_addon_name_into_the_role_defaults() -> None:
    addons: list[dict[str, Any]] = [
        {"name": "vpc-cni", "configuration_values": {"env": {"A": "1"}, "b": 1}},
        {"name": "coredns", "wait": False},
    ]
    assert eks_addons(addons, {"coredns": "v1"}, {"vpc-cni": {"env": {"C": "2"}, "b": 2}}) == [
        {"name": "vpc-cni", "configuration_values": {"env": {"A": "1", "C": "2"}, "b": 2}},
        {"name": "coredns", "wait": False, "addon_version": "v1"},
    ]
