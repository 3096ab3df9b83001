from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._eks import node_group as subject
from ansible_collections.opta.platform.plugins.module_utils._eks import node_group_requests as requests
from ansible_collections.opta.platform.plugins.module_utils._eks.node_group import NodeGroup
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused, ResourceFailed
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present

from .machines import hardware

ROLE = "arn:aws-cn:iam::111122223333:role/opta/staging/nodes"
TAGS = {"opta:environment": "staging"}
TAINT = {"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"}
DESIRED = {
    "node_role_arn": ROLE,
    "subnet_ids": ["subnet-1", "subnet-2"],
    "ami_type": "AL2023_x86_64_STANDARD",
    "instance_types": ["m7i.large"],
    "launch_template_id": "lt-1",
    "launch_template_version": "1",
    "min_size": 2,
    "max_size": 4,
    "labels": {"team": "a"},
    "taints": [TAINT],
    "version": "1.34",
    "tags": TAGS,
}


def described(status="ACTIVE", issues=(), sizes=(2, 4, 3), **values):
    group = {
        "nodegroupName": "default",
        "nodegroupArn": "arn:aws-cn:eks:cn-north-1:111122223333:nodegroup/opta-staging/default/1",
        "clusterName": "opta-staging",
        "version": "1.34",
        "releaseVersion": "1.34.1-20261101",
        "status": status,
        "capacityType": "ON_DEMAND",
        "scalingConfig": dict(zip(("minSize", "maxSize", "desiredSize"), sizes, strict=True)),
        "instanceTypes": ["m7i.large"],
        "subnets": ["subnet-2", "subnet-1"],
        "amiType": "AL2023_x86_64_STANDARD",
        "nodeRole": ROLE,
        "labels": {"team": "a"},
        "taints": [TAINT],
        "resources": {"autoScalingGroups": [{"name": "eks-default-1"}]},
        "health": {"issues": list(issues)},
        "updateConfig": {"maxUnavailable": 1},
        "launchTemplate": {"id": "lt-1", "name": "opta-staging-default", "version": "1"},
        "tags": TAGS,
    }
    return {"nodegroup": {**group, **values}}


def update(update_type, status="InProgress", errors=()):
    return {"update": {"id": update_type, "type": update_type, "status": status, "errors": list(errors)}}


def present(eks, desired=None, check_mode=False, allow_replacement=False, **options):
    group = NodeGroup(eks.client, "opta-staging", "default", **{"hardware": hardware(), **options})
    return ensure_present(group, {**DESIRED, **(desired or {})}, check_mode=check_mode, allow_replacement=allow_replacement)


@pytest.mark.parametrize(("found", "low", "high", "result"), [(3, 2, 4, 3), (1, 2, 4, 2), (9, 2, 4, 4), (2, 2, 4, 2)])
def test_the_desired_size_is_only_limited_to_its_bounds(found, low, high, result):
    assert subject.desired_size(found, low, high) == result


def test_the_size_set_by_the_autoscaler_is_kept(eks):
    eks.answer("describe_nodegroup", described(sizes=(2, 4, 4)))
    outcome = present(eks, {"desired_size": 2})
    assert outcome.action is None
    assert outcome.resource["desired_size"] == 4


def test_a_size_outside_the_new_bounds_is_changed_with_them(eks):
    eks.answer("describe_nodegroup", described(sizes=(2, 9, 8)))
    eks.answer("update_nodegroup_config", update("ConfigUpdate"))
    eks.answer(
        "describe_update", update("ConfigUpdate", "Successful"), name="opta-staging", updateId="ConfigUpdate", nodegroupName="default"
    )
    eks.answer("describe_nodegroup", described(sizes=(2, 4, 4)))
    outcome = present(eks)
    assert sorted(outcome.attributes) == ["desired_size", "max_size"]
    assert eks.sent("UpdateNodegroupConfig")["scalingConfig"] == {"maxSize": 4, "desiredSize": 4}


def test_new_bounds_keep_the_size_set_by_the_autoscaler(eks):
    eks.answer("describe_nodegroup", described(sizes=(2, 9, 3)))
    eks.answer("update_nodegroup_config", update("ConfigUpdate"))
    eks.answer(
        "describe_update", update("ConfigUpdate", "Successful"), name="opta-staging", updateId="ConfigUpdate", nodegroupName="default"
    )
    eks.answer("describe_nodegroup", described(sizes=(2, 4, 4)))
    assert present(eks).attributes == ["max_size"]
    assert eks.sent("UpdateNodegroupConfig")["scalingConfig"] == {"maxSize": 4}


def test_creation_sends_every_attribute_except_the_version(eks):
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    eks.answer("describe_cluster", {"cluster": {"version": "1.34"}})
    eks.answer("create_nodegroup", described("CREATING"))
    eks.answer("describe_nodegroup", described("CREATING"))
    eks.answer("describe_nodegroup", described())
    outcome = present(eks, {"update_config": {"max_unavailable_percentage": 33}, "node_repair": True})
    assert outcome.action == "create"
    assert eks.sent("CreateNodegroup") == {
        "clusterName": "opta-staging",
        "nodegroupName": "default",
        "nodeRole": ROLE,
        "subnets": ["subnet-1", "subnet-2"],
        "scalingConfig": {"minSize": 2, "maxSize": 4, "desiredSize": 2},
        "launchTemplate": {"id": "lt-1", "version": "1"},
        "amiType": "AL2023_x86_64_STANDARD",
        "instanceTypes": ["m7i.large"],
        "labels": {"team": "a"},
        "taints": [TAINT],
        "updateConfig": {"maxUnavailablePercentage": 33},
        "nodeRepairConfig": {"enabled": True},
        "tags": TAGS,
    }


def test_a_role_that_is_not_yet_visible_to_eks_is_waited_for(eks):
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    eks.answer("describe_cluster", {"cluster": {"version": "1.34"}})
    eks.refuse("create_nodegroup", "InvalidParameterException", "The role with name nodes cannot be found.")
    eks.answer("create_nodegroup", described("CREATING"))
    eks.answer("describe_nodegroup", described())
    assert present(eks).action == "create"


def test_nodes_cannot_be_newer_than_their_cluster(eks):
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    eks.answer("describe_cluster", {"cluster": {"version": "1.33"}})
    with pytest.raises(Refused, match="upgrade the cluster first"):
        present(eks)


def test_labels_and_taints_are_sent_as_differences(eks):
    eks.answer(
        "describe_nodegroup",
        described(labels={"team": "b", "old": "x"}, taints=[{**TAINT, "value": "old"}, {"key": "gone", "effect": "NO_EXECUTE"}]),
    )
    eks.answer("update_nodegroup_config", update("ConfigUpdate"))
    eks.answer("describe_update", update("ConfigUpdate", "Successful"))
    eks.answer("describe_nodegroup", described())
    present(eks, {"labels": {"team": "a", "on": True}})
    sent = eks.sent("UpdateNodegroupConfig")
    assert sent["labels"] == {"addOrUpdateLabels": {"team": "a", "on": "true"}, "removeLabels": ["old"]}
    assert sent["taints"] == {"addOrUpdateTaints": [TAINT], "removeTaints": [{"key": "gone", "value": "", "effect": "NO_EXECUTE"}]}


def test_foreign_labels_are_kept_if_configured(eks):
    eks.answer("describe_nodegroup", described(labels={"team": "a", "other": "x"}))
    assert present(eks, purge_labels=False).action is None


def test_a_new_launch_template_version_keeps_the_image(eks):
    eks.answer("describe_nodegroup", described())
    eks.answer("update_nodegroup_version", update("VersionUpdate"))
    eks.answer("describe_update", update("VersionUpdate", "Successful"))
    eks.answer("describe_nodegroup", described(launchTemplate={"id": "lt-1", "version": "2"}))
    outcome = present(eks, {"launch_template_version": "2"})
    assert outcome.attributes == ["launch_template_version"]
    assert eks.sent("UpdateNodegroupVersion") == {
        "clusterName": "opta-staging",
        "nodegroupName": "default",
        "launchTemplate": {"id": "lt-1", "version": "2"},
        "version": "1.34",
        "releaseVersion": "1.34.1-20261101",
        "force": False,
    }


def test_a_version_update_uses_the_newest_ami_and_follows_the_configuration_update(eks):
    eks.answer("describe_nodegroup", described(version="1.33", labels={}))
    eks.answer("update_nodegroup_config", update("ConfigUpdate"))
    eks.answer(
        "describe_update", update("ConfigUpdate", "Successful"), name="opta-staging", updateId="ConfigUpdate", nodegroupName="default"
    )
    eks.answer("update_nodegroup_version", update("VersionUpdate"))
    eks.answer("describe_update", update("VersionUpdate", "Successful"))
    eks.answer("describe_nodegroup", described())
    present(eks, force_update=True)
    sent = eks.sent("UpdateNodegroupVersion")
    assert (sent["version"], sent["force"], "releaseVersion" in sent) == ("1.34", True, False)


def test_a_version_above_the_desired_one_is_reported_and_not_changed(eks):
    eks.answer("describe_nodegroup", described(version="1.35"))
    outcome = present(eks)
    assert outcome.action is None
    assert "1.35, higher than the requested 1.34" in outcome.notes[0]


def test_a_custom_ami_has_no_kubernetes_version():
    found = described(amiType="CUSTOM")["nodegroup"]
    assert set(requests.version_request(found, {"launch_template_version": "2"}, ["launch_template_version"])) == {"launchTemplate"}
    created = requests.create_request({**DESIRED, "ami_type": "CUSTOM", "desired_size": 2})
    assert not {"amiType", "releaseVersion", "version"} & set(created)


def test_a_failed_update_reports_its_errors(eks):
    eks.answer("describe_nodegroup", described())
    eks.answer("update_nodegroup_version", update("VersionUpdate"))
    error = {"errorCode": "PodEvictionFailure", "errorMessage": "Reached max retries while trying to evict pods", "resourceIds": ["i-1"]}
    eks.answer("describe_update", update("VersionUpdate", "Failed", [error]))
    with pytest.raises(ResourceFailed, match="PodEvictionFailure: Reached max retries"):
        present(eks, {"launch_template_version": "2"})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("node_role_arn", "other"),
        ("subnet_ids", ["subnet-1"]),
        ("ami_type", "BOTTLEROCKET_x86_64"),
        ("capacity_type", "SPOT"),
        ("instance_types", ["m7i.xlarge"]),
        ("launch_template_id", "lt-2"),
    ],
)
def test_immutable_attributes_require_an_allowed_replacement(eks, option, value):
    eks.answer("describe_nodegroup", described())
    planned = present(eks, {option: value}, check_mode=True)
    assert (planned.action, planned.allowed, planned.attributes) == ("replace", False, [option])
    eks.answer("describe_nodegroup", described())
    with pytest.raises(Refused, match="allow_replacement: true"):
        present(eks, {option: value})


def test_a_replacement_keeps_the_size_and_uses_a_new_ami(eks):
    eks.answer("describe_nodegroup", described(sizes=(2, 4, 4)))
    eks.answer("delete_nodegroup", described("DELETING"))
    eks.answer("describe_nodegroup", described("DELETING"))
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    eks.answer("describe_cluster", {"cluster": {"version": "1.34"}})
    eks.answer("create_nodegroup", described("CREATING"))
    eks.answer("describe_nodegroup", described(instanceTypes=["m7i.xlarge"]))
    outcome = present(eks, {"instance_types": ["m7i.xlarge"], "desired_size": 2}, allow_replacement=True)
    assert outcome.action == "replace"
    sent = eks.sent("CreateNodegroup")
    assert sent["scalingConfig"]["desiredSize"] == 4
    assert "releaseVersion" not in sent


def test_a_group_under_another_name_is_created_first_as_the_refusal_says(eks):
    changed = {"instance_types": ["m7i.xlarge"]}
    eks.answer("describe_nodegroup", described())
    with pytest.raises(Refused, match="add one with another name, and once its nodes are ready, delete this group with the module"):
        present(eks, changed)
    for _ in range(2):
        eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    eks.answer("describe_cluster", {"cluster": {"version": "1.34"}})
    eks.answer("create_nodegroup", described("CREATING", nodegroupName="larger"))
    eks.answer("describe_nodegroup", described(nodegroupName="larger", instanceTypes=["m7i.xlarge"]))
    larger = NodeGroup(eks.client, "opta-staging", "larger", hardware=hardware())
    assert ensure_present(larger, {**DESIRED, **changed}, check_mode=False).action == "create"
    assert eks.sent("CreateNodegroup")["nodegroupName"] == "larger"
    eks.answer("describe_nodegroup", described())
    eks.answer("delete_nodegroup", described("DELETING"), clusterName="opta-staging", nodegroupName="default")
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    assert ensure_absent(NodeGroup(eks.client, "opta-staging", "default"), check_mode=False).action == "delete"


def test_degraded_is_a_warning_before_a_change_and_a_failure_after_it(eks):
    issue = {"code": "AsgInstanceLaunchFailures", "message": "no capacity", "resourceIds": []}
    eks.answer("describe_nodegroup", described("DEGRADED", [issue]))
    assert "no capacity" in present(eks).notes[0]
    for status in ("CREATING", "DEGRADED"):
        eks.answer("describe_nodegroup", described(status, [issue]))
    with pytest.raises(ResourceFailed, match="no capacity. Fix the cause and run again"):
        present(eks)


def test_a_degraded_group_recovers_once_its_cause_is_removed(eks):
    issue = {"code": "AsgInstanceLaunchFailures", "message": "no capacity", "resourceIds": []}
    eks.answer("describe_nodegroup", described())
    eks.answer("update_nodegroup_version", update("VersionUpdate"))
    eks.answer("describe_update", update("VersionUpdate", "Successful"))
    eks.answer("describe_nodegroup", described("DEGRADED", [issue], launchTemplate={"id": "lt-1", "version": "2"}))
    with pytest.raises(ResourceFailed, match="no capacity. Fix the cause and run again"):
        present(eks, {"launch_template_version": "2"})
    eks.answer("describe_nodegroup", described(launchTemplate={"id": "lt-1", "version": "2"}))
    outcome = present(eks, {"launch_template_version": "2"})
    assert (outcome.action, outcome.notes) == (None, [])


def test_a_degraded_group_accepts_a_change_that_removes_the_cause(eks):
    issue = {"code": "AsgInstanceLaunchFailures", "message": "no capacity", "resourceIds": []}
    eks.answer("describe_nodegroup", described("DEGRADED", [issue]))
    eks.answer("update_nodegroup_config", update("ConfigUpdate"))
    eks.answer("describe_update", update("ConfigUpdate", "Successful"))
    eks.answer("describe_nodegroup", described(sizes=(1, 4, 3)))
    assert present(eks, {"min_size": 1}).action == "update"


def test_creation_reports_missing_options(eks):
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    with pytest.raises(Refused, match="to create it, set node_role_arn, subnet_ids"):
        ensure_present(NodeGroup(eks.client, "opta-staging", "default"), {"ami_type": "AL2023_x86_64_STANDARD"}, check_mode=True)


@pytest.mark.parametrize(
    ("sizes", "message"), [({"min_size": 5}, "min_size 5 is higher than max_size 4"), ({"desired_size": 9}, "desired_size 9")]
)
def test_sizes_must_fit_together(eks, sizes, message):
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    with pytest.raises(Refused, match=message):
        present(eks, sizes, check_mode=True)


@pytest.mark.parametrize(
    ("found", "desired", "same"),
    [
        ({"maxUnavailable": 1}, {"max_unavailable": 1, "max_unavailable_percentage": None}, True),
        ({"maxUnavailable": 1}, {"max_unavailable_percentage": 33}, False),
        ({"maxUnavailable": 1, "updateStrategy": "DEFAULT"}, {"max_unavailable": 1}, True),
        ({"maxUnavailable": 1}, {"max_unavailable": 2}, False),
    ],
)
def test_update_configurations_are_compared_by_set_fields(found, desired, same):
    assert subject.same_update_config(requests.as_update_config({"updateConfig": found}), desired) is same


def test_taints_are_compared_whatever_their_order():
    other = {"key": "a", "effect": "NO_EXECUTE"}
    assert requests.same_taints([TAINT, other], [{**other, "value": ""}, TAINT])
    assert not requests.same_taints([TAINT], [{**TAINT, "value": "x"}])


def test_a_new_group_gets_defaults_and_an_existing_one_keeps_unset_options(eks):
    given = {name: DESIRED[name] for name in ("node_role_arn", "subnet_ids", "tags")}

    def planned(**options):
        return ensure_present(NodeGroup(eks.client, "opta-staging", "default", **options), given, check_mode=True)

    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    new = planned(new_sizes={"min_size": 3, "max_size": 9}).after
    assert (new["instance_types"], new["min_size"], new["max_size"], new["desired_size"]) == (["t3.large"], 3, 9, 3)
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    new = planned().after
    assert (new["min_size"], new["max_size"]) == (1, 1)
    eks.answer("describe_nodegroup", described(sizes=(2, 40, 8)))
    assert planned(new_sizes={"min_size": 3, "max_size": 9}).action is None
