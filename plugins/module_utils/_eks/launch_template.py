# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The launch template of a managed node group: what its instances, volumes and network interfaces are like.

EKS hands the tags of a node group to nothing below it, and by default leaves volumes unencrypted and IMDSv1 on: the template mends that.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._creation_defaults import NODE_VOLUME_SIZE_GIB
from .._names import shortened
from .._resource import Attribute, Resource, tags_attribute
from .._tags import COLLECTION, MANAGED_BY, NAME, ROLE, as_dict, as_list
from . import launch_template_api as api

NAME_LIMIT = 128
KEPT_VERSIONS = 5
#: IMDSv2 only; with one hop, pods cannot use the node's role
METADATA_OPTIONS = {"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1}
METADATA_KEYS = {
    "http_endpoint": "HttpEndpoint",
    "http_tokens": "HttpTokens",
    "http_put_response_hop_limit": "HttpPutResponseHopLimit",
}
TAGGED = ("instance", "volume", "network-interface")


def template_name(cluster_name: str, node_group_name: str) -> str:
    """Launch templates share one namespace in a region, node groups only in their cluster."""
    return shortened(f"{cluster_name}-{node_group_name}", NAME_LIMIT)


def names_of_lost_groups(client: Any, cluster_name: str, group_names: Sequence[str], marks: Mapping[str, str]) -> list[str]:
    """Names under which what is left of node groups is found: their launch templates, without the groups themselves.

    A run that ended between the two calls, of the creation or of the deletion of a group, leaves its template alone.
    marks: the tags that say which environment they belong to.
    """
    used = {template_name(cluster_name, name) for name in group_names}
    ours = {ROLE: "eks", NAME: cluster_name, MANAGED_BY: COLLECTION, **marks}
    templates = [template["LaunchTemplateName"] for template in api.describe_launch_templates(client, ours)]
    start = f"{cluster_name}-"
    return sorted(name.removeprefix(start) for name in templates if name.startswith(start) and name not in used)


def volume_devices(ami_type: str) -> list[str] | None:
    """The devices of an AMI type's volumes; the last one holds images and pods. None when only the image can say (CUSTOM)."""
    if ami_type == "CUSTOM":
        return None
    if ami_type.startswith("BOTTLEROCKET"):
        return ["/dev/xvda", "/dev/xvdb"]
    return ["/dev/sda1"] if ami_type.startswith("WINDOWS") else ["/dev/xvda"]


def template_data(values: Mapping[str, Any]) -> dict[str, Any]:
    """LaunchTemplateData (EC2 API, CreateLaunchTemplate) of the attributes' values."""
    volume: dict[str, Any] = {"Encrypted": True, "VolumeType": "gp3", "DeleteOnTermination": True}
    if values.get("volume_kms_key_arn"):
        volume["KmsKeyId"] = values["volume_kms_key_arn"]
    mappings = [{"DeviceName": name, "Ebs": dict(volume)} for name in values["volume_devices"]]
    mappings[-1]["Ebs"]["VolumeSize"] = values["volume_size_gib"]
    data: dict[str, Any] = {
        "BlockDeviceMappings": mappings,
        "MetadataOptions": {METADATA_KEYS[name]: value for name, value in values["metadata_options"].items()},
    }
    if values.get("node_tags"):
        data["TagSpecifications"] = [{"ResourceType": resource, "Tags": as_list(values["node_tags"])} for resource in TAGGED]
    if values.get("user_data"):
        data["UserData"] = base64.b64encode(values["user_data"].encode()).decode()
    if values.get("image_id"):
        data["ImageId"] = values["image_id"]
    return data


def _volumes(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [mapping.get("Ebs") or {} for mapping in data.get("BlockDeviceMappings") or []]


def found_node_tags(data: Mapping[str, Any]) -> dict[str, str]:
    """The tags of instances, volumes and network interfaces; none unless all three have the same."""
    found = {spec["ResourceType"]: as_dict(spec.get("Tags")) for spec in data.get("TagSpecifications") or []}
    sets = [found.get(resource, {}) for resource in TAGGED]
    return sets[0] if all(tags == sets[0] for tags in sets) else {}


def found_metadata_options(data: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata options in the shape of METADATA_OPTIONS."""
    options = data.get("MetadataOptions") or {}
    return {name: options.get(key) for name, key in METADATA_KEYS.items()}


def _user_data(data: Mapping[str, Any]) -> str:
    return base64.b64decode(data["UserData"]).decode() if data.get("UserData") else ""


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """Every attribute once; each is changed by a new version of the template. Source: EC2 API, CreateLaunchTemplate."""
    return (
        Attribute("volume_devices", lambda t: [mapping["DeviceName"] for mapping in t["data"].get("BlockDeviceMappings") or []]),
        Attribute("volume_size_gib", lambda t: next((v["VolumeSize"] for v in _volumes(t["data"]) if v.get("VolumeSize")), None)),
        Attribute("volume_kms_key_arn", lambda t: next((v["KmsKeyId"] for v in _volumes(t["data"]) if v.get("KmsKeyId")), None)),
        Attribute("metadata_options", lambda t: found_metadata_options(t["data"])),
        Attribute("node_tags", lambda t: found_node_tags(t["data"])),
        Attribute("user_data", lambda t: _user_data(t["data"])),
        Attribute("image_id", lambda t: t["data"].get("ImageId")),
        tags_attribute(lambda t: as_dict(t.get("Tags")), purge_tags),
    )


class LaunchTemplate(Resource):
    """Source: EC2 API, CreateLaunchTemplate and DescribeLaunchTemplateVersions.

    ami_type: of the node group; it decides which volumes there are.
    """

    kind = "launch template"
    computed = ("id", "latest_version")

    def __init__(self, client: Any, name: str, *, ami_type: str, purge_tags: bool = False) -> None:
        self.client = client
        self.name = name
        self.ami_type = ami_type
        self.attributes = attributes(purge_tags)
        self._made = 1  # the newest version that this run knows of: EC2 may not list it yet

    def find(self) -> Mapping[str, Any] | None:
        template = api.describe_launch_template(self.client, self.name)
        if template is None:
            return None
        versions = api.describe_launch_template_versions(self.client, template["LaunchTemplateId"])
        newest = max(versions, key=lambda version: version["VersionNumber"], default=None)
        if newest is None or newest["VersionNumber"] < self._made:
            return None
        return {
            **template,
            "id": template["LaunchTemplateId"],
            "latest_version": str(newest["VersionNumber"]),
            "versions": sorted(version["VersionNumber"] for version in versions),
            "data": newest["LaunchTemplateData"],
        }

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        devices = volume_devices(self.ami_type)
        if devices is None:
            devices = [api.describe_image(self.client, desired["image_id"])["RootDeviceName"]]
        values = {**desired, "volume_devices": devices, "metadata_options": METADATA_OPTIONS}
        if found is None:
            values.setdefault("volume_size_gib", NODE_VOLUME_SIZE_GIB)
        return values

    def create(self, desired: Mapping[str, Any]) -> None:
        api.create_launch_template(self.client, self.name, template_data(desired), as_list(desired.get("tags")))

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "tags" in names:
            _tags.change(self.client, found["id"], as_dict(found.get("Tags")), desired["tags"], api.create_tags, api.delete_tags)
        if set(names) - {"tags"}:
            kept = {attribute.name: attribute.read(found) for attribute in self.attributes}
            self._made = api.create_launch_template_version(self.client, found["id"], template_data({**kept, **desired}))
            api.set_default_version(self.client, found["id"], self._made)

    def delete(self, found: Mapping[str, Any]) -> None:
        api.delete_launch_template(self.client, found["id"])

    def prune(self, in_use: str | None) -> None:
        """Delete all but the newest versions, the default one, and the one that the node group uses."""
        found = self.find()
        if found is None:
            return
        kept = {*found["versions"][-KEPT_VERSIONS:], found["DefaultVersionNumber"], int(in_use or 0)}
        old = [version for version in found["versions"] if version not in kept]
        if old:
            api.delete_launch_template_versions(self.client, found["id"], old)
