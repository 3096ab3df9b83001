# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define the add-on metrics-server. Pure."""

from __future__ import annotations

from typing import Any

from .definition import BUDGET, Addon, Chart, Inputs, chart_labels, resources, topology_spread_constraints

CHART = Chart("https://kubernetes-sigs.github.io/metrics-server/", "metrics-server", "3.13.1", kubernetes=("1.31", "1.36"))


def values(inputs: Inputs) -> dict[str, Any]:
    return {
        "replicas": 2,
        "podDisruptionBudget": {"enabled": True, **BUDGET},
        "topologySpreadConstraints": topology_spread_constraints(chart_labels("metrics-server", ADDON.release)),
        "resources": resources("100m", "200Mi"),
    }


ADDON = Addon("metrics_server", CHART, values)
