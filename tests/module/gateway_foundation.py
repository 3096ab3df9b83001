"""What lets the world into the cluster of the tests: the official kinds of the Gateway API, and the environment's Gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.module.kubernetes_foundation import Cluster
from tests.standin import gateway_api
from tests.support.until import until

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
API = "/apis/gateway.networking.k8s.io/v1"
POLICIES = Path(gateway_api.__file__).parent / "charts" / "nginx-gateway-fabric" / "crds" / "policies.yml"
DOMAIN = "example.com"
NAMESPACE, GATEWAY = "nginx-gateway", "public"
#: the outputs of k8s_addons with one ingress or the other
GATEWAY_OUTPUTS = {
    "ingress": "nginx_gateway_fabric",
    "gateway_namespace": NAMESPACE,
    "gateway_name": GATEWAY,
    "ingress_class_name": "",
    "domain": DOMAIN,
    "mesh": "",
}
NGINX_OUTPUTS = {**GATEWAY_OUTPUTS, "ingress": "ingress_nginx", "gateway_namespace": "", "gateway_name": "", "ingress_class_name": "nginx"}

#: the outputs of dns_cert once its certificate is there
ZONE_OUTPUTS = {"domain": DOMAIN, "name_servers": [], "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/1"}


def with_gateway(cluster: Cluster) -> Cluster:
    """The cluster with the kinds, once they are served, and a Gateway with its two listeners (T20)."""
    kubernetes = cluster.kubernetes
    desired = [*gateway_api.definitions(), *yaml.safe_load_all(POLICIES.read_text())]
    names = [obj["metadata"]["name"] for obj in desired if obj["kind"] == "CustomResourceDefinition"]
    if cluster.get(f"{DEFINITIONS}/{names[-1]}") is None:
        for obj in desired:
            if obj["kind"] == "CustomResourceDefinition":
                kubernetes.apply(f"{DEFINITIONS}/{obj['metadata']['name']}", obj)
    until(lambda: all(_established(cluster, name) for name in names))
    kubernetes.create("/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    until(lambda: kubernetes.get(f"{API}/gateways", accept=(404, 429)).get("kind") == "GatewayList")
    kubernetes.apply(f"{API}/namespaces/{NAMESPACE}/gateways/{GATEWAY}", gateway())
    return cluster


def gateway() -> dict[str, Any]:
    from_all = {"namespaces": {"from": "All"}}
    ports = {"http": 80, "https": 443}
    listeners = [{"name": name, "port": port, "protocol": "HTTP", "allowedRoutes": from_all} for name, port in ports.items()]
    metadata = {"name": GATEWAY, "namespace": NAMESPACE}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": metadata,
        "spec": {"gatewayClassName": "nginx", "listeners": listeners},
    }


def _established(cluster: Cluster, name: str) -> bool:
    found = cluster.get(f"{DEFINITIONS}/{name}") or {}
    conditions = (found.get("status") or {}).get("conditions") or []
    return any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions)
