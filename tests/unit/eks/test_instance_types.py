"""A node group and its instance types: what a new one gets, and what is refused before anything is changed."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._eks.node_group import NodeGroup
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_present

from .machines import hardware
from .test_node_group import DESIRED, described, present

ARM_IMAGE = {"ami_type": "AL2023_ARM_64_STANDARD"}


@pytest.mark.parametrize(
    ("ami_type", "given", "made"),
    [
        ("AL2023_x86_64_STANDARD", None, ["t3.large"]),
        ("BOTTLEROCKET_ARM_64", None, ["t4g.large"]),
        ("CUSTOM", None, ["t4g.large"]),
        ("AL2023_ARM_64_STANDARD", ["m7g.large"], ["m7g.large"]),
    ],
)
def test_a_new_group_gets_instance_types_that_match_its_ami(eks, ami_type, given, made):
    desired = {name: value for name, value in {**DESIRED, "ami_type": ami_type, "instance_types": given}.items() if value is not None}
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    group = NodeGroup(eks.client, "opta-staging", "default", hardware=hardware("ami-arm"))
    assert ensure_present(group, desired, check_mode=True).after["instance_types"] == made


@pytest.mark.parametrize(
    ("ami_type", "example"),
    [("AL2023_ARM_64_NVIDIA", "g5g.xlarge"), ("AL2_x86_64_GPU", "g5.xlarge"), ("AL2023_x86_64_NEURON", "inf2.xlarge")],
)
def test_a_new_group_for_accelerators_names_its_instance_types(eks, ami_type, example):
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    desired = {name: value for name, value in DESIRED.items() if name != "instance_types"}
    with pytest.raises(Refused, match=rf"ami_type {ami_type} needs instance_types with such accelerators, for example \[{example}\]"):
        ensure_present(NodeGroup(eks.client, "opta-staging", "default"), {**desired, "ami_type": ami_type}, check_mode=True)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("found", "desired", "image"),
    [
        (None, ARM_IMAGE, None),
        (None, {"instance_types": ["m7g.large"]}, None),
        # deleting it and being refused afterwards would leave no nodes
        (described(), ARM_IMAGE, None),
        (described(), {"instance_types": ["m7i.large", "m7g.large"]}, None),
        (described(amiType="CUSTOM"), {"ami_type": "CUSTOM", "launch_template_version": "2"}, "ami-arm"),
        (described("CREATE_FAILED", resources={}), ARM_IMAGE, None),
    ],
)
def test_instance_types_that_cannot_run_the_image_are_refused_before_anything_changes(eks, found, desired, image, check_mode):
    if found:
        eks.answer("describe_nodegroup", found)
    else:
        eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    with pytest.raises(
        Refused, match=r"is for (arm64|x86_64), but m7[ig].large of instance_types is (arm64|x86_64): use matching instance_types"
    ):
        present(eks, desired, check_mode=check_mode, allow_replacement=True, hardware=hardware(image))


def test_incompatible_instance_types_can_be_replaced_by_others(eks):
    eks.answer("describe_nodegroup", described())
    changed = {"ami_type": "AL2023_ARM_64_STANDARD", "instance_types": ["m7g.large"]}
    assert present(eks, changed, check_mode=True).action == "replace"


@pytest.mark.parametrize("amiType", ["AL2023_x86_64_STANDARD", "CUSTOM"])
def test_ec2_is_not_called_when_nothing_changes(eks, amiType):
    eks.answer("describe_nodegroup", described(amiType=amiType))
    asked = hardware("ami-arm")
    assert present(eks, {"ami_type": amiType}, hardware=asked).action is None
    assert asked.client().asked == []
