"""Updates of EKS clusters, one kind at a time, and the description of all updates."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.standin.aws import eks_checks as checks
from tests.standin.aws.eks_clusters import enabled_types, logging_of
from tests.standin.aws.eks_model import (
    Cluster,
    Data,
    begin_update,
    cluster_of,
    in_use,
    invalid,
    minor,
    not_found,
    refuse_while_updating,
    remembered,
)
from tests.standin.aws.eks_versions import VERSIONS, check_version
from tests.standin.aws.errors import AwsError
from tests.standin.aws.logs import deliver_cluster_logs
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.paging import page

MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
ENDPOINT = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")
KINDS = ("resourcesVpcConfig", "logging", "accessConfig", "upgradePolicy", "zonalShiftConfig", "remoteNetworkConfig", "deletionProtection")
# kind of the update, its parameters as DescribeUpdate shows them, what holds when it is done
Change = tuple[str, dict[str, Any], Callable[[], None]]


@answers("eks", "UpdateClusterConfig")
def update_cluster_config(call: Call) -> dict[str, Any]:
    cluster = cluster_of(call, "name")
    return {"update": remembered(call, cluster, lambda: _update_config(call, cluster))}


@answers("eks", "UpdateClusterVersion")
def update_cluster_version(call: Call) -> dict[str, Any]:
    cluster = cluster_of(call, "name")
    return {"update": remembered(call, cluster, lambda: _update_version(call, cluster))}


@answers("eks", "AssociateEncryptionConfig")
def associate_encryption_config(call: Call) -> dict[str, Any]:
    cluster = cluster_of(call)
    return {"update": remembered(call, cluster, lambda: _associate_encryption(call, cluster))}


@answers("eks", "DescribeUpdate")
def describe_update(call: Call) -> dict[str, Any]:
    update = cluster_of(call, "name").updates.get(call.get("updateId"))
    if update is None or (update.node_group, update.addon) != (call.get("nodegroupName"), call.get("addonName")):
        raise not_found(f"No update found for ID: {call.get('updateId')}", clusterName=call.get("name"))
    return {"update": update.data}


@answers("eks", "ListUpdates")
def list_updates(call: Call) -> dict[str, Any]:
    wanted = (call.get("nodegroupName"), call.get("addonName"))
    updates = cluster_of(call, "name").updates.items()
    return page(call, "updateIds", [key for key, update in updates if (update.node_group, update.addon) == wanted])


def _update_config(call: Call, cluster: Cluster) -> Data:
    given = [kind for kind in KINDS if call.get(kind) is not None]
    if not given:
        raise invalid("No changes needed for the cluster config provided")
    if len(given) > 1:
        raise invalid("Only one type of update can be allowed.")
    _refuse_unless_active(cluster, f"Cannot update config because cluster {cluster.name}")
    kind, parameters, apply = CHANGES[given[0]](call, cluster, call.get(given[0]))
    return begin_update(call, cluster, kind, parameters, cluster.data, apply)


def _refuse_unless_active(cluster: Cluster, what: str) -> None:
    refuse_while_updating(cluster, cluster.data, what)
    if cluster.data["status"] != "ACTIVE":
        raise in_use(f"{what} has status {cluster.data['status']}", clusterName=cluster.name)


def _vpc(call: Call, cluster: Cluster, wanted: Data) -> Change:
    now = cluster.data["resourcesVpcConfig"]
    endpoint = {key: wanted[key] for key in ENDPOINT if wanted.get(key) is not None}
    placement = {key: wanted[key] for key in ("subnetIds", "securityGroupIds") if wanted.get(key) is not None}
    if endpoint and placement:
        raise invalid("Only one type of update can be allowed.")
    if placement:
        subnet_ids = placement.get("subnetIds", now["subnetIds"])
        checks.check_subnets(call, subnet_ids)
        if checks.vpc_of(call, subnet_ids) != now["vpcId"]:
            raise invalid("Provided subnets belong to a different VPC than the VPC that the cluster was created with")
        checks.check_security_groups(call, placement.get("securityGroupIds", []), now["vpcId"])
        if all(set(now[key]) == set(value) for key, value in placement.items()):
            raise invalid("No changes needed for the vpc config provided")
        shown = {"Subnets": placement.get("subnetIds"), "SecurityGroups": placement.get("securityGroupIds")}
        return (
            "VpcConfigUpdate",
            {key: json.dumps(value) for key, value in shown.items() if value is not None},
            lambda: now.update(placement),
        )
    merged = {key: endpoint.get(key, now[key]) for key in ENDPOINT}
    checks.check_endpoint({**merged, "publicAccessCidrs": endpoint.get("publicAccessCidrs") or []})
    if merged["endpointPublicAccess"]:
        merged["publicAccessCidrs"] = merged["publicAccessCidrs"] or ["0.0.0.0/0"]
    else:
        merged["publicAccessCidrs"] = []
    if all(_same(now[key], value) for key, value in merged.items()):
        state = f"endpointPrivateAccess: {now['endpointPrivateAccess']} , endpointPublicAccess: {now['endpointPublicAccess']}"
        restrictions = f"Public Endpoint Restrictions: [{', '.join(now['publicAccessCidrs'])}]"
        raise invalid(f"Cluster is already at the desired configuration with {state}, and {restrictions}")
    shown = {key[0].upper() + key[1:]: json.dumps(value) for key, value in merged.items()}
    return "EndpointAccessUpdate", shown, lambda: now.update(merged)


def _logging(call: Call, cluster: Cluster, wanted: Data) -> Change:
    before = enabled_types(cluster.data["logging"])
    after = enabled_types(wanted, before)
    if after == before:
        raise invalid("No changes needed for the logging config provided")

    def apply() -> None:
        cluster.data["logging"] = logging_of(after)
        deliver_cluster_logs(call)

    return "LoggingUpdate", {"ClusterLogging": json.dumps(wanted)}, apply


def _access(call: Call, cluster: Cluster, wanted: Data) -> Change:
    now, mode = cluster.data["accessConfig"], wanted.get("authenticationMode")
    if mode == now["authenticationMode"]:
        raise invalid("No changes needed for the access config provided")
    if mode not in MODES or MODES.index(mode) < MODES.index(now["authenticationMode"]):
        raise invalid(f"Unsupported authentication mode update from {now['authenticationMode']} to {mode}")
    return "AccessConfigUpdate", {"AuthenticationMode": mode}, lambda: now.update(authenticationMode=mode)


def _plain(kind: str, member: str, parameter: str) -> Callable[[Call, Cluster, Any], Change]:
    """A member that is simply replaced."""

    def change(call: Call, cluster: Cluster, wanted: Any) -> Change:
        if cluster.data.get(member) == wanted:
            raise invalid(f"No changes needed for the {member} provided")
        return kind, {parameter: json.dumps(wanted)}, lambda: cluster.data.update({member: wanted})

    return change


CHANGES: dict[str, Callable[[Call, Cluster, Any], Change]] = {
    "resourcesVpcConfig": _vpc,
    "logging": _logging,
    "accessConfig": _access,
    "upgradePolicy": _plain("UpgradePolicyUpdate", "upgradePolicy", "UpgradePolicy"),
    "zonalShiftConfig": _plain("ZonalShiftConfigUpdate", "zonalShiftConfig", "ZonalShiftConfig"),
    "remoteNetworkConfig": _plain("RemoteNetworkConfigUpdate", "remoteNetworkConfig", "RemoteNetworkConfig"),
    "deletionProtection": _plain("DeletionProtectionUpdate", "deletionProtection", "DeletionProtection"),
}


def _update_version(call: Call, cluster: Cluster) -> Data:
    before, version = cluster.data["version"], call.get("version")
    check_version(version)
    if minor(version) != minor(before) + 1:
        raise invalid(f"Unsupported Kubernetes minor version update from {before} to {version}")
    _refuse_unless_active(cluster, f"Cannot update version because cluster {cluster.name}")
    behind = sorted(name for name, group in cluster.node_groups.items() if group.data["version"] != before)
    if behind:
        message = f"Nodegroups {', '.join(behind)} must be updated to match cluster version {before} before updating cluster version"
        raise AwsError("InvalidRequestException", message, clusterName=cluster.name)
    parameters = {"Version": version, "PlatformVersion": VERSIONS[version][4]}
    after = {"version": version, "platformVersion": VERSIONS[version][4]}
    return begin_update(call, cluster, "VersionUpdate", parameters, cluster.data, lambda: cluster.data.update(after))


def _associate_encryption(call: Call, cluster: Cluster) -> Data:
    wanted = call.get("encryptionConfig")
    if cluster.data.get("encryptionConfig"):
        raise invalid("Encryption is already enabled for the cluster, and its configuration cannot be changed")
    _refuse_unless_active(cluster, f"Cannot associate an encryption config because cluster {cluster.name}")
    checks.check_encryption(call, wanted)
    parameters = {"EncryptionConfig": json.dumps(wanted)}
    apply = lambda: cluster.data.update(encryptionConfig=wanted)  # noqa: E731
    return begin_update(call, cluster, "AssociateEncryptionConfig", parameters, cluster.data, apply)


def _same(first: Any, second: Any) -> bool:
    return sorted(first) == sorted(second) if isinstance(first, list) else bool(first == second)
