# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Resources that AWS's own services create in a VPC and may leave behind: they do not block the deletion of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .snapshot import tags_of

GUARDDUTY_SOURCE = "Amazon GuardDuty User Guide, runtime monitoring; terraform-provider-aws, pull request 46953"
GUARDDUTY_TAG = "GuardDutyManaged"
CONTROL_PLANE = "Amazon EKS "
OWNED_BY_CLUSTER = "kubernetes.io/cluster/"


@dataclass(frozen=True)
class NetworkInterface:
    """Network interfaces whose description starts with this text.

    removed_by_aws: whether AWS deletes them with the resource that they serve; others are leftovers when nothing uses them.
    """

    description: str
    removed_by_aws: bool
    source: str


@dataclass(frozen=True)
class ClusterTag:
    """A tag whose value names the cluster that a resource was created for."""

    tag: str
    source: str


INTERFACES = (
    NetworkInterface(CONTROL_PLANE, True, "Amazon EKS User Guide, network requirements for clusters: the rest is the cluster's name"),
    NetworkInterface("aws-K8S-", True, "amazon-vpc-cni-k8s, pkg/awsutils: interfaces of pods"),
    NetworkInterface("ELB ", True, "Elastic Load Balancing User Guide: interfaces of load balancers"),
    NetworkInterface("AWS Lambda VPC ENI", False, "terraform-provider-aws, deleteLingeringENIs: interfaces of functions that are gone"),
)
#: besides kubernetes.io/cluster/<name>: owned (Amazon EKS User Guide, cluster security group; amazon-vpc-cni-k8s, pull request 2854;
#: the in-tree load balancers of Kubernetes); with the value shared, the cluster uses what the user has created
CLUSTER_TAGS = (
    ClusterTag("aws:eks:cluster-name", "Amazon EKS User Guide, cluster security group"),
    ClusterTag("elbv2.k8s.aws/cluster", "AWS Load Balancer Controller, deploy/security_groups: frontend and shared backend groups"),
    ClusterTag("cluster.k8s.amazonaws.com/name", "amazon-vpc-cni-k8s, pull request 1482: interfaces of pods"),
)


def is_owned_interface(interface: Mapping[str, Any], cluster_name: str, groups: Sequence[Mapping[str, Any]] = ()) -> bool:
    """Return whether a network interface is left behind, or is deleted by AWS; False for one of another cluster than cluster_name.

    groups: the security groups of the VPC, which show whose a load balancer is.
    """
    description = str(interface.get("Description", ""))
    row = next((row for row in INTERFACES if description.startswith(row.description)), None)
    if row is None or _clusters_of_interface(interface, groups) - {cluster_name}:
        return False
    return row.removed_by_aws or interface.get("Status") == "available"


def is_owned_group(group: Mapping[str, Any], cluster_name: str) -> bool:
    """Return whether AWS or the load balancer controller created a security group: for this cluster, or for none."""
    clusters = _clusters(tags_of(group))
    return clusters == {cluster_name} or (not clusters and GUARDDUTY_TAG in tags_of(group))


def is_owned_endpoint(endpoint: Mapping[str, Any]) -> bool:
    """Return whether GuardDuty created an endpoint; one for the same service without its tag is the user's."""
    return str(endpoint.get("ServiceName", "")).endswith(".guardduty-data") and GUARDDUTY_TAG in tags_of(endpoint)


def _clusters(tags: Mapping[str, str]) -> set[str]:
    """Return the clusters that created something, from its tags."""
    owning = {key.removeprefix(OWNED_BY_CLUSTER) for key, value in tags.items() if key.startswith(OWNED_BY_CLUSTER) and value == "owned"}
    return owning | {tags[row.tag] for row in CLUSTER_TAGS if row.tag in tags}


def _clusters_of_interface(interface: Mapping[str, Any], groups: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the clusters that an interface belongs to, from its description, its tags and its security groups."""
    description = str(interface.get("Description", ""))
    named = {description.removeprefix(CONTROL_PLANE)} if description.startswith(CONTROL_PLANE) else set()
    its_groups = {group["GroupId"] for group in interface.get("Groups") or []}
    by_groups = [_clusters(tags_of(group)) for group in groups if group["GroupId"] in its_groups]
    return named.union(_clusters(tags_of(interface)), *by_groups)
