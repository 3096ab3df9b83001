# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the images of an AMI type need of an instance type. Pure functions."""

from __future__ import annotations

from .._creation_defaults import INSTANCE_TYPES

ARM, X86 = "arm64", "x86_64"
CUSTOM = "CUSTOM"
DEFAULT_AMI_TYPE = "AL2023_x86_64_STANDARD"
NEURON = ("NeuronInfo", "InferenceAcceleratorInfo")
#: Parts of AMI types, and what EC2 says of an instance type that has their accelerator (Amazon EKS User Guide, AMIs for accelerated
#: instances; EC2, InstanceTypeInfo). The images AL2_x86_64_GPU are for both kinds.
ACCELERATORS = {"GPU": ("GpuInfo", *NEURON), "NVIDIA": ("GpuInfo",), "NEURON": NEURON}


def accelerators(ami_type: str) -> tuple[str, ...]:
    """Keys of EC2's InstanceTypeInfo, one of which an instance type for these images has; none for images without accelerators."""
    return next((keys for part, keys in ACCELERATORS.items() if part in ami_type.split("_")), ())


def architecture_of(ami_type: str) -> str:
    """The architecture of the images that EKS provides; those of CUSTOM can have any."""
    return ARM if "ARM" in ami_type else X86


def example(ami_type: str, architecture: str) -> str:
    """An instance type that can run the images."""
    if not accelerators(ami_type):
        return INSTANCE_TYPES[architecture]
    return "inf2.xlarge" if "NEURON" in ami_type else {ARM: "g5g.xlarge", X86: "g5.xlarge"}[architecture]


def missing_types(ami_type: str) -> str | None:
    """What to say when a new node group for accelerators names no instance types: only the user knows the kind."""
    if not accelerators(ami_type):
        return None
    return f"ami_type {ami_type} needs instance_types with such accelerators, for example [{example(ami_type, architecture_of(ami_type))}]."
