# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The releases of the mesh, in the order in which one needs the other. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .values import cni_values, control_plane_values, merged


def linkerd_releases(
    inputs: Mapping[str, Any], charts: Mapping[str, Any], certificates: Mapping[str, Any], high_availability: bool
) -> list[dict[str, Any]]:
    """name, namespace, chart, repository, version and values of each.

    inputs: those of the role k8s_addons; charts: its table; certificates: what linkerd_certificates returned.
    """
    given = inputs["addons"]["linkerd"]
    control_plane = merged(control_plane_values(certificates, high_availability), given["values"] or {})
    wanted: list[tuple[str, str, str, dict[str, Any]]] = [
        ("linkerd_crds", "linkerd-crds", given["namespace"], {}),
        ("linkerd_cni", "linkerd-cni", charts["linkerd_cni"]["namespace"], cni_values()),
        ("linkerd", "linkerd-control-plane", given["namespace"], control_plane),
    ]
    version = given["chart_version"]
    return [
        {
            **_source(charts[key], str(inputs.get("repository_mirror") or "")),
            "name": name,
            "namespace": namespace,
            "version": version or charts[key]["version"],
            "values": values,
        }
        for key, name, namespace, values in wanted
    ]


def _source(chart: Mapping[str, Any], mirror: str) -> dict[str, str]:
    """Where a chart comes from. Below a mirror, host and path are those of the original; in a registry the chart is part of the URL."""
    repository = chart["repository"]
    if mirror:
        repository = f"{mirror.rstrip('/')}/{repository.partition('://')[2].rstrip('/')}"
    if repository.startswith("oci://"):
        return {"chart": f"{repository.rstrip('/')}/{chart['chart']}", "repository": ""}
    return {"chart": chart["chart"], "repository": repository}
