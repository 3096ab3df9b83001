# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define the releases of Linkerd: the control plane comes last, because its pods need the CRDs and linkerd-cni. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._k8s_addons.mirror import place_of
from .._k8s_addons.registry import merged
from .charts import CHARTS, CNI_NAMESPACE
from .values import cni_values, control_plane_values


def linkerd_releases(inputs: Mapping[str, Any], certificates: Mapping[str, Any], high_availability: bool) -> list[dict[str, Any]]:
    """Return the releases for helm_releases.

    inputs: those of the role k8s_addons; certificates: the result of linkerd_certificates.
    """
    given = inputs["addons"]["linkerd"]
    control_plane = merged(control_plane_values(certificates, high_availability), given["values"] or {})
    desired: list[tuple[str, str, str, dict[str, Any]]] = [
        ("linkerd_crds", "linkerd-crds", given["namespace"], {}),
        ("linkerd_cni", "linkerd-cni", CNI_NAMESPACE, cni_values()),
        ("linkerd", "linkerd-control-plane", given["namespace"], control_plane),
    ]
    version = given["chart_version"]
    return [
        {
            **place_of(CHARTS[key].repository, CHARTS[key].name, str(inputs["repository_mirror"] or "")),
            "name": name,
            "namespace": namespace,
            "version": version or CHARTS[key].version,
            "values": values,
            "last": key == "linkerd",
        }
        for key, name, namespace, values in desired
    ]


def linkerd_removals(namespace: str) -> list[dict[str, str]]:
    """Return the releases of the mesh to uninstall, for helm_releases. The CRDs stay: services have objects of them.

    namespace: of the control plane.
    """
    releases = {"linkerd": ("linkerd-control-plane", namespace), "linkerd_cni": ("linkerd-cni", CNI_NAMESPACE)}
    return [{"name": name, "namespace": place, "chart": CHARTS[key].name, "state": "absent"} for key, (name, place) in releases.items()]
