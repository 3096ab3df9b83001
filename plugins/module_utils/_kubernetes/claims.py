# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Removes PersistentVolumeClaims and their EBS volumes, and keeps the data.

The claim goes first and its volume stays: from then on nothing can write to it, so that a snapshot found by a later run holds everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .._ebs.kubernetes_volumes import retain_volume
from .._errors import Refused
from .._resource import Outcome
from .._tags import RETAINED
from .client import KubernetesClient
from .helm_owner import is_deleted_with, name_for
from .wait import wait_until_gone

DRIVER = "ebs.csi.aws.com"
#: on a PersistentVolume whose claim is being removed: its namespace and labels, or the release that takes it away and its namespace
NAMESPACE_LABEL = "opta.platform/claim-namespace"
RELEASE_LABEL = "opta.platform/claim-release"
VOLUMES = "/api/v1/persistentvolumes"
RETAIN = "Retain"


@dataclass
class Claims:
    """The claims of one namespace that have these labels, or that helm deletes with a release of the namespace, wherever they are.

    tags: for the snapshots. user: who had the volumes, as the snapshots' description says it. only: the claims that helm deletes although
    the release stays, by their names, or namespace/name in another namespace; None when the whole release goes.
    """

    client: KubernetesClient
    ec2: Any
    namespace: str
    labels: Mapping[str, str]
    tags: Mapping[str, str]
    user: str
    delete_volumes: bool
    check_mode: bool
    timeout_seconds: float
    release: str = ""
    only: Collection[str] | None = None

    @classmethod
    def of_release(cls, client: KubernetesClient, namespace: str, release: str, only: Collection[str]) -> Claims:
        """Those that an upgrade drops, to be held."""
        return cls(client, None, namespace, {}, {}, release, False, False, 0, release, only)

    def hold(self) -> list[Outcome]:
        """Let the volumes outlive their claims, which go with the release; what was done, or would be."""
        outcomes = []
        for claim in self._claims():
            volume = self._volume_of(claim)
            if volume is None or volume["spec"].get("persistentVolumeReclaimPolicy") == RETAIN:
                continue
            name = volume["metadata"]["name"]
            outcome = Outcome("PersistentVolume", name, action="update", attributes=["persistentVolumeReclaimPolicy"])
            outcome.before = {"persistentVolumeReclaimPolicy": volume["spec"].get("persistentVolumeReclaimPolicy")}
            outcome.after = {"persistentVolumeReclaimPolicy": RETAIN}
            if not self.check_mode:
                self._retain(name)
            outcomes.append(outcome)
        return outcomes

    def remove(self) -> list[Outcome]:
        """Everything, also what a run that was killed has left; what was done, or would be."""
        claims = self._claims()
        if self.only and not self.check_mode:
            self._wait_for_deletions(claims)
        left = self._list("PersistentVolume", VOLUMES, {**self._marks(), NAMESPACE_LABEL: self.namespace})
        volumes = {volume["metadata"]["name"]: volume for volume in left if not self.release or not self._is_claimed(volume)}
        # in a plan the release, which takes its claims along, is still there
        for claim in claims if self.check_mode or not self.release else []:
            volume = self._volume_of(claim)
            if volume:
                volumes[volume["metadata"]["name"]] = volume
        if self.release:
            volumes = {name: volume for name, volume in volumes.items() if volume_id(volume)}
        for volume in volumes.values():
            self._refuse_what_cannot_be_kept(volume)
        outcomes = [] if self.release else [self._remove_claim(claim) for claim in claims]
        for _name, volume in sorted(volumes.items()):
            outcomes += self._remove_volume(volume)
        return outcomes

    def _claims(self) -> list[dict[str, Any]]:
        if not self.release:
            return self._list("PersistentVolumeClaim", f"/api/v1/namespaces/{self.namespace}/persistentvolumeclaims", self.labels)
        found = self._list("PersistentVolumeClaim", "/api/v1/persistentvolumeclaims", {})
        chosen = [claim for claim in found if self.only is None or name_for(claim["metadata"], self.namespace) in self.only]
        return [claim for claim in chosen if is_deleted_with(claim["metadata"], self.release, self.namespace)]

    def _wait_for_deletions(self, claims: list[dict[str, Any]]) -> None:
        """Helm does not wait until the claims are gone that an upgrade deletes: they stay while a pod uses them."""
        deleting = [claim for claim in claims if claim["metadata"].get("deletionTimestamp")]
        wait_until_gone(self.client, {_path(claim["metadata"]): claim for claim in deleting}, self.timeout_seconds)

    def _is_claimed(self, volume: Mapping[str, Any]) -> bool:
        """Whether the claim that the volume was made for is still there; the volume's own phase says so only a moment later."""
        owner = volume["spec"]["claimRef"]
        claim = self.client.get(_path(owner))
        return claim is not None and claim["metadata"]["uid"] == owner["uid"]

    def _marks(self) -> dict[str, str]:
        return {RELEASE_LABEL: self.release} if self.release else dict(self.labels)

    def _retain(self, volume: str) -> None:
        marks = {"labels": {**self._marks(), NAMESPACE_LABEL: self.namespace}}
        self.client.merge(f"{VOLUMES}/{volume}", {"metadata": marks, "spec": {"persistentVolumeReclaimPolicy": RETAIN}})

    def _list(self, kind: str, path: str, labels: Mapping[str, str]) -> list[dict[str, Any]]:
        selector = ",".join(f"{name}={value}" for name, value in labels.items())
        answer = self.client.get(path, **({"labelSelector": selector} if selector else {})) or {}
        named = {"apiVersion": "v1", "kind": kind}
        return sorted(({**named, **item} for item in answer.get("items") or []), key=lambda item: item["metadata"]["name"])

    def _volume_of(self, claim: Mapping[str, Any]) -> dict[str, Any] | None:
        name = claim["spec"].get("volumeName")
        return self.client.get(f"{VOLUMES}/{name}") if name else None

    def _refuse_what_cannot_be_kept(self, volume: Mapping[str, Any]) -> None:
        if not self.delete_volumes and not volume_id(volume):
            claim = volume["spec"]["claimRef"]["name"]
            raise Refused(
                f"PersistentVolumeClaim {self.namespace}/{claim} has a volume that is not "
                "an EBS volume and cannot be retained as a snapshot: "
                "save its data and set delete_volumes: true, or delete the claim manually."
            )

    def _remove_claim(self, claim: Mapping[str, Any]) -> Outcome:
        name = claim["metadata"]["name"]
        outcome = Outcome("PersistentVolumeClaim", f"{self.namespace}/{name}", action="delete")
        if self.check_mode:
            return outcome
        volume = claim["spec"].get("volumeName")
        if volume:
            self._retain(volume)
        path = _path(claim["metadata"])
        self.client.delete(path, claim["metadata"]["uid"], "Background")
        wait_until_gone(self.client, {path: claim}, self.timeout_seconds)
        return outcome

    def _remove_volume(self, volume: Mapping[str, Any]) -> list[Outcome]:
        name, ebs_id = volume["metadata"]["name"], volume_id(volume)
        outcomes = []
        notes = []
        if not self.delete_volumes and ebs_id:
            tags = {**self.tags, **_of_kubernetes(volume)}
            made = retain_volume(self.ec2, ebs_id, self.check_mode, tags, self.timeout_seconds, self.user)
            outcomes.append(Outcome("EBS snapshot", f"of {ebs_id}", action="create" if made else None, after={"volume_id": ebs_id}))
            notes = [f"The data of volume {ebs_id} is retained in a snapshot, tagged {RETAINED}."]
        if not self.check_mode:
            path = f"{VOLUMES}/{name}"
            self.client.merge(path, {"spec": {"persistentVolumeReclaimPolicy": "Delete"}})
            wait_until_gone(self.client, {path: volume}, self.timeout_seconds)
        before = {"volume_id": ebs_id, "size": (volume["spec"].get("capacity") or {}).get("storage")}
        return [*outcomes, Outcome("PersistentVolume", name, action="delete", before=before, notes=notes)]


def volume_id(volume: Mapping[str, Any]) -> str | None:
    """The EBS volume of a PersistentVolume; None for another kind of storage."""
    source = volume["spec"].get("csi") or {}
    return source.get("volumeHandle") if source.get("driver") == DRIVER else None


def _path(claim: Mapping[str, Any]) -> str:
    """claim: with its namespace and name."""
    return f"/api/v1/namespaces/{claim['namespace']}/persistentvolumeclaims/{claim['name']}"


def _of_kubernetes(volume: Mapping[str, Any]) -> dict[str, str]:
    claim = volume["spec"]["claimRef"]
    return {"kubernetes.io/created-for/pvc/namespace": claim["namespace"], "kubernetes.io/created-for/pvc/name": claim["name"]}
