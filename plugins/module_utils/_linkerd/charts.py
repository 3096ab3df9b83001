# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define the charts of Linkerd at their locked versions."""

from __future__ import annotations

from .._k8s_addons.definition import Chart

REPOSITORY = "https://helm.linkerd.io/edge"
VERSION = "2026.6.3"
KUBERNETES = ("1.31", "1.35")
CNI_NAMESPACE = "linkerd-cni"

CHARTS: dict[str, Chart] = {
    "linkerd_crds": Chart(REPOSITORY, "linkerd-crds", VERSION, KUBERNETES),
    "linkerd_cni": Chart(REPOSITORY, "linkerd2-cni", VERSION, KUBERNETES),
    "linkerd": Chart(REPOSITORY, "linkerd-control-plane", VERSION, KUBERNETES),
}
