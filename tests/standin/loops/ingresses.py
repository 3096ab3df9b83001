"""What ingress-nginx says of Ingresses of its class: the address of the load balancer before it. No request is routed.

Source: ingress-nginx controller 1.15.1, internal/ingress/status/status.go. One that ends takes the address away only if it is alone: of
several pods, each leaves that to the next leader, also when all end together.
"""

from __future__ import annotations

from typing import Any

from tests.standin.kubernetes_client import KubernetesClient

CONTROLLER = "k8s.io/ingress-nginx"
API = "/apis/networking.k8s.io/v1"
LABEL = "app.kubernetes.io%2Fname%3Dingress-nginx"


class Ingresses:
    """Argument: a client of the cluster."""

    def __init__(self, client: KubernetesClient) -> None:
        self._client = client
        self._replicas = 0  # of the controller that was there in the last pass
        self._classes: set[str] = set()

    def run(self) -> None:
        deployments = self._client.items(f"/apis/apps/v1/deployments?labelSelector={LABEL}")
        running = [item["spec"]["replicas"] for item in deployments if not item["metadata"].get("deletionTimestamp")]
        if running:
            listed = self._client.items(f"{API}/ingressclasses")
            self._classes = {item["metadata"]["name"] for item in listed if item["spec"]["controller"] == CONTROLLER}
            self._tell(self._address())
        elif self._replicas == 1:
            self._tell([])
        self._replicas = running[0] if running else 0

    def _tell(self, address: list[dict[str, Any]]) -> None:
        for ingress in self._client.items(f"{API}/ingresses"):
            found = ((ingress.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
            if ingress["spec"].get("ingressClassName") in self._classes and found != address:
                path = f"{API}/namespaces/{ingress['metadata']['namespace']}/ingresses/{ingress['metadata']['name']}/status"
                self._client.merge(path, {"status": {"loadBalancer": {"ingress": address}}}, accept=(404, 409))

    def _address(self) -> list[dict[str, Any]]:
        for service in self._client.items("/api/v1/services"):
            labels = service["spec"].get("selector") or {}
            if labels.get("app.kubernetes.io/name") == "ingress-nginx" and service["spec"]["type"] == "LoadBalancer":
                found: list[dict[str, Any]] = (service["status"].get("loadBalancer") or {}).get("ingress") or []
                return [{"hostname": entry["hostname"]} for entry in found if entry.get("hostname")]
        return []
