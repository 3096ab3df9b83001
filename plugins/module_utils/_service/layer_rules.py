# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Validate services, add-ons and charts that share the namespaces of an environment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .._linkerd.charts import CNI_NAMESPACE
from .validation import Errors

RESTRICTED = "restricted"
NAMESPACE_INPUT = "_namespace"
ADDONS_PREFIX = "k8s_addons_"
#: its namespace is not an input
LINKERD_CNI = {CNI_NAMESPACE: "linkerd-cni"}


class Scope(NamedTuple):
    """The release of a service, its namespace, and the Pod Security level of the namespace."""

    name: str
    layer: str
    pod_security: str


def scope_of(host: str, given: Mapping[str, Any]) -> Scope:
    """Return the scope of a service: by default its name is the host's, and its layer is its name.

    given: the inputs of a service by their full names.
    """
    name = str(given.get("opta_service_name") or host)
    return Scope(name, str(given.get("opta_service_layer") or name), str(given.get("opta_service_pod_security") or RESTRICTED))


def addon_namespaces(given: Mapping[str, Any]) -> dict[str, str]:
    """Return {namespace: add-on} of an environment. given: its inputs, and the defaults of the others."""
    inputs = {name.removeprefix(ADDONS_PREFIX).removesuffix(NAMESPACE_INPUT): given[name] for name in given if _is_namespace(name)}
    return {str(namespace): key.replace("_", "-") for key, namespace in inputs.items()} | LINKERD_CNI


def layer_errors(
    host: str, places: Mapping[str, Scope], environment: str, addons: Mapping[str, str], charts: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Return a sentence for each problem of a service.

    places: of all services of the environment by host, this one's too; addons: see addon_namespaces; charts: k8s_addons_extra_charts.
    """
    own, errors = places[host], Errors()
    beside = {other: place for other, place in places.items() if other != host and place.layer == own.layer}
    if own.layer in addons:
        errors.add(
            f"opta_service_layer is {own.layer!r} (the service's name unless it is set): in environment {environment} that is the "
            f"namespace of the add-on {addons[own.layer]}; choose another layer, for example {own.layer}-services."
        )
    named = f"opta_service_name {own.name} in the layer {own.layer}"
    for other, place in beside.items():
        if place.name == own.name:
            errors.add(f"{named} is also that of service {other} of the inventory: give each its own.")
        elif place.pod_security != own.pod_security:
            errors.add(_levels(own, f"service {other} of the inventory", place.pod_security))
    for chart in _in(own.layer, charts):
        listed = f"in k8s_addons_extra_charts of environment {environment}"
        if chart["name"] == own.name:
            errors.add(f"{named} is also the name of a chart {listed}: choose another name or another layer.")
        level = chart.get("pod_security") or RESTRICTED
        if level != own.pod_security:
            errors.add(_levels(own, f"the chart {chart['name']} {listed}", level))
    return errors.items


def _levels(own: Scope, other: str, level: str) -> str:
    return (
        f"opta_service_pod_security is {own.pod_security}, but {other}, which shares the namespace {own.layer}, has {level}: "
        "a namespace has one level; set both to the same, or choose another layer."
    )


def _in(layer: str, charts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the enabled charts of the environment in a namespace."""
    on = [chart for chart in charts if isinstance(chart, Mapping) and str(chart.get("enabled", True)).lower() not in ("false", "no", "off")]
    return [chart for chart in on if chart.get("name") and (chart.get("namespace") or chart["name"]) == layer]


def _is_namespace(name: str) -> bool:
    return name.startswith(ADDONS_PREFIX) and name.endswith(NAMESPACE_INPUT)
