"""What EKS knows: clusters with their node groups, add-ons, access entries, associations and updates, in the shapes of the API."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call
from tests.standin.loops.node_objects import Instance

if TYPE_CHECKING:
    from tests.standin.aws.eks_control_planes import RunningControlPlane

Data = dict[str, Any]


@dataclass
class AccessEntry:
    """data: DescribeAccessEntry's shape; policies: ListAssociatedAccessPolicies's items by the policy's ARN."""

    data: Data
    policies: dict[str, Data] = field(default_factory=dict)


@dataclass
class NodeGroup:
    """data: DescribeNodegroup's shape; wanted: what an update under way will set; launched: its instances are started.

    scaling_group_tags: the tags of its Auto Scaling group. force: an update does not mind pods that cannot be evicted.
    instances: as far as nodes are there. terminating: the ids of those that are to end.
    """

    data: Data
    wanted: Data = field(default_factory=dict)
    launched: bool = False
    force: bool = False
    scaling_group_tags: dict[str, str] = field(default_factory=dict)
    instances: list[Instance] = field(default_factory=list)
    terminating: set[str] = field(default_factory=set)

    @property
    def scaling_group(self) -> str:
        return str(self.data["resources"]["autoScalingGroups"][0]["name"])


@dataclass
class Update:
    """data: DescribeUpdate's shape; what it belongs to."""

    data: Data
    node_group: str | None = None
    addon: str | None = None


@dataclass
class Cluster:
    """data: DescribeCluster's shape."""

    data: Data
    self_managed_addons: bool
    node_groups: dict[str, NodeGroup] = field(default_factory=dict)
    addons: dict[str, Data] = field(default_factory=dict)
    access_entries: dict[str, AccessEntry] = field(default_factory=dict)
    associations: dict[str, Data] = field(default_factory=dict)
    updates: dict[str, Update] = field(default_factory=dict)
    tokens: dict[str, Data] = field(default_factory=dict)
    control_plane: RunningControlPlane | None = None

    @property
    def name(self) -> str:
        return str(self.data["name"])

    @property
    def has_nodes(self) -> bool:
        """Whether pods of an add-on could run."""
        groups = self.node_groups.values()
        return any(group.launched and group.data["scalingConfig"]["desiredSize"] > 0 for group in groups)


class EksAccount:
    """EKS of one account in one region."""

    def __init__(self) -> None:
        self.clusters: dict[str, Cluster] = {}


def account(call: Call) -> EksAccount:
    """EKS of the call's account and region."""
    return call.world.eks.setdefault((call.account, call.region), EksAccount())


def cluster_of(call: Call, parameter: str = "clusterName") -> Cluster:
    """The cluster that a parameter names."""
    return named_cluster(call, call.get(parameter))


def named_cluster(call: Call, name: str) -> Cluster:
    """ResourceNotFoundException without such a cluster."""
    cluster = account(call).clusters.get(name)
    if cluster is None:
        raise not_found(f"No cluster found for name: {name}.", clusterName=name)
    return cluster


def node_group_of(call: Call, cluster: Cluster) -> NodeGroup:
    name = call.get("nodegroupName")
    if name not in cluster.node_groups:
        raise not_found(f"No node group found for name: {name}.", clusterName=cluster.name, nodegroupName=name)
    return cluster.node_groups[name]


def addon_of(call: Call, cluster: Cluster) -> Data:
    name = call.get("addonName")
    if name not in cluster.addons:
        raise not_found(f"No addon: {name} found in cluster: {cluster.name}", clusterName=cluster.name, addonName=name)
    return cluster.addons[name]


def active_cluster_of(call: Call, parameter: str = "clusterName") -> Cluster:
    """A cluster that node groups, add-ons and access entries can be made in: not one that begins or ends."""
    cluster = cluster_of(call, parameter)
    if cluster.data["status"] not in ("ACTIVE", "UPDATING"):
        raise AwsError("InvalidRequestException", f"Cluster '{cluster.name}' is not in ACTIVE status", clusterName=cluster.name)
    return cluster


def not_found(message: str, **members: str) -> AwsError:
    return AwsError("ResourceNotFoundException", message, None, **members)


def in_use(message: str, **members: str) -> AwsError:
    return AwsError("ResourceInUseException", message, None, **members)


def invalid(message: str, **members: str) -> AwsError:
    return AwsError("InvalidParameterException", message, None, **members)


def arn(call: Call, resource: str) -> str:
    """An ARN of EKS: resource is `cluster/NAME`."""
    return f"arn:{call.partition}:eks:{call.region}:{call.account}:{resource}"


def minor(version: str) -> int:
    """35 of 1.35."""
    return int(version.split(".")[1])


def remembered(call: Call, cluster: Cluster, make: Callable[[], Data]) -> Data:
    """The answer given before to the same clientRequestToken of the same operation, else a new one."""
    token = call.get("clientRequestToken")
    key = f"{call.operation} {token}"
    if token is None or key not in cluster.tokens:
        cluster.tokens[key] = make()
    return cluster.tokens[key]


def begin_update(
    call: Call,
    cluster: Cluster,
    kind: str,
    parameters: Mapping[str, Any],
    subject: Data,
    finish: Callable[[], Any],
    **belongs: str,
) -> Data:
    """Starts an update and answers it: `subject` is UPDATING until the time is over, then `finish` is called.

    `finish` may answer False (not yet), a list of errors (then the update has failed) or None.
    """
    data: Data = {
        "id": str(uuid.uuid4()),
        "status": "InProgress",
        "type": kind,
        "params": [{"type": name, "value": str(value)} for name, value in parameters.items()],
        "createdAt": utcnow(),
        "errors": [],
    }
    cluster.updates[data["id"]] = Update(data, **belongs)
    subject["status"] = "UPDATING"

    def end() -> bool | None:
        errors = finish()
        if errors is False:
            return False
        data["errors"] = errors or []
        data["status"] = "Failed" if errors else "Successful"
        if subject["status"] == "UPDATING":
            subject["status"] = "ACTIVE"
        if "modifiedAt" in subject:
            subject["modifiedAt"] = utcnow()
        return None

    call.world.clock.after("eks:update", end)
    return data


def refuse_while_updating(cluster: Cluster, subject: Data, what: str) -> None:
    """ResourceInUseException unless the subject rests."""
    if subject["status"] != "UPDATING":
        return
    running = [update.data["id"] for update in cluster.updates.values() if update.data["status"] == "InProgress"]
    raise in_use(f"{what} currently has update {', '.join(running)} in progress", clusterName=cluster.name)
