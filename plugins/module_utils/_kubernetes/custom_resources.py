# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The kinds that custom resource definitions bring, by the API server's own word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .client import METADATA_LIST, KubernetesClient
from .discovery import CLUSTER_WIDE, ApiKind, path_of
from .wait import run_together

#: Kubernetes API concepts, aggregated discovery: every group, version and kind in one answer; stable since Kubernetes 1.30
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
#: what is stored; PodMetrics, for example, can be listed, but not deleted
STORED = {"list", "delete"}


def custom_kinds(client: KubernetesClient) -> list[ApiKind]:
    """Those that live in a namespace; of several versions the one that the server prefers."""
    found: dict[tuple[str, str], ApiKind] = {}
    for group in (client.get("/apis", accept=AGGREGATED) or {}).get("items") or []:
        name = group["metadata"]["name"]
        for version in group.get("versions") or [] if name not in CLUSTER_WIDE else []:
            for entry in version.get("resources") or [] if version.get("freshness") != "Stale" else []:
                if entry["scope"] == "Namespaced" and set(entry["verbs"]) >= STORED:
                    kind = ApiKind(f"{name}/{version['version']}", entry["responseKind"]["kind"], entry["resource"], True)
                    found.setdefault((name, kind.plural), kind)
    return list(found.values())


def custom_resources(client: KubernetesClient, namespace: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Kind and metadata of each in a namespace, without those that are ending or belong to another object, which counts itself."""
    kinds = custom_kinds(client)
    answers = run_together(lambda kind: client.get(path_of(kind, namespace), accept=METADATA_LIST) or {}, kinds)
    return [
        (kind.kind, item["metadata"])
        for kind, answer in zip(kinds, answers, strict=True)
        for item in answer.get("items") or []
        if not item["metadata"].get("deletionTimestamp") and not item["metadata"].get("ownerReferences")
    ]
