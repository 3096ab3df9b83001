# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All add-ons, and what the role makes of them: roles, namespaces, releases. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _policy
from . import (
    aws_load_balancer_controller,
    cluster_autoscaler,
    datadog,
    external_dns,
    ingress_nginx,
    load_balancer,
    metrics_server,
    nginx_gateway_fabric,
)
from .definition import Addon, Inputs, owner_tags
from .mirror import place_of

#: Linkerd has its own tasks: its parts are installed one after another, before everything that joins it
ADDONS: dict[str, Addon] = {
    addon.key: addon
    for addon in (
        aws_load_balancer_controller.ADDON,
        metrics_server.ADDON,
        cluster_autoscaler.ADDON,
        external_dns.ADDON,
        nginx_gateway_fabric.ADDON,
        ingress_nginx.ADDON,
        datadog.ADDON,
    )
}
INGRESSES = ("nginx_gateway_fabric", "ingress_nginx")
#: namespaces of Kubernetes itself: used, but neither made nor removed
SYSTEM_NAMESPACES = ("kube-system", "kube-public", "kube-node-lease", "default")
POD_SECURITY = "pod-security.kubernetes.io/"
INJECT = "linkerd.io/inject"
#: how actions name a release
RELEASE = "helm release "
#: Linkerd's webhooks, which refuse pods and Services while the injector does not run, let these namespaces alone
WITHOUT_WEBHOOKS = {"config.linkerd.io/admission-webhooks": "disabled"}

Charts = Mapping[str, Mapping[str, Any]]


def merged(ours: Any, theirs: Any) -> Any:
    """Values of the user over ours: maps are merged, everything else is replaced; null takes a key of ours away."""
    if not isinstance(ours, Mapping) or not isinstance(theirs, Mapping):
        return theirs
    both = {key: merged(value, theirs[key]) if key in theirs else value for key, value in ours.items()}
    both |= {key: value for key, value in theirs.items() if key not in ours}
    return {key: value for key, value in both.items() if value is not None or key not in ours}


def is_on(key: str, inputs: Inputs) -> bool:
    """Whether the cluster is to have an add-on: switched on, and, where it needs one, with a zone."""
    if key not in ADDONS:
        return as_bool(inputs["addons"][key]["enabled"])
    has_zone = bool((inputs["zone"] or {}).get("zone_id"))
    return as_bool(inputs["addons"][key]["enabled"]) and (has_zone or not ADDONS[key].needs_zone)


def roles(inputs: Inputs, on: bool = True, only: str = "") -> list[dict[str, Any]]:
    """The IAM roles of the add-ons that are on, or the names and tags of those that are off: for irsa_role. only: of this add-on."""
    found = []
    for key, addon in ADDONS.items():
        if addon.statements is None or is_on(key, inputs) is not on or (only and key != only):
            continue
        role: dict[str, Any] = {"name": addon.role_name(inputs), "tags": owner_tags(inputs, addon.release)}
        if on:
            role["description"] = f"{addon.release} of {inputs['cluster_name']}"
            role["service_accounts"] = [{"namespace": inputs["addons"][key]["namespace"], "name": addon.service_account}]
            role["policies"] = {addon.release: _policy.document(addon.statements(inputs))}
        found.append(role)
    return found


def namespaces(inputs: Inputs, on: bool = True) -> list[dict[str, Any]]:
    """The namespaces of what is on, or those that only what is off had."""
    desired, left, shared = {}, [], _shared_with_pods_in_the_mesh(inputs)
    for key, addon in ADDONS.items():
        name = inputs["addons"][key]["namespace"]
        if is_on(key, inputs):
            labels = {} if name in shared else WITHOUT_WEBHOOKS
            labels |= load_balancer.READINESS_GATE if addon.behind_load_balancer else {}
            desired[name] = _namespace(name, addon.pod_security, _mesh(addon, inputs), labels)
        else:
            left.append(name)
    for entry in inputs["extra_charts"] or []:
        name = entry.get("namespace") or entry["name"]
        if as_bool(entry.get("enabled", True)):
            desired.setdefault(name, _namespace(name, entry.get("pod_security") or "restricted", {}))
        else:
            left.append(name)
    if on:
        return [obj for name, obj in desired.items() if name not in SYSTEM_NAMESPACES]
    return [_namespace(name, "", {}) for name in dict.fromkeys(left) if name not in desired and name not in SYSTEM_NAMESPACES]


def objects(inputs: Inputs, datadog_api_key: str = "") -> list[dict[str, Any]]:
    """What is made before the releases: namespaces, and the Secret of Datadog's key."""
    found = namespaces(inputs, on=True)
    if is_on("datadog", inputs):
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": datadog.SECRET}}
        secret["metadata"]["namespace"] = inputs["addons"]["datadog"]["namespace"]  # type: ignore[index]
        found.append({**secret, "stringData": {datadog.KEY: datadog_api_key} if datadog_api_key else {}})
    return found


def stored_values(inputs: Inputs, secret_arn: str) -> list[dict[str, str]]:
    """Which parts of those Secrets come out of Secrets Manager."""
    if not is_on("datadog", inputs) or not secret_arn:
        return []
    place = {"name": datadog.SECRET, "namespace": inputs["addons"]["datadog"]["namespace"]}
    return [{**place, "key": datadog.KEY, "secret_id": secret_arn, "json_key": datadog.JSON_KEY}]


def releases(inputs: Inputs, charts: Charts) -> list[dict[str, Any]]:
    """Every release, for helm_releases: those that are on, and, to be removed, those that are off."""
    minor = str(inputs["kubernetes_version"])
    complete = {**inputs, "autoscaler_image": charts["cluster_autoscaler"]["images"].get(minor, f"v{minor}.0")}
    found = []
    for key, addon in ADDONS.items():
        given, chart = inputs["addons"][key], charts[key]
        entry: dict[str, Any] = {"name": addon.release, "namespace": given["namespace"]}
        if is_on(key, inputs):
            entry |= place_of(chart["repository"], chart["chart"], inputs["repository_mirror"])
            entry |= {
                "version": given["chart_version"] or chart["version"],
                "values": merged(addon.values(complete), given["values"] or {}),
            }
        else:
            entry |= {"chart": chart["chart"], "state": "absent"}
        found.append(entry)
    return [*found, *(_extra(entry, inputs["repository_mirror"]) for entry in inputs["extra_charts"] or [])]


def charts_off(extra_charts: Sequence[Mapping[str, Any]] | None, every: bool = False) -> list[dict[str, str]]:
    """Release and namespace of the charts of the user that are off, or of every one."""
    deleting = [entry for entry in extra_charts or [] if every or not as_bool(entry.get("enabled", True))]
    return [{"name": entry["name"], "namespace": entry.get("namespace") or entry["name"]} for entry in deleting]


def charts_losing_claims(
    extra_charts: Sequence[Mapping[str, Any]] | None, releases: Sequence[Mapping[str, Any] | None]
) -> list[dict[str, Any]]:
    """As charts_off, and the charts that stay, with the claims that their upgrade dropped. releases: as helm_releases returned them."""
    dropped = {(release["name"], release["namespace"]): release["dropped_claims"] for release in releases if release}
    off = charts_off(extra_charts)
    staying = [chart for chart in charts_off(extra_charts, every=True) if chart not in off]
    return [*off, *({**chart, "dropped_claims": dropped.get((chart["name"], chart["namespace"]), [])} for chart in staying)]


def were_removed(results: Sequence[Mapping[str, Any]], key: str, inputs: Inputs) -> bool:
    """Whether tasks took an add-on's release or IAM role away, or would. results: theirs, also of loops."""
    addon, gone = ADDONS[key], _deleted(results)
    release = f"{RELEASE}{inputs['addons'][key]['namespace']}/{addon.release}"
    return release in gone or f"IAM role {addon.role_name(inputs)}" in gone


def removed_releases(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """The releases, as namespace/name, that tasks took away, or would."""
    return [resource.removeprefix(RELEASE) for resource in _deleted(results) if resource.startswith(RELEASE)]


def _deleted(results: Sequence[Mapping[str, Any]]) -> list[str]:
    each = [part for result in results for part in result.get("results", [result])]
    return [action["resource"] for part in each for action in part.get("actions") or [] if action["action"] == "delete"]


def removals(removal: Mapping[str, Any], part: str) -> list[dict[str, Any]]:
    """What the entry point absent removes: the release of `external_dns`, those of `ingress`, those of the `rest`, or the `namespaces`.

    removal: the namespaces of the add-ons by key, and extra_charts. Whether an add-on is on does not matter: what is there goes.
    """
    names = dict(removal["namespaces"])
    extra = [_gone(entry) for entry in removal["extra_charts"] or []]
    if part == "namespaces":
        every = dict.fromkeys([*names.values(), *(entry["namespace"] for entry in extra)])
        return [_namespace(name, "", {}) for name in every if name not in SYSTEM_NAMESPACES]
    parts = {key: "ingress" if key in INGRESSES else key if key == external_dns.ADDON.key else "rest" for key in names}
    own = [_gone({"name": ADDONS[key].release, "namespace": namespace}) for key, namespace in names.items() if parts[key] == part]
    # charts of the user may have load balancers of their own
    return [*own, *(extra if part == "ingress" else [])]


def _extra(entry: Mapping[str, Any], mirror: str) -> dict[str, Any]:
    if not as_bool(entry.get("enabled", True)):
        return _gone(entry)
    release = {"name": entry["name"], "namespace": entry.get("namespace") or entry["name"]}
    place = place_of(entry["repository"], entry.get("chart") or entry["name"], mirror)
    # what they need may be another add-on's work: they come after all of these
    return {**release, **place, "version": str(entry["chart_version"]), "values": entry.get("values") or {}, "last": True}


def _gone(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A release that is to go; one of another chart, as a service of the same name, stays."""
    namespace, chart = entry.get("namespace") or entry["name"], entry.get("chart") or entry["name"]
    return {"name": entry["name"], "namespace": namespace, "chart": chart, "state": "absent"}


def _namespace(name: str, pod_security: str, annotations: Mapping[str, str], labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    modes = {"enforce": pod_security, "warn": "restricted", "audit": "restricted"} if pod_security else {}
    further = {"labels": {f"{POD_SECURITY}{mode}": level for mode, level in modes.items()} | dict(labels or {})}
    further["annotations"] = dict(annotations)
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, **{key: pairs for key, pairs in further.items() if pairs}},
    }


def _shared_with_pods_in_the_mesh(inputs: Inputs) -> set[str]:
    """Namespaces of what is in the mesh, or may be: charts of the user."""
    ours = {inputs["addons"][key]["namespace"] for key, addon in ADDONS.items() if addon.mesh_annotations is not None}
    return ours | {entry.get("namespace") or entry["name"] for entry in inputs["extra_charts"] or []}


def _mesh(addon: Addon, inputs: Inputs) -> dict[str, str]:
    if addon.mesh_annotations is None or not as_bool(inputs["addons"]["linkerd"]["enabled"]):
        return {}
    return {INJECT: "enabled", **addon.mesh_annotations}


def as_bool(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "yes", "on", "1")
