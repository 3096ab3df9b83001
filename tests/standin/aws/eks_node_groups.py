"""Managed node groups: made, described, listed, deleted. Their nodes are made by the cluster's loops."""

from __future__ import annotations

import time
import uuid
from typing import Any

from moto.core.utils import utcnow

from tests.standin.aws import eks_node_group_checks as checks
from tests.standin.aws.eks_access import add_node_entry
from tests.standin.aws.eks_model import (
    Cluster,
    Data,
    NodeGroup,
    active_cluster_of,
    arn,
    cluster_of,
    in_use,
    invalid,
    node_group_of,
    refuse_while_updating,
)
from tests.standin.aws.eks_versions import releases
from tests.standin.aws.iam import make_service_linked_role
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.paging import page

NAME_LIMIT = 63


@answers("eks", "CreateNodegroup")
def create_nodegroup(call: Call) -> dict[str, Any]:
    cluster, name = active_cluster_of(call), call.get("nodegroupName")
    token = f"{call.operation} {call.get('clientRequestToken')}"
    if name in cluster.node_groups:
        if cluster.tokens.get(token) is cluster.node_groups[name].data:
            return {"nodegroup": cluster.node_groups[name].data}
        message = f"NodeGroup already exists with name {name} and cluster name {cluster.name}"
        raise in_use(message, clusterName=cluster.name, nodegroupName=name)
    if not 1 <= len(name) <= NAME_LIMIT:
        raise invalid(f"nodegroupName must have between 1 and {NAME_LIMIT} characters")
    group = NodeGroup(_new(call, cluster))
    group.scaling_group_tags = _scaling_group_tags(cluster, group)
    cluster.node_groups[name] = group
    for service in ("eks-nodegroup.amazonaws.com", "autoscaling.amazonaws.com"):
        make_service_linked_role(call, service)
    cluster.tokens[token] = group.data
    add_node_entry(call, cluster, group.data["nodeRole"], "EC2_WINDOWS" if group.data["amiType"].startswith("WINDOWS") else "EC2_LINUX")
    call.world.clock.after("eks:nodegroup", lambda: _launch(call, cluster, group))
    return {"nodegroup": group.data}


@answers("eks", "DescribeNodegroup")
def describe_nodegroup(call: Call) -> dict[str, Any]:
    return {"nodegroup": node_group_of(call, cluster_of(call)).data}


@answers("eks", "ListNodegroups")
def list_nodegroups(call: Call) -> dict[str, Any]:
    return page(call, "nodegroups", sorted(cluster_of(call).node_groups))


@answers("eks", "DeleteNodegroup")
def delete_nodegroup(call: Call) -> dict[str, Any]:
    cluster = cluster_of(call)
    group = node_group_of(call, cluster)
    name = group.data["nodegroupName"]
    if group.data["status"] == "DELETING":
        return {"nodegroup": group.data}
    if group.data["status"] == "CREATING":
        raise in_use(f"Cannot delete node group {name} while it is being created", clusterName=cluster.name, nodegroupName=name)
    refuse_while_updating(cluster, group.data, f"Cannot delete because nodegroup {name}")
    group.data["status"], group.launched, group.wanted = "DELETING", False, {}
    began = time.monotonic()
    drained_by = call.world.clock.now() + call.world.clock.times["eks:drain"]

    def gone() -> bool | None:
        if not nodes_settled(cluster, group, began):
            if call.world.clock.now() >= drained_by and cluster.control_plane:
                cluster.control_plane.delete_nodes_by_force(group)
            return False
        del cluster.node_groups[name]
        return None

    call.world.clock.after("eks:nodegroup", gone)
    return {"nodegroup": group.data}


def nodes_settled(cluster: Cluster, group: NodeGroup, since: float) -> bool:
    """Whether the cluster's nodes are what the group wants; without a real control plane they always are."""
    running = cluster.control_plane
    return running is None or running.failure is not None or running.settled(group, since)


def template_data(template: Any, version: Any) -> Data:
    """`launchTemplate` as DescribeNodegroup shows it."""
    return {"name": template.name, "id": template.id, "version": str(version.number)}


def _launch(call: Call, cluster: Cluster, group: NodeGroup) -> None:
    """The instances start: they fail, or the group waits for its nodes."""
    issue = checks.launch_failure(call, cluster, group)
    if issue is not None:
        group.data["status"], group.data["health"] = "CREATE_FAILED", {"issues": [issue]}
        return
    network = cluster.self_managed_addons or "vpc-cni" in cluster.addons
    if network:
        _await_nodes(call, cluster, group)
    else:
        call.world.clock.after("eks:node-join", lambda: _await_network(call, cluster, group))


def _await_network(call: Call, cluster: Cluster, group: NodeGroup) -> None:
    """Nodes without a network plugin never get ready, and after a while the group fails."""
    if "vpc-cni" in cluster.addons:
        _await_nodes(call, cluster, group)
        return
    message = "Unhealthy nodes in the kubernetes cluster: container runtime network not ready: cni plugin not initialized"
    group.data["status"] = "CREATE_FAILED"
    group.data["health"] = {"issues": [{"code": "NodeCreationFailure", "message": message, "resourceIds": []}]}


def _await_nodes(call: Call, cluster: Cluster, group: NodeGroup) -> None:
    group.launched = True
    began = time.monotonic()

    def joined() -> bool | None:
        if not nodes_settled(cluster, group, began):
            return False
        group.data["status"] = "ACTIVE"
        return None

    call.world.clock.after("now", joined)


def _new(call: Call, cluster: Cluster) -> Data:
    name, cluster_version = call.get("nodegroupName"), cluster.data["version"]
    version = call.get("version", cluster_version)
    if version != cluster_version:
        raise invalid(f"Requested Nodegroup version {version} must be the version of the cluster, {cluster_version}", nodegroupName=name)
    checks.check_node_role(call, call.get("nodeRole"))
    checks.check_group_subnets(call, cluster, call.get("subnets") or [])
    scaling = {"minSize": 1, "maxSize": 2, "desiredSize": 2, **call.get("scalingConfig", {})}
    checks.check_scaling(scaling)
    checks.check_update_config(call.get("updateConfig", {}))
    given = call.get("launchTemplate")
    template, template_version = checks.find_template(call, given) if given else (None, None)
    if given:
        checks.check_template(call, template_version)
    custom = bool(template_version and template_version.data.get("ImageId"))
    ami_type = call.get("amiType") or ("CUSTOM" if custom else "AL2023_x86_64_STANDARD")
    in_template = template_version.data.get("InstanceType") if template_version else None
    instance_types = call.get("instanceTypes") or ([] if in_template else ["t3.medium"])
    checks.check_images(call, ami_type, version, call.get("releaseVersion"), [*instance_types, *([in_template] if in_template else [])])
    identifier = uuid.uuid4()
    data: Data = {
        "nodegroupName": name,
        "nodegroupArn": arn(call, f"nodegroup/{cluster.name}/{name}/{identifier}"),
        "clusterName": cluster.name,
        "version": version,
        "releaseVersion": template_version.data["ImageId"]
        if template_version and custom
        else call.get("releaseVersion") or releases(ami_type, version)[-1],
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        "status": "CREATING",
        "capacityType": call.get("capacityType", "ON_DEMAND"),
        "scalingConfig": scaling,
        "instanceTypes": instance_types,
        "subnets": call.get("subnets"),
        "amiType": ami_type,
        "nodeRole": call.get("nodeRole"),
        "labels": call.get("labels", {}),
        "taints": call.get("taints", []),
        "resources": {"autoScalingGroups": [{"name": f"eks-{name}-{identifier}"}]},
        "health": {"issues": []},
        "updateConfig": call.get("updateConfig") or {"maxUnavailable": 1},
        "tags": call.get("tags", {}),
    }
    if given:
        data["launchTemplate"] = template_data(template, template_version)
    else:
        data["diskSize"] = call.get("diskSize") or (50 if ami_type.startswith("WINDOWS") else 20)
    for optional in ("nodeRepairConfig", "remoteAccess", "warmPoolConfig"):
        if call.get(optional) is not None:
            data[optional] = call.get(optional)
    return data


def _scaling_group_tags(cluster: Cluster, group: NodeGroup) -> dict[str, str]:
    """The tags that EKS gives a node group's Auto Scaling group; those of the node group itself are not among them."""
    return {
        "eks:cluster-name": cluster.name,
        "eks:nodegroup-name": group.data["nodegroupName"],
        "k8s.io/cluster-autoscaler/enabled": "true",
        f"k8s.io/cluster-autoscaler/{cluster.name}": "owned",
        f"kubernetes.io/cluster/{cluster.name}": "owned",
    }
