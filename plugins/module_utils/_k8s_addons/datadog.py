# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define the add-on Datadog: agents for metrics, events, container logs, custom metrics and traces. Pure."""

from __future__ import annotations

from typing import Any

from .definition import Addon, Chart, Inputs

CHART = Chart("https://helm.datadoghq.com", "datadog", "3.240.0", kubernetes=("1.25", "1.36"))
SECRET, KEY = "datadog-api-key", "api-key"
JSON_KEY = "api_key"


def values(inputs: Inputs) -> dict[str, Any]:
    node_name = {"fieldRef": {"fieldPath": "spec.nodeName"}}
    agent = {
        "apiKeyExistingSecret": SECRET,
        "site": inputs["datadog_site"],
        "clusterName": inputs["cluster_name"],
        "collectEvents": True,
        "logs": {"enabled": True, "containerCollectAll": True},
        "apm": {"portEnabled": True},
        "dogstatsd": {"nonLocalTraffic": True, "useHostPort": True},
        # pods cannot reach the instance metadata, one hop away: set the host explicitly
        "env": [{"name": "DD_HOSTNAME", "valueFrom": node_name}, {"name": "DD_CLOUD_PROVIDER_METADATA", "value": "[]"}],
        "operator": {"enabled": False},
    }
    return {"datadog": agent}


#: the agents read the logs and processes of the nodes
ADDON = Addon("datadog", CHART, values, pod_security="privileged")
