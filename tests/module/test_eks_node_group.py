"""eks_node_group on the stand-in: through its life, and what it refuses. AWS is asked for the truth."""

from __future__ import annotations

from typing import Any

import pytest

from tests.module.eks_foundation import NODE_POLICIES, OWNED, Foundation
from tests.support.until import until

TAINT = {"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"}


@pytest.fixture
def foundation(standin):
    return Foundation(standin)


@pytest.fixture
def options(foundation, unique):
    return {
        "cluster_name": foundation.cluster_for_nodes(),
        "name": unique("nodes"),
        "node_role_arn": foundation.node_role_arn,
        "subnet_ids": foundation.subnet_ids,
        "instance_types": ["m7i.large"],
        "min_size": 1,
        "max_size": 3,
        "labels": {"team": "a"},
        "volume_size_gib": 50,
        "tags": OWNED,
    }


@pytest.fixture
def truth(foundation):
    """AWS's own word about a node group and its launch template; None for what is not there."""

    def ask(options):
        eks, ec2 = foundation.eks, foundation.ec2
        try:
            group = eks.describe_nodegroup(clusterName=options["cluster_name"], nodegroupName=options["name"])["nodegroup"]
        except eks.exceptions.ResourceNotFoundException:
            group = None
        name = f"{options['cluster_name']}-{options['name']}"
        templates = [t for t in ec2.describe_launch_templates()["LaunchTemplates"] if t["LaunchTemplateName"] == name]
        return group, templates[0] if templates else None

    return ask


@pytest.fixture
def remove(run_module):
    """Remove a node group at the end of a test."""
    made: list[Any] = []
    yield made.append
    for options in made:
        run_module("eks_node_group", cluster_name=options["cluster_name"], name=options["name"], state="absent")


def versions(foundation, template):
    answer = foundation.ec2.describe_launch_template_versions(LaunchTemplateId=template["LaunchTemplateId"])
    return {each["VersionNumber"]: each["LaunchTemplateData"] for each in answer["LaunchTemplateVersions"]}


def actions(result):
    return {action["resource"].rsplit(" ", 1)[0]: (action["action"], sorted(action["attributes"])) for action in result["actions"]}


def test_a_node_group_is_created_updated_and_deleted(standin, run_module, foundation, options, truth):
    planned = run_module("eks_node_group", check_mode=True, **options)
    assert truth(options) == (None, None)
    made = run_module("eks_node_group", **options)
    assert actions(made) == actions(planned)
    assert {kind: action for kind, (action, _names) in actions(made).items()} == {"EKS node group": "create", "launch template": "create"}
    group, template = truth(options)
    assert group["status"] == "ACTIVE"
    assert group["scalingConfig"] == {"minSize": 1, "maxSize": 3, "desiredSize": 1}
    assert group["launchTemplate"]["id"] == template["LaunchTemplateId"]
    assert group["tags"] == OWNED
    data = versions(foundation, template)[1]
    assert data["MetadataOptions"]["HttpTokens"] == "required" and data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    assert data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert data["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 50

    mark = standin.mark()
    assert run_module("eks_node_group", **options)["actions"] == []
    assert run_module("eks_node_group", check_mode=True, **options)["actions"] == []
    assert standin.mutating(mark) == []

    changed = {**options, "max_size": 5, "labels": {"team": "b"}, "taints": [TAINT], "volume_size_gib": 80, "tags": {**OWNED, "cost": "1"}}
    mark = standin.mark()
    planned = run_module("eks_node_group", check_mode=True, **changed)
    assert standin.mutating(mark) == []
    done = run_module("eks_node_group", **changed)
    assert actions(done) == actions(planned)
    assert actions(done) == {
        "EKS node group": ("update", ["labels", "launch_template_version", "max_size", "tags", "taints"]),
        "launch template": ("update", ["node_tags", "tags", "volume_size_gib"]),
    }
    group, template = truth(options)
    assert group["labels"] == {"team": "b"} and group["taints"] == [TAINT]
    assert group["launchTemplate"]["version"] == "2"
    assert versions(foundation, template)[2]["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 80
    assert run_module("eks_node_group", **changed)["actions"] == []
    assert run_module("eks_node_group", check_mode=True, **changed)["actions"] == []

    absent = {"cluster_name": options["cluster_name"], "name": options["name"], "state": "absent", "tags": OWNED}
    planned = run_module("eks_node_group", check_mode=True, **absent)
    assert None not in truth(options)
    assert actions(run_module("eks_node_group", **absent)) == actions(planned)
    assert truth(options) == (None, None)
    assert run_module("eks_node_group", **absent)["actions"] == []
    assert run_module("eks_node_group", check_mode=True, **absent)["actions"] == []


def test_a_launch_template_of_an_interrupted_run_is_deleted(run_module, foundation, options, truth):
    tags = {**OWNED, "opta:name": options["cluster_name"]}
    run_module("eks_node_group", **{**options, "tags": tags})
    group = {"clusterName": options["cluster_name"], "nodegroupName": options["name"]}
    foundation.eks.delete_nodegroup(**group)
    until(lambda: truth(options)[0] is None)
    assert truth(options)[1] is not None
    assert options["name"] in run_module("eks_cluster_info", name=options["cluster_name"])["node_group_names"]
    run_module("eks_node_group", cluster_name=options["cluster_name"], name=options["name"], state="absent", tags=tags)
    assert truth(options) == (None, None)
    assert options["name"] not in run_module("eks_cluster_info", name=options["cluster_name"])["node_group_names"]


def test_instances_volumes_and_interfaces_are_tagged_by_the_launch_template(run_module, foundation, options, truth, remove):
    remove(options)
    run_module("eks_node_group", **options)
    _group, template = truth(options)
    specifications = versions(foundation, template)[1]["TagSpecifications"]
    assert {each["ResourceType"] for each in specifications} == {"instance", "volume", "network-interface"}
    for each in specifications:
        assert {tag["Key"]: tag["Value"] for tag in each["Tags"]}["opta:environment"] == "staging"
    assert {tag["Key"]: tag["Value"] for tag in template["Tags"]} == OWNED


def test_a_change_of_tags_does_not_replace_nodes(standin, run_module, foundation, options, truth, remove):
    remove(options)
    run_module("eks_node_group", **options)
    changed = {**options, "tags": {**OWNED, "cost-centre": "42"}}
    planned = run_module("eks_node_group", check_mode=True, **changed)
    mark = standin.mark()
    done = run_module("eks_node_group", **changed)
    expected = {"EKS node group": ("update", ["node_tags", "tags"]), "launch template": ("update", ["tags"])}
    assert actions(planned) == actions(done) == expected
    assert any("tags do not replace nodes" in warning for warning in map(str, done["warnings"]))
    assert not {"UpdateNodegroupVersion", "CreateLaunchTemplateVersion"} & set(standin.mutating(mark))
    group, template = truth(options)
    assert (group["launchTemplate"]["version"], group["tags"]["cost-centre"], sorted(versions(foundation, template))) == ("1", "42", [1])
    scaling = standin.client("autoscaling")
    name = group["resources"]["autoScalingGroups"][0]["name"]
    (found,) = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    assert ("cost-centre", "42", True) in {(tag["Key"], tag["Value"], tag["PropagateAtLaunch"]) for tag in found["Tags"]}
    for given in (changed, options):  # a tag that is no longer given stays, as everywhere
        mark = standin.mark()
        assert run_module("eks_node_group", check_mode=True, **given)["actions"] == []
        assert (run_module("eks_node_group", **given)["actions"], standin.mutating(mark)) == ([], [])
    rolled = run_module("eks_node_group", **{**changed, "volume_size_gib": 60})
    assert actions(rolled)["launch template"] == ("update", ["node_tags", "volume_size_gib"])
    assert any("nodes are drained and replaced" in warning for warning in map(str, rolled["warnings"]))
    for each in versions(foundation, template)[2]["TagSpecifications"]:
        assert {"Key": "cost-centre", "Value": "42"} in each["Tags"]
    assert run_module("eks_node_group", **{**changed, "volume_size_gib": 60})["actions"] == []


def test_a_group_that_failed_at_its_creation_is_created_again(standin, run_module, foundation, options, truth, remove):
    remove(options)
    role = foundation.role(options["name"], "ec2.amazonaws.com")
    options = {**options, "node_role_arn": role}
    failed = run_module("eks_node_group", expect_failure=True, **options)
    assert "CREATE_FAILED" in failed["msg"] and failed["msg"].endswith("Fix the cause and run again: the run creates it again.")
    for policy in NODE_POLICIES:  # the cause is removed
        foundation.iam.attach_role_policy(RoleName=options["name"], PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    changed = {**options, "instance_types": ["m7i.xlarge"]}
    planned = run_module("eks_node_group", check_mode=True, **changed)
    assert actions(planned) == {"EKS node group": ("replace", ["instance_types"])}
    assert planned["actions"][0]["allowed"] is True
    assert any(
        "failed before it was ever ready, and is deleted and created again: CREATE_FAILED" in reported
        for reported in map(str, planned["warnings"])
    )
    assert truth(options)[0]["status"] == "CREATE_FAILED"
    begun = run_module("eks_node_group", wait=False, **changed)
    assert (begun["actions"], begun["node_group"]["status"]) == ([], "CREATE_FAILED")
    assert actions(run_module("eks_node_group", **changed)) == actions(planned)
    group, _template = truth(options)
    assert (group["status"], group["instanceTypes"]) == ("ACTIVE", ["m7i.xlarge"])
    assert run_module("eks_node_group", **changed)["actions"] == []


def test_a_replacement_is_planned_and_refused_unless_allowed(standin, run_module, foundation, options, truth, remove):
    remove(options)
    run_module("eks_node_group", **options)
    foundation.eks.update_nodegroup_config(
        clusterName=options["cluster_name"],
        nodegroupName=options["name"],
        scalingConfig={"minSize": 1, "maxSize": 3, "desiredSize": 3},
    )
    changed = {**options, "instance_types": ["m7i.xlarge"], "volume_size_gib": 60}
    planned = run_module("eks_node_group", check_mode=True, **changed)
    assert next(a for a in planned["actions"] if a["action"] == "replace")["allowed"] is False
    mark = standin.mark()
    refused = run_module("eks_node_group", expect_failure=True, **changed)
    assert "allow_replacement: true" in refused["msg"]
    assert standin.mutating(mark) == []
    run_module("eks_node_group", allow_replacement=True, **changed)
    group, _template = truth(options)
    assert group["instanceTypes"] == ["m7i.xlarge"]
    assert group["scalingConfig"]["desiredSize"] == 3


def test_the_size_set_by_the_autoscaler_is_kept(run_module, foundation, options, truth, remove):
    remove(options)
    run_module("eks_node_group", **options)
    foundation.eks.update_nodegroup_config(
        clusterName=options["cluster_name"],
        nodegroupName=options["name"],
        scalingConfig={"minSize": 1, "maxSize": 3, "desiredSize": 2},
    )
    assert run_module("eks_node_group", desired_size=1, **options)["actions"] == []
    assert truth(options)[0]["scalingConfig"]["desiredSize"] == 2
    run_module("eks_node_group", **{**options, "max_size": 1})
    assert truth(options)[0]["scalingConfig"] == {"minSize": 1, "maxSize": 1, "desiredSize": 1}


def test_a_run_interrupted_between_template_and_group_is_completed(run_module, foundation, options, truth, remove, standin):
    remove(options)
    standin.fault("CreateNodegroup", code="InvalidRequestException", message="cut off")
    assert "cut off" in run_module("eks_node_group", expect_failure=True, **options)["msg"]
    group, template = truth(options)
    assert group is None and template is not None
    assert actions(run_module("eks_node_group", **options)).keys() == {"EKS node group"}

    standin.fault("UpdateNodegroupVersion", code="InvalidRequestException", message="cut off")
    changed = {**options, "volume_size_gib": 70}
    assert "cut off" in run_module("eks_node_group", expect_failure=True, **changed)["msg"]
    assert actions(run_module("eks_node_group", **changed)) == {"EKS node group": ("update", ["launch_template_version"])}
    assert truth(options)[0]["launchTemplate"]["version"] == "2"


def test_old_versions_of_the_template_are_deleted(run_module, foundation, options, truth, remove):
    remove(options)
    for size in range(50, 57):
        run_module("eks_node_group", **{**options, "volume_size_gib": size})
    group, template = truth(options)
    assert sorted(versions(foundation, template)) == [3, 4, 5, 6, 7]
    assert group["launchTemplate"]["version"] == "7"


def test_bad_options_are_reported_before_the_first_call(standin, run_module, options):
    mark = standin.mark()
    failed = run_module("eks_node_group", expect_failure=True, **{**options, "min_size": 9})
    assert "min_size 9 is higher than max_size 3" in failed["msg"]
    assert standin.requests(mark) == []
