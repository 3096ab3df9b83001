# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The releases that helm keeps in the cluster, one Secret a revision."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .._errors import PlatformError
from .._kubernetes.client import METADATA_LIST, KubernetesClient
from .._kubernetes.objects import ENVIRONMENT_ANNOTATION

#: labels that this collection adds to helm's Secrets (helm upgrade --labels)
ENVIRONMENT = ENVIRONMENT_ANNOTATION
CHART_DIGEST = "opta.platform/chart-digest"
ROLLOUT = "opta.platform/rollout"
RUN = "opta.platform/run"
STARTED, FINISHED = "started", "finished"

DEPLOYED = "deployed"
#: helm was at work on it, or was killed at it
UNFINISHED = ("pending-install", "pending-upgrade", "pending-rollback", "uninstalling")


@dataclass(frozen=True)
class Revision:
    """One revision of a release, from its Secret's labels."""

    number: int
    status: str
    labels: Mapping[str, str]
    begun: datetime

    @property
    def unfinished(self) -> bool:
        return self.status in UNFINISHED

    @property
    def good(self) -> bool:
        """Whether one can go back to it: it was rolled out to its end, as far as we know."""
        return self.status in (DEPLOYED, "superseded") and self.labels.get(ROLLOUT) != STARTED

    def age_seconds(self) -> float:
        return (datetime.now(timezone.utc) - self.begun).total_seconds()


@dataclass(frozen=True)
class StoredReleases:
    """What helm stored of one revision."""

    number: int
    status: str
    chart: str
    chart_version: str
    app_version: str
    values: dict[str, Any]
    manifest: str
    hooks: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def decode(secret: Mapping[str, Any]) -> StoredReleases:
    """A release out of its Secret: base64 of gzip of JSON, in base64 as every Secret's data."""
    name = secret["metadata"]["name"]
    try:
        packed = base64.b64decode(base64.b64decode(secret["data"]["release"]))
        content = json.loads(gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed)
    except (KeyError, ValueError, OSError, EOFError) as error:
        raise PlatformError(f"Secret {name} does not hold a release of helm: {error}") from error
    metadata = content["chart"]["metadata"]
    return StoredReleases(
        number=int(content["version"]),
        status=content["info"]["status"],
        chart=metadata["name"],
        chart_version=metadata["version"],
        app_version=str(metadata.get("appVersion") or ""),
        values=content.get("config") or {},
        manifest=content.get("manifest") or "",
        hooks="\n---\n".join(hook.get("manifest") or "" for hook in content.get("hooks") or []),
        labels=secret["metadata"].get("labels") or {},
    )


def all_revisions(client: KubernetesClient) -> dict[tuple[str, str], list[Revision]]:
    """The revisions of every release of the cluster, by namespace and name, in one request; without their contents."""
    answer = client.get("/api/v1/secrets", METADATA_LIST, labelSelector="owner=helm") or {}
    found: dict[tuple[str, str], list[Revision]] = {}
    for item in answer.get("items") or []:
        metadata = item["metadata"]
        found.setdefault((metadata["namespace"], (metadata.get("labels") or {}).get("name", "")), []).append(_revision(metadata))
    return {key: _newest_first(revisions) for key, revisions in found.items()}


class ReleaseStorage:
    """The revisions of one release. listed: those that were read just now, for the first look."""

    def __init__(self, client: KubernetesClient, namespace: str, name: str, listed: Sequence[Revision] | None = None) -> None:
        self._client = client
        self._path = f"/api/v1/namespaces/{namespace}/secrets"
        self._name = name
        self._listed = listed

    def revisions(self) -> list[Revision]:
        """All revisions, the newest first; without their contents."""
        listed, self._listed = self._listed, None
        if listed is not None:
            return list(listed)
        answer = self._client.get(self._path, METADATA_LIST, labelSelector=f"owner=helm,name={self._name}") or {}
        return _newest_first([_revision(item["metadata"]) for item in answer.get("items") or []])

    def read(self, number: int) -> StoredReleases | None:
        secret = self._client.get(self._address(number))
        return decode(secret) if secret else None

    def finish(self, number: int) -> None:
        """Write down that a revision was rolled out to its end."""
        self._client.merge(self._address(number), {"metadata": {"labels": {ROLLOUT: FINISHED}}})

    def _address(self, number: int) -> str:
        return f"{self._path}/sh.helm.release.v1.{self._name}.v{number}"


def _newest_first(revisions: Sequence[Revision]) -> list[Revision]:
    return sorted(revisions, key=lambda revision: revision.number, reverse=True)


def _revision(metadata: Mapping[str, Any]) -> Revision:
    labels = metadata.get("labels") or {}
    begun = datetime.fromisoformat(metadata["creationTimestamp"].replace("Z", "+00:00"))
    if labels.get("modifiedAt", "").isdigit():
        begun = max(begun, datetime.fromtimestamp(int(labels["modifiedAt"]), timezone.utc))
    return Revision(int(labels["version"]), labels["status"], labels, begun)


def rollback_target(revisions: Sequence[Revision], failed: int) -> int | None:
    """The newest good revision before the failed one."""
    return next((revision.number for revision in revisions if revision.number < failed and revision.good), None)
