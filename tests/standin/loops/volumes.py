"""What the EBS CSI driver does, when its add-on is ACTIVE: a volume in the emulated AWS and a PersistentVolume for each claim."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import yaml
from botocore.exceptions import ClientError

from tests.standin.aws_calls import aws_client
from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.loops.each import for_each

if TYPE_CHECKING:
    from tests.standin.loops.cluster_loops import View

ADDON, DRIVER = "aws-ebs-csi-driver", "ebs.csi.aws.com"
PROVISIONER, SELECTED_NODE = "volume.kubernetes.io/storage-provisioner", "volume.kubernetes.io/selected-node"
FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer"
VOLUMES, CLASSES = "/api/v1/persistentvolumes", "/apis/storage.k8s.io/v1/storageclasses"
ZONE = "topology.kubernetes.io/zone"
UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class Volumes:
    """Arguments: a client; the cluster's name; the view of AWS."""

    def __init__(self, client: KubernetesClient, cluster: str, view: View) -> None:
        self._client, self._cluster, self._view = client, cluster, view

    def run(self) -> None:
        if self._view.addon_status(self._cluster, ADDON) not in ("ACTIVE", "UPDATING", "DEGRADED"):
            return
        for_each(self._client.items("/api/v1/persistentvolumeclaims"), self._follow_claim)
        for_each(self._client.items(VOLUMES), self._follow_volume)

    def _follow_claim(self, claim: dict[str, Any]) -> None:
        annotations = claim["metadata"].get("annotations") or {}
        pending = claim["status"].get("phase") == "Pending" and not claim["metadata"].get("deletionTimestamp")
        if pending and annotations.get(PROVISIONER) == DRIVER:
            self._provide(claim, annotations.get(SELECTED_NODE))

    def _follow_volume(self, volume: dict[str, Any]) -> None:
        unused = volume["status"].get("phase") in ("Released", "Failed")
        deletes = volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
        if unused and deletes and volume["spec"].get("csi", {}).get("driver") == DRIVER:
            self._remove(volume)

    def _provide(self, claim: dict[str, Any], node: str | None) -> None:
        storage_class = self._client.get(f"{CLASSES}/{claim['spec']['storageClassName']}", accept=(404,))
        if storage_class.get("kind") != "StorageClass" or (storage_class["volumeBindingMode"] == "WaitForFirstConsumer" and not node):
            return
        zone = self._zone(node)
        if zone is None:
            return
        name = f"pvc-{claim['metadata']['uid']}"
        gibibytes = max(1, math.ceil(_bytes(claim["spec"]["resources"]["requests"]["storage"]) / 2**30))
        volume_id = self._create_volume(name, claim, storage_class, zone, gibibytes)
        body = {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": DRIVER}, "finalizers": [FINALIZER]},
            "spec": {
                "capacity": {"storage": f"{gibibytes}Gi"},
                "accessModes": claim["spec"]["accessModes"],
                "storageClassName": storage_class["metadata"]["name"],
                "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy") or "Delete",
                "volumeMode": claim["spec"].get("volumeMode") or "Filesystem",
                "mountOptions": storage_class.get("mountOptions") or [],
                "csi": {
                    "driver": DRIVER,
                    "volumeHandle": volume_id,
                    "fsType": _parameter(storage_class, "csi.storage.k8s.io/fstype") or "ext4",
                },
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    **{key: claim["metadata"][key] for key in ("namespace", "name", "uid")},
                },
                "nodeAffinity": {
                    "required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": ZONE, "operator": "In", "values": [zone]}]}]}
                },
            },
        }
        self._client.create(VOLUMES, body)

    def _zone(self, node: str | None) -> str | None:
        """The zone of the node that the scheduler chose; of any node when nothing waits for the volume."""
        nodes = self._client.items("/api/v1/nodes")
        zones = [item["metadata"]["labels"].get(ZONE) for item in nodes if node in (None, item["metadata"]["name"])]
        return zones[0] if zones else None

    def _create_volume(self, name: str, claim: dict[str, Any], storage_class: dict[str, Any], zone: str, gibibytes: int) -> str:
        compute = aws_client("ec2", self._view)
        found = compute.describe_volumes(Filters=[{"Name": "tag:CSIVolumeName", "Values": [name]}])["Volumes"]
        if found:  # made by an earlier pass that could not write the PersistentVolume
            return str(found[0]["VolumeId"])
        tags = {
            **self._extra_tags(),
            "Name": f"{self._cluster}-dynamic-{name}",
            "CSIVolumeName": name,
            "ebs.csi.aws.com/cluster": "true",
            "KubernetesCluster": self._cluster,
            f"kubernetes.io/cluster/{self._cluster}": "owned",
            "kubernetes.io/created-for/pv/name": name,
            "kubernetes.io/created-for/pvc/name": claim["metadata"]["name"],
            "kubernetes.io/created-for/pvc/namespace": claim["metadata"]["namespace"],
        }
        request: dict[str, Any] = {
            "AvailabilityZone": zone,
            "Size": gibibytes,
            "VolumeType": _parameter(storage_class, "type") or "gp3",
            "Encrypted": _parameter(storage_class, "encrypted") == "true",
            "TagSpecifications": [{"ResourceType": "volume", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}],
        }
        for parameter, option in (("kmsKeyId", "KmsKeyId"), ("iops", "Iops"), ("throughput", "Throughput")):
            value = _parameter(storage_class, parameter)
            if value:
                request[option] = value if option == "KmsKeyId" else int(value)
        return str(compute.create_volume(**request)["VolumeId"])

    def _extra_tags(self) -> dict[str, str]:
        """`controller.extraVolumeTags` of the add-on's configuration."""
        addon = aws_client("eks", self._view).describe_addon(clusterName=self._cluster, addonName=ADDON)["addon"]
        configuration = yaml.safe_load(addon.get("configurationValues") or "{}") or {}
        return {key: str(value) for key, value in ((configuration.get("controller") or {}).get("extraVolumeTags") or {}).items()}

    def _remove(self, volume: dict[str, Any]) -> None:
        try:
            aws_client("ec2", self._view).delete_volume(VolumeId=volume["spec"]["csi"]["volumeHandle"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidVolume.NotFound":
                raise
        path = f"{VOLUMES}/{volume['metadata']['name']}"
        remaining = [finalizer for finalizer in volume["metadata"].get("finalizers") or [] if finalizer != FINALIZER]
        self._client.delete(path)
        self._client.merge(path, {"metadata": {"finalizers": remaining}}, accept=(404, 409, 422))


def _parameter(storage_class: dict[str, Any], name: str) -> str | None:
    """A parameter of a storage class; the driver does not mind the case of its name."""
    parameters = {key.lower(): value for key, value in (storage_class.get("parameters") or {}).items()}
    return parameters.get(name.lower())


def _bytes(quantity: str) -> int:
    """A Kubernetes quantity of storage in bytes: `10Gi` is 10737418240."""
    for unit, factor in UNITS.items():
        if quantity.endswith(unit):
            return math.ceil(float(quantity[: -len(unit)]) * factor)
    return math.ceil(float(quantity))
