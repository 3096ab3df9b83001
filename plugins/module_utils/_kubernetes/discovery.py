# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where the API server keeps each kind: known of Kubernetes's own, else asked once per group and version."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from .._errors import PlatformError
from .client import KubernetesClient
from .objects import CRD
from .wait import run_together

#: the kinds of Kubernetes itself that every API server has whose version EKS offers (Kubernetes API reference)
KINDS_OF_KUBERNETES = {
    "v1": "ConfigMap LimitRange Namespace PersistentVolume PersistentVolumeClaim Pod ResourceQuota Secret Service ServiceAccount",
    "admissionregistration.k8s.io/v1": "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apiregistration.k8s.io/v1": "APIService",
    "apps/v1": "DaemonSet Deployment ReplicaSet StatefulSet",
    "autoscaling/v2": "HorizontalPodAutoscaler",
    "batch/v1": "CronJob Job",
    "networking.k8s.io/v1": "Ingress IngressClass NetworkPolicy",
    "policy/v1": "PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "storage.k8s.io/v1": "CSIDriver StorageClass",
}

#: the kinds of Kubernetes itself that stand outside of namespaces, by API group
CLUSTER_WIDE = {
    "": ("Namespace", "Node", "PersistentVolume"),
    "admissionregistration.k8s.io": None,
    "apiextensions.k8s.io": None,
    "apiregistration.k8s.io": None,
    "apps": (),
    "autoscaling": (),
    "batch": (),
    "certificates.k8s.io": None,
    "coordination.k8s.io": (),
    "discovery.k8s.io": (),
    "events.k8s.io": (),
    "flowcontrol.apiserver.k8s.io": None,
    "networking.k8s.io": ("IngressClass", "IPAddress", "ServiceCIDR"),
    "node.k8s.io": None,
    "policy": (),
    "rbac.authorization.k8s.io": ("ClusterRole", "ClusterRoleBinding"),
    "scheduling.k8s.io": None,
    "storage.k8s.io": ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"),
}


def is_namespaced(obj: Mapping[str, Any]) -> bool:
    """Whether an object lives in a namespace, without asking: known for Kubernetes's own kinds, of others only when it names one."""
    group = obj["apiVersion"].rpartition("/")[0]
    if group not in CLUSTER_WIDE:
        return bool(obj["metadata"].get("namespace"))
    kinds = CLUSTER_WIDE[group]
    return kinds is not None and obj["kind"] not in kinds


class ApiKind(NamedTuple):
    """A kind of one API version."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool


class UnknownApiKind(PlatformError):
    """The cluster does not know a kind (yet)."""


def kind_of_kubernetes(api_version: str, kind: str) -> ApiKind | None:
    """A kind that needs not be asked for."""
    if kind not in KINDS_OF_KUBERNETES.get(api_version, "").split():
        return None
    lower = kind.lower()
    plural = lower + "es" if lower.endswith("s") else lower[:-1] + "ies" if lower.endswith("y") else lower + "s"
    return ApiKind(api_version, kind, plural, is_namespaced({"apiVersion": api_version, "kind": kind}))


class Discovery:
    """The kinds that one API server knows."""

    def __init__(self, client: KubernetesClient) -> None:
        self._client = client
        self._known: dict[str, dict[str, ApiKind]] = {}
        self._lock = threading.Lock()

    def prefetch(self, objects: Iterable[Mapping[str, Any]]) -> None:
        """Ask side by side for what kind() will be asked of these objects."""
        unknown = {obj["apiVersion"] for obj in objects if not kind_of_kubernetes(obj["apiVersion"], obj["kind"])} - self._known.keys()
        self._known.update(zip(unknown, run_together(self._ask, unknown), strict=True))

    def kind(self, api_version: str, kind: str) -> ApiKind:
        """Raises UnknownKind when the cluster does not have it."""
        own = kind_of_kubernetes(api_version, kind)
        if own:
            return own
        with self._lock:
            if kind not in self._known.get(api_version, {}):
                self._known[api_version] = self._ask(api_version)
        try:
            return self._known[api_version][kind]
        except KeyError:
            raise UnknownApiKind(
                f"Cluster {self._client.cluster_name} does not know the kind {kind} of {api_version}: "
                "apply its CustomResourceDefinition first, or correct apiVersion and kind."
            ) from None

    def _ask(self, api_version: str) -> dict[str, ApiKind]:
        root = "/apis" if "/" in api_version else "/api"
        answer = self._client.get(f"{root}/{quote(api_version)}") or {}
        return {
            entry["kind"]: ApiKind(api_version, entry["kind"], entry["name"], entry["namespaced"])
            for entry in answer.get("resources", [])
            if "/" not in entry["name"]
        }


def kinds_of_definitions(objects: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], ApiKind]:
    """The kinds that the CustomResourceDefinitions among the objects will bring."""
    found = {}
    for obj in objects:
        if obj["kind"] != CRD:
            continue
        spec = obj.get("spec") or {}
        names = spec.get("names") or {}
        for version in spec.get("versions") or []:
            api_version = f"{spec.get('group')}/{version.get('name')}"
            kind = ApiKind(api_version, str(names.get("kind")), str(names.get("plural")), spec.get("scope") == "Namespaced")
            found[api_version, kind.kind] = kind
    return found


def path_of(kind: ApiKind, namespace: str, name: str = "") -> str:
    """The address of an object, or, without a name, of the list."""
    root = "/apis" if "/" in kind.api_version else "/api"
    parts = [root, kind.api_version]
    if kind.namespaced and namespace:
        parts += ["namespaces", quote(namespace, safe="")]
    parts.append(kind.plural)
    if name:
        parts.append(quote(name, safe=""))
    return "/".join(parts)
