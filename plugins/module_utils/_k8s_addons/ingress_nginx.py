# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define the add-on ingress-nginx, archived in March 2026. Pure."""

from __future__ import annotations

from typing import Any

from . import load_balancer
from .definition import BUDGET, LOAD_BALANCERS, Addon, Chart, Inputs, chart_labels, resources, topology_spread_constraints

CHART = Chart("https://kubernetes.github.io/ingress-nginx", "ingress-nginx", "4.15.1", kubernetes=("1.31", "1.35"))
CLASS_NAME = "nginx"
ARCHIVED = (
    "ingress-nginx was archived in March 2026 and receives no more fixes, including security fixes. "
    "Set k8s_addons_ingress: nginx_gateway_fabric, or none."
)


def values(inputs: Inputs) -> dict[str, Any]:
    encrypted = bool(load_balancer.certificate_arn(inputs))
    # with the proxy protocol, the port of the load balancer shows which requests came over HTTPS
    config = {"use-proxy-protocol": "true", "proxy-real-ip-cidr": ",".join(inputs["vpc_cidr_blocks"]), "ssl-redirect": "false"}
    config["force-ssl-redirect"] = str(encrypted).lower()
    service = {
        "type": "LoadBalancer",
        "loadBalancerClass": load_balancer.CLASS,
        "annotations": load_balancer.service_annotations(inputs, ADDON.key),
        "enableHttps": encrypted,
        "targetPorts": {"http": "http", "https": "http"},
    }
    controller = {
        "replicaCount": 2,
        **BUDGET,
        "topologySpreadConstraints": topology_spread_constraints(
            {**chart_labels("ingress-nginx", ADDON.release), "app.kubernetes.io/component": "controller"}
        ),
        # its preStop hook waits for nginx, which serves for this long
        "extraArgs": {"shutdown-grace-period": load_balancer.DRAIN_SECONDS},
        "terminationGracePeriodSeconds": load_balancer.DRAIN_SECONDS + load_balancer.QUIT_SECONDS,
        "config": config,
        "service": service,
        "ingressClassResource": {"name": CLASS_NAME, "default": True},
        "allowSnippetAnnotations": False,
        "resources": resources("100m", "256Mi"),
    }
    return {"controller": controller}


#: nginx binds low ports with a capability
ADDON = Addon(
    "ingress_nginx",
    CHART,
    values,
    mesh_annotations={"config.linkerd.io/skip-inbound-ports": "80,443"},
    pod_security="baseline",
    is_ingress=True,
    uninstall_phase=LOAD_BALANCERS,
)
