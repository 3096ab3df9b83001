# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requests of a managed node group in the shape of the EKS API. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SIZES = {"min_size": "minSize", "max_size": "maxSize", "desired_size": "desiredSize"}
#: What UpdateNodegroupConfig changes, all in one call
CONFIG_NAMES = ("min_size", "max_size", "desired_size", "labels", "taints", "update_config", "node_repair")
UPDATE_CONFIG = {
    "max_unavailable": "maxUnavailable",
    "max_unavailable_percentage": "maxUnavailablePercentage",
    "update_strategy": "updateStrategy",
}


def found_taints(group: Mapping[str, Any]) -> list[dict[str, str]]:
    """The taints in the shape of the option."""
    return [as_taint(taint) for taint in group.get("taints") or []]


def as_taint(taint: Mapping[str, Any]) -> dict[str, str]:
    """A taint with its three parts; no value is an empty one."""
    return {"key": taint["key"], "value": taint.get("value") or "", "effect": taint["effect"]}


def same_taints(found: Sequence[Mapping[str, Any]] | None, desired: Sequence[Mapping[str, Any]] | None) -> bool:
    """Whether both hold the same taints, in whatever order."""

    def parts(taints: Sequence[Mapping[str, Any]] | None) -> list[tuple[str, ...]]:
        return sorted(tuple(as_taint(taint).values()) for taint in taints or [])

    return parts(found) == parts(desired)


def as_update_config(group: Mapping[str, Any]) -> dict[str, Any]:
    """The update configuration in the shape of the option."""
    found = group.get("updateConfig") or {}
    return {ours: found[theirs] for ours, theirs in UPDATE_CONFIG.items() if found.get(theirs) is not None}


def update_config_request(values: Mapping[str, Any]) -> dict[str, Any]:
    """updateConfig of the option."""
    return {theirs: values[ours] for ours, theirs in UPDATE_CONFIG.items() if values.get(ours) is not None}


def scaling_request(values: Mapping[str, Any]) -> dict[str, Any]:
    """scalingConfig of the three sizes."""
    return {theirs: values[ours] for ours, theirs in SIZES.items()}


def create_request(values: Mapping[str, Any]) -> dict[str, Any]:
    """CreateNodegroup's request; the version is left to EKS, which takes the cluster's own and nothing else."""
    request: dict[str, Any] = {
        "nodeRole": values["node_role_arn"],
        "subnets": values["subnet_ids"],
        "scalingConfig": scaling_request(values),
        "launchTemplate": {"id": values["launch_template_id"], "version": values["launch_template_version"]},
    }
    custom = values.get("ami_type") == "CUSTOM"
    for name, key in (("ami_type", "amiType"), ("release_version", "releaseVersion")):
        if values.get(name) and not custom:
            request[key] = values[name]
    for name, key in (("capacity_type", "capacityType"), ("instance_types", "instanceTypes"), ("labels", "labels")):
        if values.get(name):
            request[key] = values[name]
    if values.get("taints"):
        request["taints"] = [as_taint(taint) for taint in values["taints"]]
    if values.get("update_config"):
        request["updateConfig"] = update_config_request(values["update_config"])
    if values.get("node_repair") is not None:
        request["nodeRepairConfig"] = {"enabled": values["node_repair"]}
    return request


def config_request(found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """UpdateNodegroupConfig's request: only what changes, labels and taints as differences."""
    request: dict[str, Any] = {}
    # EKS shows the autoscaler's number of nodes late, and terminates nodes above the desired size of a request: only a new one is sent
    sizes = {theirs: desired[ours] for ours, theirs in SIZES.items() if ours in names}
    if sizes:
        request["scalingConfig"] = sizes
    if "labels" in names:
        before = found.get("labels") or {}
        request["labels"] = {
            "addOrUpdateLabels": {name: value for name, value in desired["labels"].items() if before.get(name) != value},
            "removeLabels": sorted(set(before) - set(desired["labels"])),
        }
    if "taints" in names:
        request["taints"] = taints_difference(found_taints(found), [as_taint(taint) for taint in desired["taints"]])
    if "update_config" in names:
        request["updateConfig"] = update_config_request(desired["update_config"])
    if "node_repair" in names:
        request["nodeRepairConfig"] = {"enabled": desired["node_repair"]}
    return request


def taints_difference(found: Sequence[Mapping[str, str]], desired: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Taints to add or change, and those to remove; key and effect together name a taint."""
    named = {(taint["key"], taint["effect"]) for taint in desired}
    return {
        "addOrUpdateTaints": [taint for taint in desired if taint not in found],
        "removeTaints": [taint for taint in found if (taint["key"], taint["effect"]) not in named],
    }


def version_request(found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """UpdateNodegroupVersion's request.

    What is not to change is named as found: without a version EKS would take the cluster's, and the newest image.
    """
    request: dict[str, Any] = {}
    if found.get("launchTemplate"):
        version = desired.get("launch_template_version", found["launchTemplate"]["version"])
        request["launchTemplate"] = {"id": found["launchTemplate"]["id"], "version": version}
    if found.get("amiType") == "CUSTOM":
        return request
    request["version"] = desired.get("version", found["version"])
    if "release_version" in names:
        request["releaseVersion"] = desired["release_version"]
    elif "version" not in names and found.get("releaseVersion"):
        request["releaseVersion"] = found["releaseVersion"]
    return request
