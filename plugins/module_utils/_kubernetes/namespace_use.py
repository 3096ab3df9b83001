# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a namespace holds what others made: it must not go with one of those that share it.

Of Kubernetes's own kinds LISTS has what a namespace is used for; the others are rules for that (Role, NetworkPolicy, ResourceQuota, …), or
made of it by controllers (ReplicaSet, EndpointSlice, Event, Lease). Of custom resources every kind counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .client import METADATA_LIST, KubernetesClient
from .custom_resources import custom_resources
from .wait import run_together

#: what every use of a namespace has at least one of
LISTS = {
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "StatefulSet": "/apis/apps/v1/namespaces/{}/statefulsets",
    "DaemonSet": "/apis/apps/v1/namespaces/{}/daemonsets",
    "CronJob": "/apis/batch/v1/namespaces/{}/cronjobs",
    "Job": "/apis/batch/v1/namespaces/{}/jobs",
    "Ingress": "/apis/networking.k8s.io/v1/namespaces/{}/ingresses",
    "Pod": "/api/v1/namespaces/{}/pods",
    "Service": "/api/v1/namespaces/{}/services",
    "PersistentVolumeClaim": "/api/v1/namespaces/{}/persistentvolumeclaims",
    "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts",
    "Secret": "/api/v1/namespaces/{}/secrets",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
}
#: what Kubernetes puts into every namespace
IN_EVERY_NAMESPACE = (("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt"))


def others(client: KubernetesClient, namespace: str, own_labels: Mapping[str, str]) -> list[str]:
    """Kind and name of everything in the namespace that does not have these labels."""

    def ask(kind: str) -> list[str]:
        answer = client.get(LISTS[kind].format(namespace), accept=METADATA_LIST) or {}
        return [f"{kind} {item['metadata']['name']}" for item in answer.get("items") or [] if is_of_others(kind, item, own_labels)]

    custom = [
        f"{kind} {item['name']}" for kind, item in custom_resources(client, namespace) if is_of_others(kind, {"metadata": item}, own_labels)
    ]
    return [*(name for found in run_together(ask, LISTS) for name in found), *custom]


def is_of_others(kind: str, item: Mapping[str, Any], own_labels: Mapping[str, str]) -> bool:
    metadata = item["metadata"]
    labels = metadata.get("labels") or {}
    if (kind, metadata["name"]) in IN_EVERY_NAMESPACE:
        return False
    if kind == "Secret" and labels.get("owner") == "helm":  # helm's record of a release, whose objects count themselves
        return False
    return any(labels.get(name) != value for name, value in own_labels.items())
