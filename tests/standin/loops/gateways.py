"""What NGINX Gateway Fabric does for a Gateway: its nginx (a Deployment) with a Service, and the Gateway's status. No request is routed.

Source: nginx-gateway-fabric 2.6.7, internal/controller/status: Programmed says nothing of nginx, and is written before its pods run. What
the real one said is in tests/controllers/recorded. The status of listeners and the features of a class are left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.loops import nginx
from tests.standin.loops.each import for_each

API = "/apis/gateway.networking.k8s.io/v1"
PROXIES = "/apis/gateway.nginx.org/v1alpha2"
CONTROLLER = "gateway.nginx.org/nginx-gateway-controller"
#: reason and message of each condition, all of them True
CLASS_CONDITIONS = {
    "Accepted": ("Accepted", "The GatewayClass is accepted"),
    "SupportedVersion": ("SupportedVersion", "The Gateway API CRD versions are supported"),
    "ResolvedRefs": ("ResolvedRefs", "The ParametersRef resource is resolved"),
}
GATEWAY_CONDITIONS = {
    "Accepted": ("Accepted", "The Gateway is accepted"),
    "Programmed": ("Programmed", "The Gateway is programmed"),
}
Object = Mapping[str, Any]


class Gateways:
    """Argument: a client of the cluster."""

    def __init__(self, client: KubernetesClient) -> None:
        self._client = client

    def run(self) -> None:
        classes = {item["metadata"]["name"]: item for item in self._items(f"{API}/gatewayclasses")}
        ours = {name for name, item in classes.items() if item["spec"]["controllerName"] == CONTROLLER}
        for_each((classes[name] for name in ours), self._accept)
        gateways = [item for item in self._items(f"{API}/gateways") if item["spec"]["gatewayClassName"] in ours] if ours else []
        for_each(gateways, lambda gateway: self._follow(gateway, classes[gateway["spec"]["gatewayClassName"]]))

    def _items(self, path: str) -> list[dict[str, Any]]:
        """None as long as the cluster does not know the kind."""
        answer = self._client.get(path, accept=(404,))
        return answer.get("items") or [] if isinstance(answer, dict) else []

    def _accept(self, gateway_class: Object) -> None:
        conditions = _conditions(CLASS_CONDITIONS, gateway_class)
        if conditions is not None:
            path = f"{API}/gatewayclasses/{gateway_class['metadata']['name']}/status"
            self._client.merge(path, {"status": {"conditions": conditions}}, accept=(404, 409))

    def _follow(self, gateway: Object, gateway_class: Object) -> None:
        metadata = gateway["metadata"]
        if metadata.get("deletionTimestamp"):
            return
        namespace, name = metadata["namespace"], f"{metadata['name']}-{gateway['spec']['gatewayClassName']}"
        path = f"/api/v1/namespaces/{namespace}/services/{name}"
        settings = self._settings(gateway_class)
        if settings is None:  # the real one starts after everything of its chart was applied
            return
        found = self._client.get(path, accept=(404,))
        control_plane = gateway_class["spec"]["parametersRef"]["namespace"]
        cluster = self._client.get("/api/v1/namespaces/kube-system")["metadata"]["uid"]
        deployment = nginx.deployment(gateway, name, settings.get("deployment") or {}, control_plane, cluster)
        wanted = {
            f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}": nginx.service_account(gateway, name),
            path: nginx.service(gateway, name, settings.get("service") or {}),
            f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}": deployment,
        }
        changed = [place for place, obj in wanted.items() if not _holds(self._client.get(place, accept=(404,)), obj)]
        for place in changed:
            self._client.apply(place, wanted[place])
        if path not in changed:
            self._tell(gateway, found)

    def _settings(self, gateway_class: Object) -> dict[str, Any] | None:
        """What the NginxProxy of the class says about Deployment and Service; None as long as there is no NginxProxy."""
        reference = gateway_class["spec"].get("parametersRef") or {}
        path = f"{PROXIES}/namespaces/{reference.get('namespace')}/nginxproxies/{reference.get('name')}"
        proxy = self._client.get(path, accept=(404,))
        return (proxy.get("spec") or {}).get("kubernetes") or {} if isinstance(proxy, dict) and proxy.get("kind") == "NginxProxy" else None

    def _tell(self, gateway: Object, service: Object) -> None:
        hostnames = [entry["hostname"] for entry in ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []]
        addresses = [{"type": "Hostname", "value": hostname} for hostname in hostnames]
        status = gateway.get("status") or {}
        conditions = _conditions(GATEWAY_CONDITIONS, gateway)
        if conditions is None and addresses == (status.get("addresses") or []):
            return
        told = {"conditions": conditions or status.get("conditions"), "addresses": addresses}
        path = f"{API}/namespaces/{gateway['metadata']['namespace']}/gateways/{gateway['metadata']['name']}/status"
        self._client.merge(path, {"status": told}, accept=(404, 409))


def _holds(found: Any, wanted: Any) -> bool:
    """Whether what is found has everything that is wanted; the API server adds defaults."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(_holds(found.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(_holds, found, wanted))
    return bool(found == wanted)


def _conditions(wanted: Mapping[str, tuple[str, str]], obj: Object) -> list[dict[str, Any]] | None:
    """The conditions to write; None when they say so already."""
    metadata = obj["metadata"]
    told = {entry["type"]: entry for entry in (obj.get("status") or {}).get("conditions") or []}
    current = [kind for kind in wanted if told.get(kind, {}).get("observedGeneration") == metadata["generation"]]
    if len(current) == len(wanted) and all(told[kind]["status"] == "True" for kind in wanted):
        return None
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [
        {
            "type": kind,
            "status": "True",
            "reason": reason,
            "message": message,
            "observedGeneration": metadata["generation"],
            "lastTransitionTime": now,
        }
        for kind, (reason, message) in wanted.items()
    ]
