# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Why something does not get ready: its pods' own states, events and last log lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from .client import KubernetesClient, KubernetesError
from .ready import condition

PODS_SHOWN = 2
EVENTS_SHOWN = 4
LOG_LINES = 8
LONGEST_LINE = 300


def explain(client: KubernetesClient, obj: Mapping[str, Any]) -> str:
    """What the cluster itself says about an object that is not ready; empty when it says nothing."""
    parts: list[str] = []
    with suppress(KubernetesError):  # the failure itself must be reported in any case
        refused = condition(obj, "ReplicaFailure")
        if refused.get("status") == "True":
            parts.append(f"no pod could be created: {refused.get('message')}")
        pods = [obj] if obj["kind"] == "Pod" else _pods(client, obj)
        failing = [pod for pod in pods if condition(pod, "Ready").get("status") != "True" and not _succeeded(pod)]
        failing.sort(key=lambda pod: str(pod["metadata"].get("creationTimestamp")), reverse=True)
        if not failing:
            parts += _events(client, obj)
        for pod in failing[:PODS_SHOWN]:
            parts.append(_about_pod(client, pod))
        if len(failing) > PODS_SHOWN:
            parts.append(f"{len(failing) - PODS_SHOWN} more pods are not ready")
    return "; ".join(parts)


def _succeeded(pod: Mapping[str, Any]) -> bool:
    return (pod.get("status") or {}).get("phase") == "Succeeded"


def _pods(client: KubernetesClient, obj: Mapping[str, Any]) -> list[dict[str, Any]]:
    labels = ((obj.get("spec") or {}).get("selector") or {}).get("matchLabels") if obj["kind"] != "Service" else None
    if not labels:
        return []
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    namespace = obj["metadata"]["namespace"]
    found = (client.get(f"/api/v1/namespaces/{namespace}/pods", labelSelector=selector) or {}).get("items", [])
    return [pod for pod in found if not pod["metadata"].get("deletionTimestamp")]


def _about_pod(client: KubernetesClient, pod: Mapping[str, Any]) -> str:
    status = pod.get("status") or {}
    words = []
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        words.append(f"not scheduled: {scheduled.get('message')}")
    if status.get("reason") or status.get("message"):
        words.append(": ".join(str(status[key]) for key in ("reason", "message") if status.get(key)))
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        reported = container_text(container)
        if reported:
            words.append(reported)
            words += _log(client, pod, container)
    words += _events(client, pod)
    reported = "; ".join(words) or f"phase {status.get('phase')}, without a reason"
    return f"pod {pod['metadata']['name']}: {reported}"


def container_text(container: Mapping[str, Any]) -> str:
    """What a container's status says, when it is not as it should be."""
    state = container.get("state") or {}
    ended = (container.get("lastState") or {}).get("terminated") or {}
    name = f"container {container.get('name')}"
    restarts = f", {container['restartCount']} restarts" if container.get("restartCount") else ""
    last = f", last ended with exit code {ended.get('exitCode')} ({ended.get('reason')})" if ended else ""
    if "waiting" in state:
        waiting = state["waiting"]
        if waiting.get("reason") in ("ContainerCreating", "PodInitializing") and not ended:
            return ""
        reason = ": ".join(str(waiting[key]) for key in ("reason", "message") if waiting.get(key))
        return f"{name} is waiting: {reason}{restarts}{last}"
    if "terminated" in state and state["terminated"].get("exitCode"):
        return f"{name} ended with exit code {state['terminated'].get('exitCode')} ({state['terminated'].get('reason')}){restarts}"
    if "running" in state and not container.get("ready", True):
        return f"{name} runs but is not ready (its readiness probe fails){restarts}{last}"
    return ""


def _log(client: KubernetesClient, pod: Mapping[str, Any], container: Mapping[str, Any]) -> list[str]:
    """The last lines of the container: of its last life when the present one has not begun."""
    state = container.get("state") or {}
    ended = "terminated" in (container.get("lastState") or {})
    if "waiting" in state and not ended:
        return []
    metadata = pod["metadata"]
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/log"
    query = {"container": container["name"], "tailLines": LOG_LINES, "previous": str("waiting" in state).lower()}
    try:
        text = client.text(path, **query)
    except KubernetesError as error:
        return [f"its log cannot be read ({str(error)[:LONGEST_LINE]})"]
    lines = [line[:LONGEST_LINE] for line in text.splitlines() if line.strip()]
    return [f"last log lines of {container['name']}: " + " | ".join(lines)] if lines else []


def _events(client: KubernetesClient, obj: Mapping[str, Any]) -> list[str]:
    metadata = obj["metadata"]
    namespace = metadata.get("namespace") or "default"
    answer = client.get(f"/api/v1/namespaces/{namespace}/events", fieldSelector=f"involvedObject.uid={metadata.get('uid')}") or {}
    reported = event_text(answer.get("items") or [])
    return [f"events: {', '.join(reported)}"] if reported else []


def event_text(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """The newest warnings, each once."""

    def when(event: Mapping[str, Any]) -> str:
        series = event.get("series") or {}
        times = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"), event.get("firstTimestamp"))
        return next((time for time in times if time), "")

    reported: dict[str, None] = {}
    for event in sorted(events, key=when, reverse=True):
        if event.get("type") == "Warning":
            reported[f"{event.get('reason')}: {(event.get('message') or '').strip()[:LONGEST_LINE]}"] = None
    return list(reported)[:EVENTS_SHOWN]
