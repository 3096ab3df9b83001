# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define the add-on NGINX Gateway Fabric, with the Gateway of all public routes. Pure."""

from __future__ import annotations

import json
from typing import Any

from .._cidr import canonical
from . import load_balancer
from .definition import LOAD_BALANCERS, Addon, Chart, Inputs, budget, chart_labels, resources, topology_spread_constraints

CHART = Chart("oci://ghcr.io/nginx/charts", "nginx-gateway-fabric", "2.6.7", kubernetes=("1.31", "1.36"))
GATEWAY, CLASS_NAME = "public", "nginx"
HTTP, HTTPS = "http", "https"
#: both listeners speak plain HTTP: the load balancer terminates TLS
PORTS = {HTTP: 80, HTTPS: 443}
#: readiness probe of nginx: the chart's values nginx.container.readinessProbe.port and .path
READINESS_PORT, READINESS_PATH = 8081, "/readyz"
#: the label of the pods of nginx, which are not part of the release
GATEWAY_PODS = {"gateway.networking.k8s.io/gateway-name": GATEWAY}
#: answers at every host without a service, as ingress-nginx does
HEALTH_PATH = "/healthz"


def values(inputs: Inputs) -> dict[str, Any]:
    metadata = {"annotations": load_balancer.service_annotations(inputs, ADDON.key)}
    service = {
        "type": "LoadBalancer",
        "loadBalancerClass": load_balancer.CLASS,
        "externalTrafficPolicy": "Cluster",
        "patches": [{"type": "StrategicMerge", "value": {"metadata": metadata}}],
    }
    return {
        "nginxGateway": {
            "gatewayClassName": CLASS_NAME,
            "replicas": 2,
            "topologySpreadConstraints": topology_spread_constraints(_control_plane()),
            "productTelemetry": {"enable": False},
            "resources": resources("100m", "256Mi"),
        },
        "nginx": {
            "replicas": 2,
            "config": {"rewriteClientIP": _client_addresses(inputs)},
            "container": {
                "resources": resources("100m", "256Mi"),
                "lifecycle": {"preStop": {"sleep": {"seconds": load_balancer.DRAIN_SECONDS}}},
            },
            "pod": {
                "terminationGracePeriodSeconds": load_balancer.DRAIN_SECONDS + load_balancer.QUIT_SECONDS,
                "topologySpreadConstraints": topology_spread_constraints(GATEWAY_PODS),
            },
            "service": service,
        },
        "gateways": [_gateway(inputs)],
        "extraObjects": [json.dumps(each) for each in _further_objects(inputs)],
    }


def _client_addresses(inputs: Inputs) -> dict[str, Any]:
    """Return the settings that trust the proxy protocol of the load balancer only."""
    trusted = [{"type": "CIDR", "value": canonical(block)} for block in inputs["vpc_cidr_blocks"]]
    return {"mode": "ProxyProtocol", "setIPRecursively": True, "trustedAddresses": trusted}


def _gateway(inputs: Inputs) -> dict[str, Any]:
    names = [HTTP, *([HTTPS] if load_balancer.certificate_arn(inputs) else [])]
    everybody = {"namespaces": {"from": "All"}}
    listeners = [{"name": name, "port": PORTS[name], "protocol": "HTTP", "allowedRoutes": everybody} for name in names]
    return {"name": GATEWAY, "namespace": _namespace(inputs), "spec": {"gatewayClassName": CLASS_NAME, "listeners": listeners}}


def _further_objects(inputs: Inputs) -> list[dict[str, Any]]:
    namespace = _namespace(inputs)
    budgets = [budget("nginx-gateway-fabric", namespace, _control_plane()), budget(GATEWAY, namespace, GATEWAY_PODS)]
    return [*_health(inputs), *([_redirect(inputs)] if load_balancer.certificate_arn(inputs) else []), *budgets]


def _health(inputs: Inputs) -> list[dict[str, Any]]:
    """Return a route to nginx itself on all listeners, independent of any service. An exact path has precedence over the redirect."""
    name = "health"
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": _namespace(inputs)},
        "spec": {"selector": GATEWAY_PODS, "ports": [{"name": "http", "port": READINESS_PORT, "protocol": "TCP"}]},
    }
    rewrite = {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplaceFullPath", "replaceFullPath": READINESS_PATH}}}
    rule = {
        "matches": [{"path": {"type": "Exact", "value": HEALTH_PATH}}],
        "filters": [rewrite],
        "backendRefs": [{"name": name, "port": READINESS_PORT}],
    }
    return [service, _route(inputs, name, {"name": GATEWAY}, rule)]


def _redirect(inputs: Inputs) -> dict[str, Any]:
    """Return the route that redirects plain HTTP to HTTPS. On port 443 it would be an endless redirect."""
    redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    return _route(inputs, "redirect-to-https", {"name": GATEWAY, "sectionName": HTTP}, {"filters": [redirect]})


def _route(inputs: Inputs, name: str, parent: dict[str, str], rule: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name, "namespace": _namespace(inputs)},
        "spec": {"parentRefs": [parent], "rules": [rule]},
    }


def _control_plane() -> dict[str, str]:
    return chart_labels("nginx-gateway-fabric", ADDON.release)


def _namespace(inputs: Inputs) -> str:
    return inputs["addons"][ADDON.key]["namespace"]


#: the load balancer connects to nginx with the proxy protocol, which a proxy of the mesh cannot read
ADDON = Addon(
    "nginx_gateway_fabric",
    CHART,
    values,
    mesh_annotations={"config.linkerd.io/skip-inbound-ports": "80,443"},
    is_ingress=True,
    uninstall_phase=LOAD_BALANCERS,
)
