# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Find the proxies that do not trust the newest trust anchor of a mesh, and restart their workloads."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from .._kubernetes.client import METADATA_LIST, KubernetesClient
from .._resource import Outcome
from .anchors import Anchors

#: set on each pod by Linkerd's injector
MESH_LABEL = "linkerd.io/control-plane-ns"
TRUST_ANNOTATION = "linkerd.io/trust-root-sha256"
TRUST_ROOTS = "linkerd-identity-trust-roots"
RESTARTED = "kubectl.kubernetes.io/restartedAt"
RUNNING = "status.phase!=Succeeded,status.phase!=Failed"
PLURALS = {"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets"}


class Workload(NamedTuple):
    """The workload of a pod."""

    namespace: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


class Proxies:
    """The proxies of one cluster. namespace: of Linkerd's control plane."""

    def __init__(self, client: KubernetesClient, namespace: str) -> None:
        self._client = client
        self._namespace = namespace
        self._owners: dict[tuple[str, str], Workload] = {}

    def are_trusting(self, anchors: Anchors) -> bool:
        """Return whether proxies that start now trust the newest anchor."""
        found = self._client.get(f"/api/v1/namespaces/{self._namespace}/configmaps/{TRUST_ROOTS}")
        held = ((found or {}).get("data") or {}).get("ca-bundle.crt", "")
        return found is not None and anchors.newest.certificate.strip() in held

    def are_there(self) -> bool:
        """Return whether the cluster has a mesh."""
        return self._client.get(f"/api/v1/namespaces/{self._namespace}/configmaps/{TRUST_ROOTS}") is not None

    def untrusting_workloads(self, anchors: Anchors) -> list[Workload]:
        """Return the workloads with a pod whose proxy started without the newest anchor."""
        listed = self._client.get("/api/v1/pods", METADATA_LIST, labelSelector=f"{MESH_LABEL}={self._namespace}", fieldSelector=RUNNING)
        pods = [pod["metadata"] for pod in (listed or {}).get("items") or []]
        return sorted({self._owner(pod) for pod in pods if not _trusts(pod, anchors)})

    def all_trust(self, anchors: Anchors) -> bool:
        """Return whether the newest anchor can sign the issuer: every proxy trusts it."""
        if self.untrusting_workloads(anchors):
            return False
        return self.are_trusting(anchors) or not self.are_there()

    def restart(self, workload: Workload, check_mode: bool) -> Outcome:
        """Replace the pods of a workload, as kubectl rollout restart does."""
        outcome = Outcome(workload.kind, f"{workload.namespace}/{workload.name}", action="update", attributes=["restart"])
        outcome.after = {"restart": "its proxies do not trust the newest trust anchor"}
        if not check_mode:
            path = f"/apis/apps/v1/namespaces/{workload.namespace}/{PLURALS[workload.kind]}/{workload.name}"
            now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
            self._client.merge(path, {"spec": {"template": {"metadata": {"annotations": {RESTARTED: now}}}}})
        return outcome

    def _owner(self, pod: Mapping[str, Any]) -> Workload:
        namespace = pod["namespace"]
        for reference in pod.get("ownerReferences") or []:
            if reference.get("kind") == "ReplicaSet":
                return self._deployment(namespace, reference["name"])
            return Workload(namespace, reference.get("kind") or "Pod", reference["name"])
        return Workload(namespace, "Pod", pod["name"])

    def _deployment(self, namespace: str, replica_set: str) -> Workload:
        key = (namespace, replica_set)
        if key not in self._owners:
            found = self._client.get(f"/apis/apps/v1/namespaces/{namespace}/replicasets/{replica_set}")
            above = ((found or {}).get("metadata") or {}).get("ownerReferences") or [{"kind": "ReplicaSet", "name": replica_set}]
            self._owners[key] = Workload(namespace, above[0]["kind"], above[0]["name"])
        return self._owners[key]


def can_restart(workload: Workload, namespace: str) -> bool:
    """Return whether the workload can be restarted: not the control plane, which its release restarts, and not a Job or a single pod."""
    return workload.kind in PLURALS and workload.namespace != namespace


def _trusts(pod: Mapping[str, Any], anchors: Anchors) -> bool:
    return (pod.get("annotations") or {}).get(TRUST_ANNOTATION) in anchors.known_as
