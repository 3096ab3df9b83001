# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A managed node group of an EKS cluster: its attributes, and how it is created, updated and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import _tags
from .._compare import same_members
from .._creation_defaults import NODE_GROUP_MIN_SIZE
from .._errors import Refused
from .._resource import Attribute, Change, Resource, State, tags_attribute
from .._tags import keeping_others
from . import api, node_group_api, scaling_group_api
from .common import as_tags, status_text, wait_for_update
from .hardware import Hardware
from .images import CUSTOM, missing_types
from .node_group_requests import (
    CONFIG_NAMES,
    SIZES,
    as_update_config,
    config_request,
    create_request,
    found_taints,
    same_taints,
    version_request,
)
from .versions import above_desired, later_version, minor

AMI_TYPES = (
    "AL2023_x86_64_STANDARD",
    "AL2023_ARM_64_STANDARD",
    "AL2023_x86_64_NEURON",
    "AL2023_x86_64_NVIDIA",
    "AL2023_ARM_64_NVIDIA",
    "AL2_x86_64",
    "AL2_x86_64_GPU",
    "AL2_ARM_64",
    "BOTTLEROCKET_ARM_64",
    "BOTTLEROCKET_x86_64",
    "BOTTLEROCKET_ARM_64_FIPS",
    "BOTTLEROCKET_x86_64_FIPS",
    "BOTTLEROCKET_ARM_64_NVIDIA",
    "BOTTLEROCKET_x86_64_NVIDIA",
    "BOTTLEROCKET_ARM_64_NVIDIA_FIPS",
    "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
    "WINDOWS_CORE_2019_x86_64",
    "WINDOWS_FULL_2019_x86_64",
    "WINDOWS_CORE_2022_x86_64",
    "WINDOWS_FULL_2022_x86_64",
    "WINDOWS_CORE_2025_x86_64",
    "WINDOWS_FULL_2025_x86_64",
    "CUSTOM",
)
VERSION_NAMES = ("version", "release_version", "launch_template_version")
FAILED = ("CREATE_FAILED", "DELETE_FAILED")
FIXED = "EKS cannot change it after creation."


def desired_size(found: int, low: int, high: int) -> int:
    """The number of nodes belongs to the autoscaler between minimum and maximum; outside, the nearer bound is taken."""
    return min(max(found, low), high)


def as_label(value: Any) -> str:
    """The value of a label as Kubernetes takes it; YAML's true is "true"."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def same_update_config(found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> bool:
    """Whether what is wanted holds; what is not named is left alone."""
    named = {name: value for name, value in desired.items() if value is not None}
    return all((found or {}).get(name) == value for name, value in named.items())


def _template(key: str) -> Any:
    return lambda group: (group.get("launchTemplate") or {}).get(key)


def _not_joined(group: Mapping[str, Any]) -> set[str]:
    """The ids of the instances that EKS names as those that are no healthy nodes (EKS API, Issue)."""
    issues = (group.get("health") or {}).get("issues") or []
    return {instance for issue in issues if issue.get("code") == "NodeCreationFailure" for instance in issue.get("resourceIds") or []}


def _size(name: str) -> Attribute:
    return Attribute(name, lambda group: (group.get("scalingConfig") or {}).get(SIZES[name]))


def keeping_other_labels(found: Mapping[str, str] | None, desired: Mapping[str, str]) -> dict[str, str]:
    """The labels once the wanted ones are there and all others stay."""
    return {**(found or {}), **desired}


def only_desired_labels(found: Mapping[str, str] | None, desired: Mapping[str, str]) -> dict[str, str]:
    """The labels once the wanted ones replace them."""
    return dict(desired)


def attributes(purge_labels: bool = True, purge_tags: bool = False) -> tuple[Attribute, ...]:
    """Every attribute once. Source: EKS API, CreateNodegroup, UpdateNodegroupConfig and UpdateNodegroupVersion."""
    replace = Change.REPLACE
    return (
        Attribute("node_role_arn", lambda g: g["nodeRole"], replace, FIXED),
        Attribute("subnet_ids", lambda g: g.get("subnets"), replace, FIXED, same=same_members),
        Attribute("ami_type", lambda g: g.get("amiType"), replace, FIXED),
        Attribute("capacity_type", lambda g: g.get("capacityType"), replace, FIXED),
        Attribute("instance_types", lambda g: g.get("instanceTypes"), replace, FIXED),
        Attribute("launch_template_id", _template("id"), replace, FIXED),
        Attribute("launch_template_version", _template("version")),
        _size("min_size"),
        _size("max_size"),
        _size("desired_size"),
        Attribute("labels", lambda g: g.get("labels") or {}, merge=only_desired_labels if purge_labels else keeping_other_labels),
        Attribute("taints", found_taints, same=same_taints),
        Attribute("update_config", as_update_config, same=same_update_config),
        Attribute("node_repair", lambda g: bool((g.get("nodeRepairConfig") or {}).get("enabled"))),
        Attribute("version", lambda g: g.get("version"), merge=later_version),
        Attribute("release_version", lambda g: g.get("releaseVersion")),
        # Given to new instances by the Auto Scaling group, so that a change of tags alone replaces no node
        Attribute("node_tags", lambda g: g["node_tags"], merge=keeping_others),
        tags_attribute(lambda g: g.get("tags") or {}, purge_tags),
    )


class NodeGroup(Resource):
    """Source: EKS API, CreateNodegroup and DescribeNodegroup; EC2 Auto Scaling API, CreateOrUpdateTags.

    hardware: what EC2 says of instance types. scaling: makes a client of EC2 Auto Scaling.
    new_sizes: min_size and max_size of a group that is created without them; NODE_GROUP_MIN_SIZE where they are not given either.
    default_role_arn: of a group that is created without a role; one that exists keeps its own.
    force_update: whether pods that cannot be drained are stopped all the same.
    template_tags: those that the launch template gives to instances; wanted_node_tags: those that new instances are to have.
    """

    kind = "EKS node group"
    computed = ("arn", "status", "auto_scaling_group_names")
    replacement_note = (
        "All nodes are deleted before new ones are created. In the role eks, set allow_replacement of the entry in eks_node_groups, or "
        "eks_allow_replacement. To create new nodes first, omit the entry, add one with another name, and once its nodes are "
        "ready, delete this group with the module opta.platform.eks_node_group and state: absent."
    )

    def __init__(
        self,
        client: Any,
        cluster_name: str,
        name: str,
        *,
        hardware: Hardware | None = None,
        scaling: Callable[[], Any] = lambda: None,
        new_sizes: Mapping[str, int | None] | None = None,
        default_role_arn: str | None = None,
        force_update: bool = False,
        purge_labels: bool = True,
        purge_tags: bool = False,
        wait: bool = True,
        timeout_seconds: float = 1800,
    ) -> None:
        self.client = client
        self.cluster_name = cluster_name
        self.node_group_name = name
        self.name = f"{cluster_name}/{name}"
        self.hardware = hardware or Hardware(lambda: None)
        self.scaling = scaling
        self.default_role_arn = default_role_arn
        self.force_update = force_update
        self.template_tags: Mapping[str, str] = {}
        self.desired_node_tags: Mapping[str, str] = {}
        self.wait = wait
        self.timeout_seconds = timeout_seconds
        self.attributes = attributes(purge_labels, purge_tags)
        self.moving = False
        self.replaced: Mapping[str, Any] | None = None
        self.given: Mapping[str, Any] = {}
        self.new_sizes = dict(new_sizes or {})

    def find(self) -> Mapping[str, Any] | None:
        group = node_group_api.describe_nodegroup(self.client, self.cluster_name, self.node_group_name)
        if group is None:
            return None
        scaling_groups = [each["name"] for each in (group.get("resources") or {}).get("autoScalingGroups") or []]
        return {
            **group,
            "arn": group["nodegroupArn"],
            "auto_scaling_group_names": scaling_groups,
            "node_tags": self._node_tags(scaling_groups),
        }

    def _node_tags(self, scaling_groups: Sequence[str]) -> dict[str, str]:
        """The tags of the instances to come; the Auto Scaling group is asked only where the launch template lacks some."""
        found = dict(self.template_tags)
        if scaling_groups and not self.desired_node_tags.items() <= found.items():
            tags = scaling_group_api.describe_propagated_tags(self.scaling(), scaling_groups)
            for key, value in self.desired_node_tags.items():
                if all(each.get(key) == value for each in tags.values()):
                    found[key] = value
        return found

    def derived(self) -> dict[str, Any]:
        return {"name": self.node_group_name, "cluster_name": self.cluster_name}

    def state(self, found: Mapping[str, Any]) -> State:
        status = found["status"]
        if status in ("CREATING", "UPDATING"):
            self.moving = True
            return State.IN_PROGRESS
        # what has been degraded before may be mended by the change; what is degraded after it has failed
        if status in FAILED or (status == "DEGRADED" and self.moving):
            return State.FAILED
        return State.DELETING if status == "DELETING" else State.READY

    def status(self, found: Mapping[str, Any] | None) -> str:
        return "gone" if found is None else status_text(found["status"], found.get("health"))

    def remedy(self, found: Mapping[str, Any]) -> str:
        return "Fix the cause and run again." if found["status"] == "DEGRADED" else super().remedy(found)

    def never_worked(self, found: Mapping[str, Any]) -> bool:
        """Whether no node has joined: all instances are named as those that did not. A deletion that failed may have left nodes."""
        if found["status"] != "CREATE_FAILED":
            return False
        names = found["auto_scaling_group_names"]
        instances = scaling_group_api.describe_instance_ids(self.scaling(), names) if names else []
        return set(instances) <= _not_joined(found)

    def replaceable(self, found: Mapping[str, Any]) -> bool:
        return found["status"] in FAILED

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        self.given = desired
        values = self._with_new(desired) if found is None else dict(desired)
        if found is None and self.default_role_arn:
            values.setdefault("node_role_arn", self.default_role_arn)
        sizes = (found or {}).get("scalingConfig")
        if sizes:
            low, high = values.get("min_size", sizes["minSize"]), values.get("max_size", sizes["maxSize"])
            values["desired_size"] = desired_size(sizes["desiredSize"], low, high)
        elif "min_size" in values:
            values.setdefault("desired_size", values["min_size"])
        if "labels" in values:
            values["labels"] = {name: as_label(value) for name, value in values["labels"].items()}
        return values

    def _with_new(self, desired: Mapping[str, Any]) -> dict[str, Any]:
        """The wanted values of a new group; one that exists keeps what is not given."""
        smallest = desired.get("min_size", self.new_sizes.get("min_size"))
        least = NODE_GROUP_MIN_SIZE if smallest is None else smallest
        most = desired.get("max_size", self.new_sizes.get("max_size"))
        sizes = {
            "min_size": least,
            "max_size": max(least, most or NODE_GROUP_MIN_SIZE) if "max_size" not in desired else desired["max_size"],
        }
        types = self.hardware.of_new_group(desired.get("ami_type") or "")
        return {**({"instance_types": types} if types else {}), **desired, **sizes}

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if desired.get("state") == "absent":
            return
        if found is None:
            missing = [name for name in ("node_role_arn", "subnet_ids") if desired.get(name) is None]
            if missing:
                raise Refused(f"{self.kind} {self.name} does not exist; to create it, set {', '.join(missing)}.")
            if not desired.get("instance_types"):
                raise Refused(f"{self.kind} {self.name} does not exist: {missing_types(desired['ami_type'])}")
        self._refuse_unfit_instance_types(found, desired)
        sizes = {name: desired.get(name, ((found or {}).get("scalingConfig") or {}).get(theirs)) for name, theirs in SIZES.items()}
        if sizes["min_size"] > sizes["max_size"]:
            raise Refused(f"{self.kind} {self.name}: min_size {sizes['min_size']} is higher than max_size {sizes['max_size']}.")
        if not sizes["min_size"] <= desired.get("desired_size", sizes["min_size"]) <= sizes["max_size"]:
            raise Refused(f"{self.kind} {self.name}: desired_size {desired['desired_size']} is not between min_size and max_size.")

    def _refuse_unfit_instance_types(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        """Before a creation, a replacement, and another image: EKS refuses them only once the old nodes are gone."""
        kept = found or {}
        ami_type, names = desired.get("ami_type") or kept.get("amiType") or "", desired.get("instance_types") or kept.get("instanceTypes")
        same = bool(found) and (ami_type, names) == (kept.get("amiType"), kept.get("instanceTypes"))
        image_stays = ami_type != CUSTOM or desired.get("launch_template_version") == (kept.get("launchTemplate") or {}).get("version")
        default = not found and not self.given.get("instance_types")
        if not names or default or (same and image_stays):
            return
        error = self.hardware.error(ami_type, names)
        if error:
            raise Refused(f"{self.kind} {self.name}: {error}")

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        notes = above_desired(f"{self.kind} {self.name}", found.get("version"), desired.get("version"))
        if found["status"] in (*FAILED, "DEGRADED"):
            notes.append(f"{self.kind} {self.name} is {self.status(found)}")
        changed = {
            attribute.name
            for attribute in self.attributes
            if attribute.name in desired and attribute.differs(found, desired[attribute.name])
        }
        if changed & set(VERSION_NAMES):
            notes.append(f"{self.kind} {self.name}: nodes are drained and replaced, as many at a time as update_config allows.")
        elif "node_tags" in changed:
            notes.append(
                f"{self.kind} {self.name}: tags do not replace nodes. New instances get the new tags; running instances, volumes and "
                "network interfaces get them when their nodes are replaced."
            )
        return notes

    def create(self, desired: Mapping[str, Any]) -> None:
        self.moving = True
        self._refuse_a_version_above_the_cluster()
        values = dict(desired)
        if self.replaced:
            sizes = self.replaced["scalingConfig"]
            values["desired_size"] = desired_size(sizes["desiredSize"], values["min_size"], values["max_size"])
            if "release_version" not in self.given:
                values.pop("release_version", None)
        request = create_request(values)
        node_group_api.create_nodegroup(self.client, self.cluster_name, self.node_group_name, **request, tags=as_tags(values.get("tags")))

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        self.moving = True
        if "tags" in names:
            _tags.change(self.client, found["arn"], found.get("tags") or {}, desired["tags"], api.tag_resource, api.untag_resource)
        if "node_tags" in names:
            self._tag_new_instances(found, desired["node_tags"])
        rolls = bool(set(VERSION_NAMES) & set(names))
        if set(CONFIG_NAMES) & set(names):
            update = node_group_api.update_nodegroup_config(
                self.client, self.cluster_name, self.node_group_name, **config_request(found, desired, names)
            )
            self._wait_for(update, rolls)
        if rolls:
            update = node_group_api.update_nodegroup_version(
                self.client, self.cluster_name, self.node_group_name, force=self.force_update, **version_request(found, desired, names)
            )
            self._wait_for(update, False)

    def delete(self, found: Mapping[str, Any]) -> None:
        self.moving = False
        self.replaced = found
        node_group_api.delete_nodegroup(self.client, self.cluster_name, self.node_group_name)

    def _tag_new_instances(self, found: Mapping[str, Any], desired: Mapping[str, str]) -> None:
        missing = {key: value for key, value in desired.items() if found["node_tags"].get(key) != value}
        for name in found["auto_scaling_group_names"]:
            scaling_group_api.create_or_update_tags(self.scaling(), name, missing)

    def _wait_for(self, update: Mapping[str, Any], another_follows: bool) -> None:
        if self.wait or another_follows:
            what = f"{self.kind} {self.name}"
            wait_for_update(self.client, self.cluster_name, update, what, self.timeout_seconds, nodegroupName=self.node_group_name)

    def _refuse_a_version_above_the_cluster(self) -> None:
        """EKS makes nodes of the cluster's own version only; a lower one that is asked for is then simply behind."""
        asked = self.given.get("version")
        cluster = api.describe_cluster(self.client, self.cluster_name) if asked else None
        if asked and cluster and minor(asked) > minor(cluster["version"]):
            raise Refused(
                f"{self.kind} {self.name}: version {asked} is higher than the cluster version "
                f"{cluster['version']}; upgrade the cluster first."
            )
