"""EKS add-ons of a cluster."""

from __future__ import annotations

import uuid
from typing import Any

import yaml
from moto.core.utils import utcnow

from tests.standin.aws.eks_addon_catalogue import NEED_NODES, SELF_MANAGED, check_addon_version, check_name, default_version
from tests.standin.aws.eks_model import (
    Cluster,
    Data,
    active_cluster_of,
    addon_of,
    arn,
    begin_update,
    cluster_of,
    in_use,
    invalid,
    refuse_while_updating,
    remembered,
)
from tests.standin.aws.eks_pod_identity import set_addon_associations
from tests.standin.aws.iam_roles import visible_role
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.paging import page


@answers("eks", "CreateAddon")
def create_addon(call: Call) -> dict[str, Any]:
    cluster, name = active_cluster_of(call), call.get("addonName")
    return {"addon": remembered(call, cluster, lambda: _create(call, cluster, name))}


@answers("eks", "DescribeAddon")
def describe_addon(call: Call) -> dict[str, Any]:
    cluster = cluster_of(call)
    addon = addon_of(call, cluster)
    look_at_health(cluster, addon)
    return {"addon": addon}


@answers("eks", "ListAddons")
def list_addons(call: Call) -> dict[str, Any]:
    return page(call, "addons", sorted(cluster_of(call).addons))


@answers("eks", "UpdateAddon")
def update_addon(call: Call) -> dict[str, Any]:
    cluster = active_cluster_of(call)
    addon = addon_of(call, cluster)
    name = addon["addonName"]
    if addon["status"] in ("CREATING", "DELETING"):
        raise in_use(f"Addon {name} cannot be updated as it is currently in {addon['status']} state", addonName=name)
    refuse_while_updating(cluster, addon, f"Addon {name} cannot be updated as it")
    version = call.get("addonVersion", addon["addonVersion"])
    check_addon_version(name, version, cluster.data["version"])
    _check_settings(call)
    wanted = {"addonVersion": version, "serviceAccountRoleArn": call.get("serviceAccountRoleArn")}
    wanted["configurationValues"] = call.get("configurationValues")
    sent = {"AddonVersion": version, "ServiceAccountRoleArn": wanted["serviceAccountRoleArn"]}
    sent |= {"ConfigurationValues": wanted["configurationValues"], "ResolveConflicts": call.get("resolveConflicts")}

    def finish() -> None:
        addon.update({key: value for key, value in wanted.items() if value is not None})
        for key in [key for key, value in wanted.items() if value is None]:
            addon.pop(key, None)
        if call.get("podIdentityAssociations") is not None:
            addon["podIdentityAssociations"] = set_addon_associations(call, cluster, name, addon["addonArn"])

    given = {key: value for key, value in sent.items() if value is not None}
    return {"update": begin_update(call, cluster, "AddonUpdate", given, addon, finish, addon=name)}


@answers("eks", "DeleteAddon")
def delete_addon(call: Call) -> dict[str, Any]:
    cluster = cluster_of(call)
    addon = addon_of(call, cluster)
    if addon["status"] == "DELETING":
        return {"addon": addon}
    refuse_while_updating(cluster, addon, f"Addon {addon['addonName']} cannot be deleted as it")
    addon["status"] = "DELETING"

    def gone() -> None:
        if cluster.addons.get(addon["addonName"]) is addon:
            del cluster.addons[addon["addonName"]]
        for association in addon.get("podIdentityAssociations") or []:
            cluster.associations.pop(association.rsplit("/", 1)[1], None)

    call.world.clock.after("eks:addon", gone)
    return {"addon": addon}


def look_at_health(cluster: Cluster, addon: Data) -> None:
    """An add-on whose pods need a node is DEGRADED without one, and recovers with the first one."""
    name = addon["addonName"]
    if name not in NEED_NODES or addon["status"] not in ("ACTIVE", "DEGRADED"):
        return
    if cluster.has_nodes:
        addon["status"], addon["health"] = "ACTIVE", {"issues": []}
        return
    message = f"The add-on is unhealthy because it doesn't have the desired number of replicas: {name} has no node to run on."
    addon["status"] = "DEGRADED"
    addon["health"] = {"issues": [{"code": "InsufficientNumberOfReplicas", "message": message, "resourceIds": []}]}


def _create(call: Call, cluster: Cluster, name: str) -> Data:
    if name in cluster.addons:
        raise in_use("Addon already exists.", clusterName=cluster.name, addonName=name)
    check_name(name)
    version = call.get("addonVersion") or default_version(name, cluster.data["version"])
    check_addon_version(name, version, cluster.data["version"])
    _check_settings(call)
    addon: Data = {
        "addonName": name,
        "clusterName": cluster.name,
        "status": "CREATING",
        "addonVersion": version,
        "health": {"issues": []},
        "addonArn": arn(call, f"addon/{cluster.name}/{name}/{uuid.uuid4()}"),
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        "tags": call.get("tags", {}),
        "namespaceConfig": {"namespace": (call.get("namespaceConfig") or {}).get("namespace") or "kube-system"},
    }
    for optional in ("serviceAccountRoleArn", "configurationValues"):
        if call.get(optional):
            addon[optional] = call.get(optional)
    cluster.addons[name] = addon
    if call.get("podIdentityAssociations"):
        addon["podIdentityAssociations"] = set_addon_associations(call, cluster, name, addon["addonArn"])
    conflict = cluster.self_managed_addons and name in SELF_MANAGED and call.get("resolveConflicts", "NONE") == "NONE"

    def made() -> None:
        if addon["status"] != "CREATING":
            return
        if conflict:
            message = (
                f"Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: DaemonSet.apps {name}"
            )
            addon["status"] = "CREATE_FAILED"
            addon["health"] = {"issues": [{"code": "ConfigurationConflict", "message": message, "resourceIds": []}]}
            return
        addon["status"] = "ACTIVE"
        look_at_health(cluster, addon)

    call.world.clock.after("eks:addon", made)
    return addon


def _check_settings(call: Call) -> None:
    role = call.get("serviceAccountRoleArn")
    if role and visible_role(call, role) is None:
        raise invalid(f"Role with arn: {role}, does not exist or could not be assumed", addonName=call.get("addonName"))
    if call.get("configurationValues"):
        try:
            values = yaml.safe_load(call.get("configurationValues"))
        except yaml.YAMLError as error:
            raise invalid("ConfigurationValue is not in valid JSON or YAML format", addonName=call.get("addonName")) from error
        if not isinstance(values, dict):
            raise invalid("ConfigurationValue is not in valid JSON or YAML format", addonName=call.get("addonName"))
