# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a namespace must not be deleted with: what runs in it, is reached there or keeps data there.

Secrets, ConfigMaps and ServiceAccounts alone are no use: charts and controllers leave theirs behind. Of custom resources every kind counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .client import METADATA_LIST, KubernetesClient
from .custom_resources import custom_resources
from .discovery import Discovery, UnknownApiKind, path_of
from .helm_owner import is_deleted_with
from .namespace_use import LISTS
from .wait import run_together

#: kind: what is asked for. What has come to its end is no use
SELECTED: dict[str, dict[str, str]] = {
    "Deployment": {},
    "StatefulSet": {},
    "DaemonSet": {},
    "CronJob": {},
    "Job": {"fieldSelector": "status.successful=0"},
    "Ingress": {},
    "Pod": {"fieldSelector": "status.phase!=Succeeded,status.phase!=Failed"},
    "Service": {},
    "PersistentVolumeClaim": {},
    "Secret": {"labelSelector": "owner=helm"},
}


class NamespaceUsers:
    """The users of one namespace. gone: releases (`namespace/name`) that are still there, but go before the namespace: in a plan."""

    def __init__(self, client: KubernetesClient, namespace: str, gone: Collection[str] = ()) -> None:
        self._client = client
        self._namespace = namespace
        self._gone = gone
        self._discovery = Discovery(client)

    def named(self) -> list[str]:
        """Kind and name of each."""
        custom = custom_resources(self._client, self._namespace)
        own = [name for found in run_together(self._of_kind, SELECTED) for name in found]
        return [*own, *(f"{kind} {metadata['name']}" for kind, metadata in custom if not self._is_deleted(metadata))]

    def _of_kind(self, kind: str) -> list[str]:
        answer = self._client.get(LISTS[kind].format(self._namespace), METADATA_LIST, **SELECTED[kind]) or {}
        found = [item["metadata"] for item in answer.get("items") or []]
        if kind == "Secret":
            releases = dict.fromkeys(str((metadata.get("labels") or {}).get("name")) for metadata in found)
            return [f"helm release {name}" for name in releases if f"{self._namespace}/{name}" not in self._gone]
        return [f"{kind} {metadata['name']}" for metadata in found if self._counts(metadata)]

    def _counts(self, metadata: Mapping[str, Any]) -> bool:
        if metadata.get("deletionTimestamp") or self._is_deleted(metadata):
            return False
        owner: Mapping[str, Any] = next((each for each in metadata.get("ownerReferences") or [] if each.get("controller")), {})
        if not owner:
            return True
        if owner["kind"] in (*SELECTED, "ReplicaSet"):  # which counts itself
            return False
        found = self._owner(owner) if self._gone else None
        return not (found and self._is_deleted(found["metadata"]))

    def _owner(self, owner: Mapping[str, Any]) -> dict[str, Any] | None:
        try:
            kind = self._discovery.kind(owner["apiVersion"], owner["kind"])
        except UnknownApiKind:
            return None
        return self._client.get(path_of(kind, self._namespace, owner["name"]))

    def _is_deleted(self, metadata: Mapping[str, Any]) -> bool:
        return any(is_deleted_with(metadata, *reversed(release.split("/"))) for release in self._gone)
