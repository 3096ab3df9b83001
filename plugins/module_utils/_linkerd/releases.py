# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The releases of the mesh: the control plane comes last, for its pods need the kinds and linkerd-cni. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._k8s_addons.mirror import place_of
from .._k8s_addons.registry import merged
from .values import cni_values, control_plane_values


def linkerd_releases(
    inputs: Mapping[str, Any], charts: Mapping[str, Any], certificates: Mapping[str, Any], high_availability: bool
) -> list[dict[str, Any]]:
    """The releases as helm_releases takes them.

    inputs: those of the role k8s_addons; charts: its table; certificates: what linkerd_certificates returned.
    """
    given = inputs["addons"]["linkerd"]
    control_plane = merged(control_plane_values(certificates, high_availability), given["values"] or {})
    desired: list[tuple[str, str, str, dict[str, Any]]] = [
        ("linkerd_crds", "linkerd-crds", given["namespace"], {}),
        ("linkerd_cni", "linkerd-cni", charts["linkerd_cni"]["namespace"], cni_values()),
        ("linkerd", "linkerd-control-plane", given["namespace"], control_plane),
    ]
    version = given["chart_version"]
    return [
        {
            **place_of(charts[key]["repository"], charts[key]["chart"], str(inputs["repository_mirror"] or "")),
            "name": name,
            "namespace": namespace,
            "version": version or charts[key]["version"],
            "values": values,
            "last": key == "linkerd",
        }
        for key, name, namespace, values in desired
    ]
