# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a Gateway consists of inside the cluster.

A controller makes it, so that it belongs to no release, and NGINX Gateway Fabric reports Programmed without a single pod of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .client import KubernetesClient

#: GEP-1762 of the Gateway API: on what a controller makes for a Gateway in the cluster
LABEL = "gateway.networking.k8s.io/gateway-name"
LISTS = {"Deployment": "deployments", "DaemonSet": "daemonsets"}


def data_plane(client: KubernetesClient, gateway: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The Deployments and DaemonSets of a Gateway; none for one that is outside of the cluster."""
    metadata = gateway["metadata"]
    found = []
    for kind, plural in LISTS.items():
        path = f"/apis/apps/v1/namespaces/{metadata['namespace']}/{plural}"
        answer = client.get(path, labelSelector=f"{LABEL}={metadata['name']}") or {}
        found += [{"apiVersion": "apps/v1", "kind": kind, **item} for item in answer.get("items") or []]
    return found


def is_gateway(obj: Mapping[str, Any]) -> bool:
    return obj["kind"] == "Gateway" and obj["apiVersion"].startswith("gateway.networking.k8s.io/")
