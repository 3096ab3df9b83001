"""What ingress-nginx says of Ingresses of its class: the address of the load balancer before it. No request is routed."""

from __future__ import annotations

from typing import Any

from tests.standin.kubernetes_client import KubernetesClient

CONTROLLER = "k8s.io/ingress-nginx"
API = "/apis/networking.k8s.io/v1"


class Ingresses:
    """Argument: a client of the cluster."""

    def __init__(self, client: KubernetesClient) -> None:
        self._client = client

    def run(self) -> None:
        ingresses = self._client.items(f"{API}/ingresses")
        if not ingresses:
            return
        classes = {
            item["metadata"]["name"] for item in self._client.items(f"{API}/ingressclasses") if item["spec"]["controller"] == CONTROLLER
        }
        address = self._address() if classes else []
        for ingress in ingresses:
            mine = ingress["spec"].get("ingressClassName") in classes
            # one that ends takes its address away, as the real one does
            wanted = address if mine else []
            found = ((ingress.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
            if wanted != found:
                path = f"{API}/namespaces/{ingress['metadata']['namespace']}/ingresses/{ingress['metadata']['name']}/status"
                self._client.merge(path, {"status": {"loadBalancer": {"ingress": wanted}}}, accept=(404, 409))

    def _address(self) -> list[dict[str, Any]]:
        for service in self._client.items("/api/v1/services"):
            labels = service["spec"].get("selector") or {}
            if labels.get("app.kubernetes.io/name") == "ingress-nginx" and service["spec"]["type"] == "LoadBalancer":
                found: list[dict[str, Any]] = (service["status"].get("loadBalancer") or {}).get("ingress") or []
                return [{"hostname": entry["hostname"]} for entry in found if entry.get("hostname")]
        return []
