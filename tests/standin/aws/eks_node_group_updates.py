"""Updates of managed node groups: settings at once, versions by replacing the nodes."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.standin.aws import eks_node_group_checks as checks
from tests.standin.aws.eks_model import (
    Cluster,
    Data,
    NodeGroup,
    active_cluster_of,
    begin_update,
    in_use,
    invalid,
    minor,
    node_group_of,
    refuse_while_updating,
    remembered,
)
from tests.standin.aws.eks_node_groups import nodes_settled, template_data
from tests.standin.aws.eks_versions import releases
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers


@answers("eks", "UpdateNodegroupConfig")
def update_nodegroup_config(call: Call) -> dict[str, Any]:
    cluster = active_cluster_of(call)
    group = node_group_of(call, cluster)
    return {"update": remembered(call, cluster, lambda: _update_config(call, cluster, group))}


@answers("eks", "UpdateNodegroupVersion")
def update_nodegroup_version(call: Call) -> dict[str, Any]:
    cluster = active_cluster_of(call)
    group = node_group_of(call, cluster)
    return {"update": remembered(call, cluster, lambda: _update_version(call, cluster, group))}


def _refuse_unless_resting(cluster: Cluster, group: NodeGroup, what: str) -> None:
    name, status = group.data["nodegroupName"], group.data["status"]
    refuse_while_updating(cluster, group.data, f"Cannot {what} because nodegroup {name}")
    if status not in ("ACTIVE", "DEGRADED"):
        raise in_use(f"Cannot {what} because nodegroup {name} has status {status}", clusterName=cluster.name, nodegroupName=name)


def _update_config(call: Call, cluster: Cluster, group: NodeGroup) -> Data:
    _refuse_unless_resting(cluster, group, "update config")
    now = group.data
    labels, taints = call.get("labels", {}), call.get("taints", {})
    scaling = {**now["scalingConfig"], **call.get("scalingConfig", {})}
    checks.check_scaling(scaling)
    checks.check_update_config(call.get("updateConfig", {}))
    wanted: Data = {"scalingConfig": scaling}
    kept = {key: value for key, value in now["labels"].items() if key not in (labels.get("removeLabels") or [])}
    wanted["labels"] = {**kept, **(labels.get("addOrUpdateLabels") or {})}
    added = taints.get("addOrUpdateTaints") or []
    gone = {(taint["key"], taint["effect"]) for taint in [*added, *(taints.get("removeTaints") or [])]}
    wanted["taints"] = [taint for taint in now["taints"] if (taint["key"], taint["effect"]) not in gone] + added
    if call.get("updateConfig"):
        wanted["updateConfig"] = call.get("updateConfig")
    for optional in ("nodeRepairConfig", "warmPoolConfig"):
        if call.get(optional) is not None:
            wanted[optional] = {**now.get(optional, {}), **call.get(optional)}
    if all(now.get(key) == value for key, value in wanted.items()):
        raise invalid("No changes needed for the nodegroup config provided", nodegroupName=now["nodegroupName"])
    shown = {
        "MinSize": scaling["minSize"],
        "MaxSize": scaling["maxSize"],
        "DesiredSize": scaling["desiredSize"],
        "LabelsToAdd": json.dumps(labels.get("addOrUpdateLabels") or {}),
        "LabelsToRemove": json.dumps(labels.get("removeLabels") or []),
        "TaintsToAdd": json.dumps(added),
        "TaintsToRemove": json.dumps(taints.get("removeTaints") or []),
    }
    return begin_update(
        call, cluster, "ConfigUpdate", shown, group.data, lambda: group.data.update(wanted), node_group=now["nodegroupName"]
    )


def _update_version(call: Call, cluster: Cluster, group: NodeGroup) -> Data:
    _refuse_unless_resting(cluster, group, "update version")
    wanted = _wanted_versions(call, cluster, group)
    group.wanted, group.force = wanted, bool(call.get("force"))
    began = time.monotonic()
    deadline = call.world.clock.now() + call.world.clock.times["eks:eviction"]

    def finish() -> Any:
        issue = checks.launch_failure(call, cluster, group)
        if issue is not None:
            group.wanted = {}
            return [{"errorCode": "NodeCreationFailure", "errorMessage": issue["message"], "resourceIds": issue["resourceIds"]}]
        if nodes_settled(cluster, group, began):
            group.data.update(group.wanted)
            group.wanted = {}
            return None
        if call.world.clock.now() < deadline:
            return False
        if group.force and cluster.control_plane:
            cluster.control_plane.delete_nodes_by_force(group)
            return False
        group.wanted = {}
        message = f"Reached max retries while trying to evict pods from nodes in node group {group.data['nodegroupName']}"
        return [{"errorCode": "PodEvictionFailure", "errorMessage": message, "resourceIds": []}]

    template = wanted.get("launchTemplate") or {}
    shown = {"Version": wanted["version"], "ReleaseVersion": wanted["releaseVersion"]}
    shown |= {"LaunchTemplateName": template["name"], "LaunchTemplateVersion": template["version"]} if template else {}
    return begin_update(call, cluster, "VersionUpdate", shown, group.data, finish, node_group=group.data["nodegroupName"])


def _wanted_versions(call: Call, cluster: Cluster, group: NodeGroup) -> Data:
    """version, releaseVersion and launchTemplate after the update."""
    now, given = group.data, call.get("launchTemplate")
    name, ami_type = now["nodegroupName"], now["amiType"]
    custom = ami_type == "CUSTOM"
    if custom and (call.get("version") or call.get("releaseVersion")):
        raise invalid("You cannot specify a Kubernetes or release version for a node group with a custom AMI.", nodegroupName=name)
    version = call.get("version", now["version"])
    if minor(version) > minor(cluster.data["version"]):
        raise invalid(f"Nodegroup version {version} cannot be newer than the version of the cluster, {cluster.data['version']}")
    if minor(version) < minor(now["version"]):
        raise invalid(f"Nodegroup version {version} cannot be older than the version it has, {now['version']}")
    release = now["releaseVersion"]
    if not custom:
        checks.check_images(call, ami_type, version, call.get("releaseVersion"), [])
        # a launch template alone keeps the release; without anything named the newest release is taken
        keep = given and not call.get("version") and not call.get("releaseVersion")
        release = call.get("releaseVersion") or (release if keep else releases(ami_type, version)[-1])
        if version == now["version"] and release in releases(ami_type, version) and release < now["releaseVersion"]:
            raise invalid(f"Release version {release} is older than the one the node group has, {now['releaseVersion']}")
    wanted: Data = {"version": version, "releaseVersion": release}
    if given:
        wanted["launchTemplate"] = _wanted_template(call, group, given)
        if custom:
            _, template_version = checks.find_template(call, given)
            wanted["releaseVersion"] = template_version.data.get("ImageId")
    if all(now.get(key) == value for key, value in wanted.items()):
        raise invalid("No changes needed for the nodegroup version provided", nodegroupName=name)
    return wanted


def _wanted_template(call: Call, group: NodeGroup, given: Data) -> Data:
    now = group.data.get("launchTemplate")
    if now is None:
        message = "You can only update a node group with a launch template if it was created with a launch template."
        raise AwsError("InvalidRequestException", message)
    template, version = checks.find_template(call, given)
    if template.id != now["id"]:
        raise invalid("Launch template ID or name must match the launch template that the node group was created with.")
    return template_data(template, version)
