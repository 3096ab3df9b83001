# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which instance types can run the image of a node group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._creation_defaults import INSTANCE_TYPES
from . import launch_template_api as api
from .images import CUSTOM, X86, accelerators, architecture_of, example

#: Amazon Linux 2023 needs Graviton2 or later (Amazon EKS User Guide, choose an instance type)
FIRST_GRAVITON = "a1."


class Hardware:
    """What EC2 says of instance types and of an image; EKS refuses a node group whose instance types do not fit its images.

    Source: EC2 API, DescribeInstanceTypes and DescribeImages.
    client: makes a client of EC2. image_id: the image with ami_type CUSTOM.
    """

    def __init__(self, client: Callable[[], Any], image_id: str | None = None) -> None:
        self.client = client
        self.image_id = image_id

    def architecture(self, ami_type: str) -> str:
        """arm64 or x86_64, of the images of an AMI type or of the image that is given."""
        if ami_type == CUSTOM and self.image_id:
            return str(api.describe_image(self.client(), self.image_id)["Architecture"])
        return architecture_of(ami_type)

    def of_new_group(self, ami_type: str) -> list[str]:
        """The instance types of a new node group that names none; empty for accelerators."""
        return [] if accelerators(ami_type) else [INSTANCE_TYPES.get(self.architecture(ami_type), INSTANCE_TYPES[X86])]

    def error(self, ami_type: str, names: Sequence[str]) -> str | None:
        """Why not all of these instance types can run the images; None when they can."""
        architecture = self.architecture(ami_type)
        known = {each["InstanceType"]: each for each in api.describe_instance_types(self.client(), names)}
        unknown = [name for name in names if name not in known]
        if unknown:
            return f"EC2 does not offer {', '.join(unknown)} of instance_types in this region."
        image = f"image_id {self.image_id}" if ami_type == CUSTOM else f"ami_type {ami_type}"
        advice = f"use matching instance_types, for example [{example(ami_type, architecture)}]"
        others = {name: _architectures(known[name]) for name in names if architecture not in _architectures(known[name])}
        if others:
            reported = ", ".join(f"{name} of instance_types is {' or '.join(theirs)}" for name, theirs in others.items())
            return f"{image} is for {architecture}, but {reported}: {advice}, or an image for their architecture."
        needed = accelerators(ami_type)
        bare = [name for name in names if needed and not any(known[name].get(key) for key in needed)]
        if bare:
            return f"{image} requires accelerators, but {', '.join(bare)} of instance_types has no matching ones: {advice}."
        old = [name for name in names if name.startswith(FIRST_GRAVITON) and ami_type.startswith("AL2023")]
        return f"Amazon Linux 2023 does not run on {', '.join(old)} of instance_types: {advice}." if old else None


def group_errors(client: Callable[[str], Any], groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence for each entry of eks_node_groups that EKS would refuse.

    client: makes a client of a service. groups: name, ami_type and instance_types of each; those that name no types get fitting ones.
    """
    hardware = Hardware(lambda: client("ec2"))
    errors = [(group["name"], hardware.error(group["ami_type"], group["instance_types"])) for group in groups]
    return [f"eks_node_groups, group {name}: {error}" for name, error in errors if error]


def _architectures(instance_type: Mapping[str, Any]) -> Sequence[str]:
    return (instance_type.get("ProcessorInfo") or {}).get("SupportedArchitectures") or []
