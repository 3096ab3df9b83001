# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS's own services put into a VPC and may leave behind: it keeps no network from being removed. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .reading import tags_of

GUARDDUTY_SOURCE = "Amazon GuardDuty User Guide, runtime monitoring; terraform-provider-aws, pull request 46953"
GUARDDUTY_TAG = "GuardDutyManaged"


@dataclass(frozen=True)
class Interface:
    """Network interfaces whose description begins so.

    goes: whether they go with what the environment had; the others are left behind only once nothing uses them.
    """

    description: str
    goes: bool
    source: str


@dataclass(frozen=True)
class Group:
    """Security groups with a tag whose name begins so."""

    tag: str
    source: str


INTERFACES = (
    Interface("Amazon EKS ", True, "Amazon EKS User Guide, network requirements for clusters"),
    Interface("aws-K8S-", True, "amazon-vpc-cni-k8s, pkg/awsutils: interfaces of pods"),
    Interface("ELB ", True, "Elastic Load Balancing User Guide: interfaces of load balancers"),
    Interface("AWS Lambda VPC ENI", False, "terraform-provider-aws, deleteLingeringENIs: interfaces of functions that are gone"),
)
GROUPS = (
    Group("kubernetes.io/cluster/", "Amazon EKS User Guide, cluster security group; the in-tree load balancers of Kubernetes"),
    Group("aws:eks:cluster-name", "Amazon EKS User Guide, cluster security group"),
    Group("elbv2.k8s.aws/cluster", "AWS Load Balancer Controller, security groups of load balancers"),
    Group(GUARDDUTY_TAG, GUARDDUTY_SOURCE),
)


def is_owned_interface(interface: Mapping[str, Any]) -> bool:
    """Whether a network interface is left behind, or goes by itself."""
    description = str(interface.get("Description", ""))
    row = next((row for row in INTERFACES if description.startswith(row.description)), None)
    return row is not None and (row.goes or interface.get("Status") == "available")


def is_owned_group(group: Mapping[str, Any]) -> bool:
    """Whether AWS, or the load balancer controller, has made a security group."""
    return any(key.startswith(row.tag) for key in tags_of(group) for row in GROUPS)


def is_owned_endpoint(endpoint: Mapping[str, Any]) -> bool:
    """Whether GuardDuty has made an endpoint; one for the same service without its tag is the user's own."""
    return str(endpoint.get("ServiceName", "")).endswith(".guardduty-data") and GUARDDUTY_TAG in tags_of(endpoint)
