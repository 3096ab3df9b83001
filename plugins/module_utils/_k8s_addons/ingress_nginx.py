# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ingress-nginx, archived in March 2026. Pure; private to the collection."""

from __future__ import annotations

from typing import Any

from . import load_balancer
from .definition import BUDGET, Addon, Inputs, chart_labels, resources, topology_spread_constraints

CLASS_NAME = "nginx"
ARCHIVED = (
    "ingress-nginx was archived in March 2026: it gets no more fixes, not for security either. "
    "Set k8s_addons_ingress: nginx_gateway_fabric, or none."
)


def values(inputs: Inputs) -> dict[str, Any]:
    encrypted = bool(load_balancer.certificate_arn(inputs))
    # with the proxy protocol it knows by the port of the load balancer what came by HTTPS
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
        # its preStop hook waits for nginx, which goes on for so long
        "extraArgs": {"shutdown-grace-period": load_balancer.DRAIN_SECONDS},
        "terminationGracePeriodSeconds": load_balancer.DRAIN_SECONDS + load_balancer.QUIT_SECONDS,
        "config": config,
        "service": service,
        "ingressClassResource": {"name": CLASS_NAME, "default": True},
        "allowSnippetAnnotations": False,
        "resources": resources("100m", "256Mi"),
    }
    return {"controller": controller}


#: nginx binds low ports there by a capability that the level restricted knows
ADDON = Addon(
    "ingress_nginx",
    values,
    mesh_annotations={"config.linkerd.io/skip-inbound-ports": "80,443"},
    pod_security="baseline",
    behind_load_balancer=True,
)
