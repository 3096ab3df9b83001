# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The objects of a release as they stand in the cluster: changed behind helm's back, ready or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import Refused
from .._kubernetes import diff
from .._kubernetes.apply import is_immutable
from .._kubernetes.client import KubernetesClient, KubernetesError
from .._kubernetes.discovery import Discovery, UnknownApiKind, path_of
from .._kubernetes.helm_owner import is_deleted_with, name_for
from .._kubernetes.objects import ObjectIdentity
from .._kubernetes.ready import readiness
from .._kubernetes.wait import Objects as Found
from .._kubernetes.wait import run_together, wait_until_ready
from .manifest import ObjectChange, Objects

#: only in dry runs: nothing is ever stored under this name
DRIFT_MANAGER = "opta.platform-drift"
REPAIR_MANAGER = "opta.platform"
CLAIM = "PersistentVolumeClaim"


class LiveObjects:
    """The objects that a manifest names, asked of the cluster once.

    namespace: the release's, for objects of custom kinds that live in one and name none; only the cluster knows which do.
    """

    def __init__(self, client: KubernetesClient, objects: Objects, namespace: str) -> None:
        self._client = client
        self._objects = objects
        discovery = Discovery(client)
        discovery.prefetch(objects.values())
        self._paths: dict[ObjectIdentity, str] = {}
        for name, obj in objects.items():
            try:
                self._paths[name] = path_of(discovery.kind(obj["apiVersion"], name.kind), name.namespace or namespace, name.name)
            except UnknownApiKind:
                continue
        self.found: dict[ObjectIdentity, dict[str, Any] | None] = dict(
            zip(self._paths, run_together(client.get, self._paths.values()), strict=True)
        )

    def drift(self) -> dict[ObjectIdentity, ObjectChange]:
        """What helm would set back: objects that are missing, and given fields that have another value."""
        looked = run_together(self._drift_of, self._objects)
        return {name: change for name, change in zip(self._objects, looked, strict=True) if change}

    def _drift_of(self, name: ObjectIdentity) -> ObjectChange | None:
        desired, found = self._objects[name], self.found.get(name)
        if found is None:
            return None if expires(desired) else ObjectChange("create", after=desired)
        try:
            after = self._client.apply(self._paths[name], desired, DRIFT_MANAGER, force=True, dry_run=True)
        except KubernetesError as error:
            if error.status in (400, 409, 422, 500):  # the server cannot say it for this object: helm keeps it as it is
                return None
            raise
        if diff.was_written_between(found, after):  # by a controller, as one that scales it
            self.found[name] = self._client.get(self._paths[name])
            return self._drift_of(name)
        fields = diff.differences(diff.content(found), diff.content(after))
        for path in others_fields(found):
            fields.pop(path, None)
        return ObjectChange("update", found, after, fields) if fields else None

    def refuse_immutable(self, changes: Mapping[ObjectIdentity, ObjectChange]) -> None:
        """Raise Refused for what Kubernetes cannot change in place, before helm finds out half way."""

        def ask(name: ObjectIdentity) -> None:
            try:
                self._client.apply(self._paths[name], changes[name].after, DRIFT_MANAGER, force=True, dry_run=True)
            except KubernetesError as error:
                if error.status == 422 and is_immutable(error):
                    raise Refused(
                        f"{name}: Kubernetes cannot change it in place: {error}. Revert the change; or delete the object, "
                        "or the release, and run again."
                    ) from error

        run_together(ask, [name for name, change in changes.items() if change.action == "update" and self.found.get(name)])

    def set_back(self) -> None:
        """Give fields their values that helm's upgrade left: of custom resources it patches only what changed between two revisions."""
        for name, change in self.drift().items():
            if change.action == "update":
                self._client.apply(self._paths[name], self._objects[name], REPAIR_MANAGER, force=True)
                self.found[name] = self._client.get(self._paths[name])

    def wait(self, timeout_seconds: float) -> Found:
        """Wait until all objects are ready; raises with what the cluster says about those that are not."""
        return wait_until_ready(self._client, self.at_paths(), timeout_seconds)

    def going_claims(self, changed: Mapping[ObjectIdentity, ObjectChange], release: str, namespace: str) -> list[str]:
        """The PersistentVolumeClaims of a release that helm deletes with these changes; those of other namespaces as namespace/name."""
        deleting = [name for name, change in changed.items() if change.action == "delete" and name.kind == CLAIM]
        found = [obj["metadata"] for obj in map(self.found.get, deleting) if obj]
        return sorted(name_for(metadata, namespace) for metadata in found if is_deleted_with(metadata, release, namespace))

    def at_paths(self) -> dict[str, dict[str, Any]]:
        """Those that exist, by their paths."""
        return {self._paths[name]: obj for name, obj in self.found.items() if obj}

    def unready(self) -> list[str]:
        """What is not ready just now, in words."""
        judged = {name: readiness(obj) for name, obj in self.found.items() if obj}
        return [f"{name}: {state.words}" for name, state in judged.items() if not state.done]


def expires(obj: Mapping[str, Any]) -> bool:
    """Whether an object goes away by itself: a Job with a time to live."""
    return obj["kind"] == "Job" and (obj.get("spec") or {}).get("ttlSecondsAfterFinished") is not None


def others_fields(found: Mapping[str, Any]) -> list[str]:
    """Fields that a controller took over: the number of replicas, once something has scaled the object."""
    entries = found["metadata"].get("managedFields") or []
    scaled = any(entry.get("subresource") == "scale" for entry in entries)
    return ["spec.replicas"] if scaled else []
