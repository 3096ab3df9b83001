# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When an object is ready, from its own status. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple


class Readiness(NamedTuple):
    """done: it is ready; words: how far it is; failed: waiting longer is pointless."""

    done: bool
    words: str
    failed: bool = False


READY = Readiness(True, "ready")


def readiness(obj: Mapping[str, Any], conditions: Sequence[Mapping[str, str]] = ()) -> Readiness:
    """How far an object is; conditions: {kind, type, status} that objects of that kind must have besides."""
    judge = JUDGES.get((obj["apiVersion"].rpartition("/")[0], obj["kind"]))
    own = judge(obj) if judge else READY
    if not own.done:
        return own
    for desired in conditions:
        if desired["kind"] == obj["kind"]:
            found = condition(obj, desired["type"])
            if found.get("status") != desired["status"]:
                return Readiness(False, f"condition {desired['type']} is {_told(found)}, not {desired['status']}")
    return own


def condition(obj: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    for entry in (obj.get("status") or {}).get("conditions") or []:
        if entry.get("type") == name:
            return entry
    return {}


def _told(found: Mapping[str, Any]) -> str:
    words = [str(found.get("status") or "not set yet")]
    words += [str(found[key]) for key in ("reason", "message") if found.get(key)]
    return ": ".join(words)


def _observed(obj: Mapping[str, Any], reported: Mapping[str, Any] | None = None) -> bool:
    """Whether the object's status, or a condition of it (told), is about the present specification."""
    reported = obj.get("status") or {} if reported is None else reported
    return reported.get("observedGeneration", 0) >= obj["metadata"].get("generation", 0)


def _deployment(obj: Mapping[str, Any]) -> Readiness:
    status = obj.get("status") or {}
    desired = obj["spec"].get("replicas", 1)
    if obj["spec"].get("paused"):
        return Readiness(True, "paused")
    if not _observed(obj):
        return Readiness(False, "the new specification is not observed yet")
    progressing = condition(obj, "Progressing")
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    outdated = max(0, status.get("replicas", 0) - updated)
    words = f"{updated} of {desired} replicas updated, {available} available" + (
        f", {outdated} old replicas still running" if outdated else ""
    )
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return Readiness(False, f"{words}; {progressing.get('message')}", failed=True)
    done = updated >= desired and available >= desired and not outdated
    return Readiness(done, words)


def _stateful_set(obj: Mapping[str, Any]) -> Readiness:
    status, spec = obj.get("status") or {}, obj["spec"]
    desired = spec.get("replicas", 1)
    if not _observed(obj):
        return Readiness(False, "the new specification is not observed yet")
    strategy = spec.get("updateStrategy") or {}
    ready = status.get("readyReplicas", 0)
    if strategy.get("type") == "OnDelete":
        return Readiness(ready >= desired, f"{ready} of {desired} replicas ready")
    partition = (strategy.get("rollingUpdate") or {}).get("partition") or 0
    updated = status.get("updatedReplicas", 0) if status.get("updateRevision") != status.get("currentRevision") else desired
    done = ready >= desired and updated >= desired - partition
    return Readiness(done, f"{min(updated, desired)} of {desired} replicas updated, {ready} ready")


def _daemon_set(obj: Mapping[str, Any]) -> Readiness:
    status = obj.get("status") or {}
    if not _observed(obj):
        return Readiness(False, "the new specification is not observed yet")
    desired, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
    updated = status.get("updatedNumberScheduled", 0)
    if (obj["spec"].get("updateStrategy") or {}).get("type") == "OnDelete":
        updated = desired
    return Readiness(ready >= desired and updated >= desired, f"{updated} of {desired} nodes updated, {ready} ready")


def _job(obj: Mapping[str, Any]) -> Readiness:
    failed = condition(obj, "Failed")
    if failed.get("status") == "True":
        return Readiness(False, f"failed: {failed.get('reason')}: {failed.get('message')}", failed=True)
    if (obj["spec"].get("suspend")) or condition(obj, "Complete").get("status") == "True":
        return READY
    status = obj.get("status") or {}
    counts = [f"{status.get(state, 0)} pods {state}" for state in ("active", "succeeded", "failed")]
    return Readiness(False, ", ".join(counts))


def _pod(obj: Mapping[str, Any]) -> Readiness:
    phase = (obj.get("status") or {}).get("phase") or "Pending"
    if phase == "Failed":
        return Readiness(False, "failed", failed=True)
    done = phase == "Succeeded" or condition(obj, "Ready").get("status") == "True"
    return Readiness(done, f"phase {phase}, not ready")


def _claim(obj: Mapping[str, Any]) -> Readiness:
    phase = (obj.get("status") or {}).get("phase") or "Pending"
    if phase == "Lost":
        return Readiness(False, "its volume is lost", failed=True)
    return Readiness(phase == "Bound", f"phase {phase}")


def _namespace(obj: Mapping[str, Any]) -> Readiness:
    phase = (obj.get("status") or {}).get("phase") or "Active"
    return Readiness(phase == "Active", f"phase {phase}")


def _service(obj: Mapping[str, Any]) -> Readiness:
    if obj["spec"].get("type") != "LoadBalancer" or obj["spec"].get("externalIPs"):
        return READY
    addresses = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress")
    return Readiness(bool(addresses), "its load balancer has no address yet")


def _definition(obj: Mapping[str, Any]) -> Readiness:
    refused = condition(obj, "NamesAccepted")
    if refused.get("status") == "False":
        return Readiness(False, f"names are not accepted: {_told(refused)}", failed=True)
    found = condition(obj, "Established")
    return Readiness(found.get("status") == "True", f"Established is {_told(found)}")


def _api_service(obj: Mapping[str, Any]) -> Readiness:
    found = condition(obj, "Available")
    return Readiness(found.get("status") == "True", f"Available is {_told(found)}")


def _route(obj: Mapping[str, Any]) -> Readiness:
    """A route, once each Gateway that it names has taken it up. A mesh, whose parents are Services, is not waited for."""
    reported = (obj.get("status") or {}).get("parents") or []
    for desired in obj["spec"].get("parentRefs") or []:
        if desired.get("kind", "Gateway") != "Gateway":
            continue
        about = [parent for parent in reported if _is_about(parent.get("parentRef") or {}, desired, obj)]
        judged = [_as_told(obj, parent, ("Accepted", "ResolvedRefs")) for parent in about or [{}]]
        if not any(state.done for state in judged):
            return Readiness(False, f"for Gateway {desired['name']}, {judged[0].words}")
    return READY


def _is_about(reported: Mapping[str, Any], desired: Mapping[str, Any], obj: Mapping[str, Any]) -> bool:
    """Whether a status is that of a parent. NGINX Gateway Fabric names an only listener that the parent does not, and never a port."""
    own = obj["metadata"].get("namespace")
    same = reported.get("name") == desired["name"] and reported.get("namespace", own) == desired.get("namespace", own)
    section = desired.get("sectionName") in (None, reported.get("sectionName"))
    return same and section and (reported.get("port") == desired.get("port") or None in (reported.get("port"), desired.get("port")))


def _gateway(obj: Mapping[str, Any]) -> Readiness:
    """Says nothing of the pods behind it: see data_plane."""
    return _as_told(obj, obj.get("status") or {}, ("Accepted", "Programmed"))


def _policy(obj: Mapping[str, Any]) -> Readiness:
    """A policy of routes, unless a Gateway's controller refuses it (Gateway API, PolicyStatus). Of some targets none says anything."""
    for ancestor in (obj.get("status") or {}).get("ancestors") or []:
        found = condition({"status": ancestor}, "Accepted")
        if found.get("status") == "False" and _observed(obj, found):
            return Readiness(False, f"Accepted is {_told(found)}")
    return READY


def _as_told(obj: Mapping[str, Any], status: Mapping[str, Any], names: Sequence[str]) -> Readiness:
    """Whether these conditions of a status are true, and about the present specification."""
    for name in names:
        found = condition({"status": status}, name)
        current = _observed(obj, found)
        if found.get("status") != "True" or not current:
            return Readiness(False, f"{name} is {_told(found if current else {})}")
    return READY


JUDGES: dict[tuple[str, str], Callable[[Mapping[str, Any]], Readiness]] = {
    ("apps", "Deployment"): _deployment,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "DaemonSet"): _daemon_set,
    ("batch", "Job"): _job,
    ("", "Pod"): _pod,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Namespace"): _namespace,
    ("", "Service"): _service,
    ("gateway.networking.k8s.io", "Gateway"): _gateway,
    ("gateway.networking.k8s.io", "HTTPRoute"): _route,
    ("gateway.networking.k8s.io", "GRPCRoute"): _route,
    **{("gateway.nginx.org", kind): _policy for kind in ("ClientSettingsPolicy", "ProxySettingsPolicy", "UpstreamSettingsPolicy")},
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apiregistration.k8s.io", "APIService"): _api_service,
}
