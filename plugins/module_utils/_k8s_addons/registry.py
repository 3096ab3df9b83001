# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""List all add-ons, and build their IAM roles, namespaces and releases. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _policy
from .._linkerd.charts import CHARTS as LINKERD_CHARTS
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
from .definition import LOAD_BALANCERS, Addon, Chart, Inputs, owner_tags
from .mirror import place_of

#: Linkerd has its own tasks: its releases are installed in order, before everything that joins the mesh
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
#: by the key of the add-on, with those of Linkerd
CHARTS: dict[str, Chart] = {**LINKERD_CHARTS, **{key: addon.chart for key, addon in ADDONS.items()}}
INGRESSES = tuple(key for key, addon in ADDONS.items() if addon.is_ingress)
#: namespaces of Kubernetes itself: neither created nor deleted
SYSTEM_NAMESPACES = ("kube-system", "kube-public", "kube-node-lease", "default")
POD_SECURITY = "pod-security.kubernetes.io/"
INJECT = "linkerd.io/inject"
#: the prefix of a release in actions
RELEASE = "helm release "
#: disables Linkerd's webhooks, which reject pods and Services while the injector is not running
WITHOUT_WEBHOOKS = {"config.linkerd.io/admission-webhooks": "disabled"}


def merged(ours: Any, theirs: Any) -> Any:
    """Merge values of the user into ours: maps are merged, everything else is replaced, null deletes a key of ours."""
    if not isinstance(ours, Mapping) or not isinstance(theirs, Mapping):
        return theirs
    both = {key: merged(value, theirs[key]) if key in theirs else value for key, value in ours.items()}
    both |= {key: value for key, value in theirs.items() if key not in ours}
    return {key: value for key, value in both.items() if value is not None or key not in ours}


def is_on(key: str, inputs: Inputs) -> bool:
    """Return whether an add-on is enabled, and has the hosted zone that it may need."""
    if key not in ADDONS:
        return as_bool(inputs["addons"][key]["enabled"])
    has_zone = bool((inputs["zone"] or {}).get("zone_id"))
    return as_bool(inputs["addons"][key]["enabled"]) and (has_zone or not ADDONS[key].needs_zone)


def roles(inputs: Inputs, on: bool = True, only: str = "") -> list[dict[str, Any]]:
    """Return the IAM roles of enabled add-ons, or the names and tags of those of disabled ones, for irsa_role. only: one add-on."""
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
    """Return the namespaces of enabled add-ons and charts, or those that only disabled ones had."""
    desired, left, shared = {}, [], _shared_with_pods_in_the_mesh(inputs)
    for key, addon in ADDONS.items():
        name = inputs["addons"][key]["namespace"]
        if is_on(key, inputs):
            labels = {} if name in shared else WITHOUT_WEBHOOKS
            labels |= load_balancer.READINESS_GATE if addon.is_ingress else {}
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
    """Return the objects to create before the releases: namespaces, and the Secret of Datadog's API key."""
    found = namespaces(inputs, on=True)
    if is_on("datadog", inputs):
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": datadog.SECRET}}
        secret["metadata"]["namespace"] = inputs["addons"]["datadog"]["namespace"]  # type: ignore[index]
        found.append({**secret, "stringData": {datadog.KEY: datadog_api_key} if datadog_api_key else {}})
    return found


def stored_values(inputs: Inputs, secret_arn: str) -> list[dict[str, str]]:
    """Return the values of those Secrets that come from Secrets Manager."""
    if not is_on("datadog", inputs) or not secret_arn:
        return []
    place = {"name": datadog.SECRET, "namespace": inputs["addons"]["datadog"]["namespace"]}
    return [{**place, "key": datadog.KEY, "secret_id": secret_arn, "json_key": datadog.JSON_KEY}]


def releases(inputs: Inputs) -> list[dict[str, Any]]:
    """Return every release, for helm_releases: enabled add-ons to install or upgrade, disabled ones to uninstall."""
    found = []
    for key, addon in ADDONS.items():
        given, chart = inputs["addons"][key], addon.chart
        entry: dict[str, Any] = {"name": addon.release, "namespace": given["namespace"]}
        if is_on(key, inputs):
            entry |= place_of(chart.repository, chart.name, inputs["repository_mirror"])
            entry |= {
                "version": given["chart_version"] or chart.version,
                "values": merged(addon.values(inputs), given["values"] or {}),
            }
        else:
            entry |= {"chart": chart.name, "state": "absent"}
        found.append(entry)
    return [*found, *(_extra(entry, inputs["repository_mirror"]) for entry in inputs["extra_charts"] or [])]


def charts_off(extra_charts: Sequence[Mapping[str, Any]] | None, every: bool = False) -> list[dict[str, str]]:
    """Return release and namespace of the disabled charts of the user, or of all of them."""
    deleting = [entry for entry in extra_charts or [] if every or not as_bool(entry.get("enabled", True))]
    return [{"name": entry["name"], "namespace": entry.get("namespace") or entry["name"]} for entry in deleting]


def charts_losing_claims(
    extra_charts: Sequence[Mapping[str, Any]] | None, releases: Sequence[Mapping[str, Any] | None]
) -> list[dict[str, Any]]:
    """Return charts_off, and the enabled charts with the claims that their upgrade dropped. releases: the result of helm_releases."""
    dropped = {(release["name"], release["namespace"]): release["dropped_claims"] for release in releases if release}
    off = charts_off(extra_charts)
    staying = [chart for chart in charts_off(extra_charts, every=True) if chart not in off]
    return [*off, *({**chart, "dropped_claims": dropped.get((chart["name"], chart["namespace"]), [])} for chart in staying)]


def were_removed(results: Sequence[Mapping[str, Any]], key: str, inputs: Inputs) -> bool:
    """Return whether tasks deleted the release or IAM role of an add-on, or would. results: of tasks, also of loops."""
    addon, gone = ADDONS[key], _deleted(results)
    release = f"{RELEASE}{inputs['addons'][key]['namespace']}/{addon.release}"
    return release in gone or f"IAM role {addon.role_name(inputs)}" in gone


def removed_releases(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the releases, as namespace/name, that tasks deleted, or would."""
    return [resource.removeprefix(RELEASE) for resource in _deleted(results) if resource.startswith(RELEASE)]


def _deleted(results: Sequence[Mapping[str, Any]]) -> list[str]:
    each = [part for result in results for part in result.get("results", [result])]
    return [action["resource"] for part in each for action in part.get("actions") or [] if action["action"] == "delete"]


def removals(inputs: Inputs, phase: str) -> list[dict[str, Any]]:
    """Return the releases that the entry point absent uninstalls in a phase, for helm_releases, whether they are enabled or not.

    inputs: of the entry point absent, see addon_inputs. phase: see UNINSTALL_PHASES.
    """
    own = [
        _gone({"name": addon.release, "namespace": inputs["addons"][key]["namespace"], "chart": addon.chart.name})
        for key, addon in ADDONS.items()
        if addon.uninstall_phase == phase
    ]
    # charts of the user may have load balancers of their own
    extra = inputs["extra_charts"] or [] if phase == LOAD_BALANCERS else []
    return [*own, *(_gone(entry) for entry in extra)]


def removed_namespaces(inputs: Inputs) -> list[dict[str, Any]]:
    """Return the namespaces of all add-ons and charts, which the entry point absent deletes. inputs: see removals."""
    names = [inputs["addons"][key]["namespace"] for key in ADDONS]
    names += [chart["namespace"] for chart in charts_off(inputs["extra_charts"], every=True)]
    return [_namespace(name, "", {}) for name in dict.fromkeys(names) if name not in SYSTEM_NAMESPACES]


def _extra(entry: Mapping[str, Any], mirror: str) -> dict[str, Any]:
    if not as_bool(entry.get("enabled", True)):
        return _gone(entry)
    release = {"name": entry["name"], "namespace": entry.get("namespace") or entry["name"]}
    place = place_of(entry["repository"], entry.get("chart") or entry["name"], mirror)
    # they may need another add-on: install them after all add-ons
    return {**release, **place, "version": str(entry["chart_version"]), "values": entry.get("values") or {}, "last": True}


def _gone(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a release to uninstall; a release of another chart, as of a service with the same name, is retained."""
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
    """Return the namespaces with pods that are, or may be, in the mesh: charts of the user may be."""
    ours = {inputs["addons"][key]["namespace"] for key, addon in ADDONS.items() if addon.mesh_annotations is not None}
    return ours | {entry.get("namespace") or entry["name"] for entry in inputs["extra_charts"] or []}


def _mesh(addon: Addon, inputs: Inputs) -> dict[str, str]:
    if addon.mesh_annotations is None or not as_bool(inputs["addons"]["linkerd"]["enabled"]):
        return {}
    return {INJECT: "enabled", **addon.mesh_annotations}


def as_bool(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "yes", "on", "1")
