"""Pods that are asked to fail: the status and the events that a kubelet would write.

The annotation `standin/fail` (on the pod template) is `image`, `crash` or `never-ready`. An image of a registry whose name ends in
`.invalid`, which exists nowhere (RFC 2606), cannot be pulled here either.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from typing import Any

from tests.standin.kubernetes_client import KubernetesClient, KubernetesError
from tests.standin.loops.each import for_each

ANNOTATION = "standin/fail"
INVALID_REGISTRY = re.compile(r"^[^/]+\.invalid(:[0-9]+)?/")
BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 10, 300
Pod = dict[str, Any]
Event = tuple[str, str, str]  # type, reason, message


class FailingPods:
    """Argument: a client of the cluster."""

    def __init__(self, client: KubernetesClient) -> None:
        self._client = client

    def run(self) -> None:
        for_each(self._client.items("/api/v1/pods?fieldSelector=spec.nodeName!="), self._follow)

    def _follow(self, pod: Pod) -> None:
        failure = failure_of(pod)
        if failure is None or pod["metadata"].get("deletionTimestamp") or pod["status"].get("phase") in ("Failed", "Succeeded"):
            return
        step = STEPS[failure](pod)
        if step is not None:
            self._write(pod, *step)

    def _write(self, pod: Pod, status: dict[str, Any], events: list[Event]) -> None:
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        path = f"/api/v1/namespaces/{namespace}/pods/{name}/status"
        try:
            self._client.call("PATCH", path, {"status": status}, "application/strategic-merge-patch+json")
            for event in events:
                self._event(pod, event, status)
        except KubernetesError as error:
            if error.status not in (404, 409):  # the pod, or its namespace, is going meanwhile
                raise

    def _event(self, pod: Pod, event: Event, status: dict[str, Any]) -> None:
        kind, reason, message = event
        namespace, name, now = pod["metadata"]["namespace"], pod["metadata"]["name"], _now()
        event_name = f"{name}.{hashlib.sha256(f'{reason} {message}'.encode()).hexdigest()[:16]}"
        restarts = max(container["restartCount"] for container in status["containerStatuses"])
        body = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": event_name, "namespace": namespace},
            "involvedObject": {"apiVersion": "v1", "kind": "Pod", "name": name, "namespace": namespace, "uid": pod["metadata"]["uid"]},
            "type": kind,
            "reason": reason,
            "message": message,
            "count": max(1, restarts),
            "firstTimestamp": pod["metadata"]["creationTimestamp"],
            "lastTimestamp": now,
            "source": {"component": "kubelet", "host": pod["spec"]["nodeName"]},
            "reportingComponent": "kubelet",
        }
        self._client.apply(f"/api/v1/namespaces/{namespace}/events/{event_name}", body)


def failure_of(pod: Pod) -> str | None:
    """`image`, `crash`, `never-ready`, or None for a pod that works (as does one with another value of the annotation)."""
    asked = (pod["metadata"].get("annotations") or {}).get(ANNOTATION)
    if asked is None and any(INVALID_REGISTRY.match(container["image"]) for container in pod["spec"]["containers"]):
        return "image"
    return asked if asked in STEPS else None


def _image(pod: Pod) -> tuple[dict[str, Any], list[Event]] | None:
    reasons = {container["state"].get("waiting", {}).get("reason") for container in pod["status"].get("containerStatuses") or []}
    if "ImagePullBackOff" in reasons:
        return None
    reason = "ImagePullBackOff" if "ErrImagePull" in reasons else "ErrImagePull"
    containers, events = [], []
    for container in pod["spec"]["containers"]:
        image = container["image"]
        error = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": {image}: not found'
        message = f'Back-off pulling image "{image}": ErrImagePull: {error}' if reason == "ImagePullBackOff" else error
        containers.append(_container(container, {"waiting": {"reason": reason, "message": message}}))
        if reason == "ErrImagePull":
            events.append(("Normal", "Pulling", f'Pulling image "{image}"'))
            events.append(("Warning", "Failed", f'Failed to pull image "{image}": {error}'))
            events.append(("Warning", "Failed", "Error: ErrImagePull"))
        else:
            events.append(("Normal", "BackOff", f'Back-off pulling image "{image}"'))
            events.append(("Warning", "Failed", "Error: ImagePullBackOff"))
    return _status(pod, "Pending", containers), events


def _crash(pod: Pod) -> tuple[dict[str, Any], list[Event]] | None:
    name, namespace, uid = (pod["metadata"][key] for key in ("name", "namespace", "uid"))
    earlier = (pod["status"].get("containerStatuses") or [{}])[0]
    restarts = int(earlier.get("restartCount") or 0)
    back_off = min(BACK_OFF_SECONDS * 2 ** max(0, restarts - 1), LONGEST_BACK_OFF_SECONDS)
    finished = earlier.get("lastState", {}).get("terminated", {}).get("finishedAt")
    if finished and (_time(_now()) - _time(finished)).total_seconds() < back_off:
        return None
    ended = {"terminated": {"exitCode": 1, "reason": "Error", "startedAt": _now(), "finishedAt": _now()}}
    if pod["spec"].get("restartPolicy") == "Never":
        containers = [_container(container, ended) for container in pod["spec"]["containers"]]
        return _status(pod, "Failed", containers), _started(pod)
    containers, events = [], _started(pod)
    back_off = min(BACK_OFF_SECONDS * 2**restarts, LONGEST_BACK_OFF_SECONDS)
    for container in pod["spec"]["containers"]:
        message = f"back-off {back_off}s restarting failed container={container['name']} pod={name}_{namespace}({uid})"
        waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        containers.append({**_container(container, waiting), "lastState": ended, "restartCount": restarts + 1})
        events.append(("Warning", "BackOff", f"Back-off restarting failed container {container['name']} in pod {name}_{namespace}({uid})"))
    return _status(pod, "Running", containers), events


def _never_ready(pod: Pod) -> tuple[dict[str, Any], list[Event]] | None:
    if pod["status"].get("containerStatuses"):
        return None
    running = {"running": {"startedAt": _now()}}
    containers = [{**_container(container, running), "started": True} for container in pod["spec"]["containers"]]
    unhealthy = ("Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
    return _status(pod, "Running", containers), [*_started(pod), unhealthy]


STEPS = {"image": _image, "crash": _crash, "never-ready": _never_ready}


def _started(pod: Pod) -> list[Event]:
    events = []
    for container in pod["spec"]["containers"]:
        events.append(("Normal", "Pulled", f'Container image "{container["image"]}" already present on machine'))
        events.append(("Normal", "Created", f"Container created: {container['name']}"))
        events.append(("Normal", "Started", f"Container started: {container['name']}"))
    return events


def _container(container: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """One container's status. The null values clear what an earlier step has set."""
    cleared = {key: None for key in ("waiting", "running", "terminated")}
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": False,
        "started": False,
        "restartCount": 0,
        "state": {**cleared, **state},
    }


def _status(pod: Pod, phase: str, containers: list[dict[str, Any]]) -> dict[str, Any]:
    now = _now()
    names = " ".join(container["name"] for container in containers)
    unready = {"status": "False", "reason": "ContainersNotReady", "message": f"containers with unready status: [{names}]"}
    digest = hashlib.sha256(pod["metadata"]["uid"].encode()).digest()
    address = f"100.64.{digest[0]}.{digest[1]}"
    return {
        "phase": phase,
        "conditions": [
            {"type": "PodReadyToStartContainers", "status": "True", "lastTransitionTime": now},
            {"type": "Initialized", "status": "True", "lastTransitionTime": now},
            {"type": "Ready", "lastTransitionTime": now, **unready},
            {"type": "ContainersReady", "lastTransitionTime": now, **unready},
        ],
        "containerStatuses": containers,
        "initContainerStatuses": [_init_container(container) for container in pod["spec"].get("initContainers") or []],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": pod["status"].get("startTime") or now,
    }


def ready_status(pod: Pod) -> dict[str, Any]:
    """The status of a pod whose containers run."""
    now = _now()
    running = {"ready": True, "started": True}
    containers = [{**_container(container, {"running": {"startedAt": now}}), **running} for container in pod["spec"]["containers"]]
    kinds = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady")
    conditions = [{"type": kind, "status": "True", "reason": None, "message": None, "lastTransitionTime": now} for kind in kinds]
    return {**_status(pod, "Running", containers), "conditions": conditions}


def _init_container(container: dict[str, Any]) -> dict[str, Any]:
    now = _now()
    if container.get("restartPolicy") == "Always":
        return {**_container(container, {"running": {"startedAt": now}}), "ready": True, "started": True}
    ended = {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}
    return {**_container(container, {"terminated": ended}), "ready": True}


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
