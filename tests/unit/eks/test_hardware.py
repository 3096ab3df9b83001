"""Which instance types can run which images. What EC2 answers is cut from its DescribeInstanceTypes."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._eks.hardware import Hardware, group_errors
from ansible_collections.opta.platform.plugins.module_utils._eks.images import ACCELERATORS, accelerators, architecture_of
from ansible_collections.opta.platform.plugins.module_utils._eks.node_group import AMI_TYPES
from ansible_collections.opta.platform.plugins.module_utils._preflight.rules import typed_node_groups

GPU = {"GpuInfo": {"Gpus": [{"Name": "A10G", "Manufacturer": "NVIDIA", "Count": 1}]}}
NEURON = {"NeuronInfo": {"NeuronDevices": [{"Name": "Inferentia2", "Count": 1}]}}
OFFERED = {
    "t3.large": ("x86_64", {}),
    "m6i.large": ("x86_64", {}),
    "g5.xlarge": ("x86_64", GPU),
    "inf2.xlarge": ("x86_64", NEURON),
    "a1.large": ("arm64", {}),
    "m7g.large": ("arm64", {}),
    "g5g.xlarge": ("arm64", GPU),
}


def offered(*names):
    known = [(name, *OFFERED[name]) for name in names if name in OFFERED]
    return [{"InstanceType": name, "ProcessorInfo": {"SupportedArchitectures": [arch]}, **more} for name, arch, more in known]


@pytest.fixture
def hardware(recorded):
    def made(*names, image=None):
        ec2 = recorded("ec2")
        if image:
            ec2.answer("describe_images", {"Images": [{"ImageId": "ami-1", "Architecture": image}]}, ImageIds=["ami-1"])
        if names:
            asked = [{"Name": "instance-type", "Values": list(names)}]
            ec2.answer("describe_instance_types", {"InstanceTypes": offered(*names)}, Filters=asked)
        return Hardware(lambda: ec2.client, "ami-1" if image else None)

    return made


@pytest.mark.parametrize(
    ("ami_type", "names", "sentence"),
    [
        ("AL2023_ARM_64_STANDARD", ["m6i.large", "m7g.large"], "for arm64, but m6i.large of instance_types is x86_64: .* [t4g.large]"),
        ("BOTTLEROCKET_ARM_64_FIPS", ["t3.large"], "ami_type BOTTLEROCKET_ARM_64_FIPS is for arm64, but t3.large"),
        ("AL2023_x86_64_STANDARD", ["m7g.large"], "for x86_64, but m7g.large of instance_types is arm64: .* [t3.large]"),
        ("WINDOWS_CORE_2022_x86_64", ["m7g.large"], "for x86_64, but m7g.large"),
        ("AL2023_x86_64_NVIDIA", ["g5.xlarge", "t3.large"], "but t3.large of instance_types has no matching ones: .* [g5.xlarge]"),
        ("AL2023_ARM_64_NVIDIA", ["m7g.large"], "m7g.large of instance_types has no matching ones: .* [g5g.xlarge]"),
        ("AL2023_x86_64_NVIDIA", ["inf2.xlarge"], "inf2.xlarge of instance_types has no matching ones"),
        ("AL2023_x86_64_NEURON", ["g5.xlarge"], "g5.xlarge of instance_types has no matching ones: .* [inf2.xlarge]"),
        ("AL2023_ARM_64_STANDARD", ["a1.large"], "Amazon Linux 2023 does not run on a1.large"),
        ("AL2023_x86_64_STANDARD", ["t3.large", "t33.large"], "EC2 does not offer t33.large of instance_types in this region"),
    ],
)
def test_incompatible_hardware_is_reported_in_one_sentence(hardware, ami_type, names, sentence):
    reported = hardware(*names).error(ami_type, names)
    begin, _, end = sentence.partition(": .* ")
    assert begin in reported
    assert end in reported


@pytest.mark.parametrize(
    ("ami_type", "names"),
    [
        ("AL2023_ARM_64_STANDARD", ["m7g.large"]),
        ("BOTTLEROCKET_ARM_64", ["a1.large"]),
        ("AL2023_x86_64_STANDARD", ["t3.large", "m6i.large"]),
        # the drivers may come from an operator
        ("AL2023_x86_64_STANDARD", ["g5.xlarge"]),
        ("AL2_x86_64_GPU", ["g5.xlarge", "inf2.xlarge"]),
        ("AL2023_x86_64_NEURON", ["inf2.xlarge"]),
        ("BOTTLEROCKET_ARM_64_NVIDIA", ["g5g.xlarge"]),
    ],
)
def test_compatible_hardware_is_accepted(hardware, ami_type, names):
    assert hardware(*names).error(ami_type, names) is None


@pytest.mark.parametrize(("image", "default"), [("arm64", "t4g.large"), ("x86_64", "t3.large")])
def test_a_custom_ami_determines_the_instance_types(hardware, image, default):
    assert hardware(image=image).of_new_group("CUSTOM") == [default]


def test_a_custom_ami_is_validated_against_the_instance_types(hardware):
    reported = hardware("t3.large", image="arm64").error("CUSTOM", ["t3.large"])
    assert reported.startswith("image_id ami-1 is for arm64, but t3.large of instance_types is x86_64")


@pytest.mark.parametrize("ami_type", AMI_TYPES)
def test_every_ami_type_has_requirements(ami_type):
    assert bool(accelerators(ami_type)) == any(part in ami_type for part in ACCELERATORS)
    assert architecture_of(ami_type) == ("arm64" if "_ARM_64" in ami_type else "x86_64")


def test_problems_name_the_node_group(recorded):
    ec2 = recorded("ec2")
    given = [
        {"name": "arm", "ami_type": "AL2023_ARM_64_STANDARD", "instance_types": ["m6i.large"]},
        {"name": "default", "instance_types": ["m6i.large"]},
        {"name": "smallest"},
    ]
    groups = typed_node_groups({"eks_node_groups": given})
    for group in groups:
        ec2.answer("describe_instance_types", {"InstanceTypes": offered(*group["instance_types"])})
    reported = group_errors({"ec2": ec2.client}.get, groups)
    assert len(reported) == 1
    assert reported[0].startswith(
        "eks_node_groups, group arm: ami_type AL2023_ARM_64_STANDARD is for arm64, but m6i.large of instance_types"
    )
