# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waiting for objects to be ready, or to be gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from .._errors import ResourceFailed, WaitTimeout
from .._parallel import thread_pool
from .._wait import wait_for
from .client import CONNECTIONS, KubernetesClient
from .data_plane import data_plane, is_gateway
from .explain import explain
from .objects import identity
from .ready import Readiness, readiness

LONGEST_DELAY_SECONDS = 3.0
SELECTED_NODE = "volume.kubernetes.io/selected-node"

T = TypeVar("T")
R = TypeVar("R")
Objects = dict[str, dict[str, Any] | None]


def run_together(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """work of each item, several at a time, in the items' order; the first error is raised."""
    given = list(items)
    if len(given) < 2:
        return [work(item) for item in given]
    with thread_pool(min(CONNECTIONS, len(given))) as pool:
        return list(pool.map(work, given))


def wait_until_ready(
    client: KubernetesClient,
    objects: Mapping[str, Mapping[str, Any]],
    timeout_seconds: float,
    conditions: Sequence[Mapping[str, str]] = (),
) -> Objects:
    """Wait until the objects at these paths are ready; what they then are.

    objects: {path: the object as it was last seen}; only those not yet ready are asked for again.
    Raises WaitTimeout or ResourceFailed, with what the cluster says about the first that is not ready.
    """
    last: Objects = {path: dict(obj) for path, obj in objects.items()}
    judged = {path: _judge(client, obj, conditions) for path, obj in objects.items()}
    waiting = [path for path, state in judged.items() if not state.done]
    first = True

    def poll() -> tuple[bool, list[str]]:
        nonlocal first
        for path, found in zip(waiting, [last[p] for p in waiting] if first else run_together(client.get, waiting), strict=True):
            last[path] = found
            judged[path] = _judge(client, found, conditions) if found else Readiness(False, "it was deleted", failed=True)
            if judged[path].failed:
                raise ResourceFailed(_told(client, objects[path], found, judged[path], "has failed"))
        first = False
        waiting[:] = [path for path in waiting if not judged[path].done]
        return not waiting, waiting

    def words(paths: list[str]) -> str:
        return "; ".join(f"{identity(objects[path])}: {judged[path].words}" for path in paths)

    if not waiting:
        return last
    what = ", ".join(str(identity(objects[path])) for path in waiting)
    try:
        wait_for(poll, f"{what} to be ready", timeout_seconds, words, LONGEST_DELAY_SECONDS)
    except WaitTimeout:
        late = f"is not ready after {timeout_seconds:.0f} seconds"
        reported = [_told(client, objects[path], last[path], judged[path], late) for path in waiting]
        raise WaitTimeout(" ".join(reported)) from None
    return last


def _judge(client: KubernetesClient, obj: Mapping[str, Any], conditions: Sequence[Mapping[str, str]]) -> Readiness:
    found = readiness(obj, conditions)
    if not found.done and not found.failed and obj["kind"] == "PersistentVolumeClaim" and _waits_for_pod(client, obj):
        return Readiness(True, "bound when a pod uses it")
    if found.done and is_gateway(obj):
        for part in data_plane(client, obj):
            state = readiness(part)
            if not state.done:
                return Readiness(False, f"{identity(part)}: {state.words}", state.failed)
    return found


def _waits_for_pod(client: KubernetesClient, claim: Mapping[str, Any]) -> bool:
    if SELECTED_NODE in (claim["metadata"].get("annotations") or {}):
        return False
    name = claim["spec"].get("storageClassName")
    storage_class = client.get(f"/apis/storage.k8s.io/v1/storageclasses/{name}") if name else None
    return (storage_class or {}).get("volumeBindingMode") == "WaitForFirstConsumer"


def _told(client: KubernetesClient, seen: Mapping[str, Any], found: Mapping[str, Any] | None, state: Readiness, end: str) -> str:
    parts = data_plane(client, found) if found and is_gateway(found) else []
    late = next((part for part in parts if not readiness(part).done), found)
    reasons = explain(client, late) if late else ""
    return f"{identity(seen)} {end}: {state.words}" + (f"; {reasons.rstrip('.')}." if reasons else ".")


def wait_until_gone(client: KubernetesClient, objects: Mapping[str, Mapping[str, Any]], timeout_seconds: float) -> None:
    """Wait until the objects at these paths are gone; one of the same name but another uid is another object."""
    left = dict(objects)

    def poll() -> tuple[bool, Objects]:
        found = dict(zip(left, run_together(client.get, list(left)), strict=True))
        for path, obj in found.items():
            if obj is None or obj["metadata"].get("uid") != left[path]["metadata"].get("uid"):
                del left[path]
        return not left, {path: found[path] for path in left}

    def words(paths: Objects) -> str:
        return "; ".join(_still_there(obj) for obj in paths.values() if obj)

    if left:
        what = ", ".join(str(identity(obj)) for obj in left.values())
        wait_for(poll, f"{what} to be deleted", timeout_seconds, words, LONGEST_DELAY_SECONDS)


def _still_there(obj: Mapping[str, Any]) -> str:
    finalizers = [*(obj["metadata"].get("finalizers") or []), *((obj.get("spec") or {}).get("finalizers") or [])]
    reported = [f"{entry.get('type')}: {entry.get('message')}" for entry in (obj.get("status") or {}).get("conditions") or []]
    reasons = [f"has the finalizers {', '.join(finalizers)}"] if finalizers else []
    if obj["kind"] == "Namespace":
        reasons += [words for words in reported if words.startswith("Namespace")]
    return f"{identity(obj)} still exists" + (f" ({'; '.join(reasons)})" if reasons else "")
