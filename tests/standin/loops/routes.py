"""What NGINX Gateway Fabric says of routes: whether their Gateway's listener takes them, and whether what they lead to exists.

Source: nginx-gateway-fabric 2.6.7, internal/controller/state/graph/route_common.go and internal/controller/status/prepare_requests.go;
what the real one said is in tests/controllers/recorded. That a policy affects a route is left out. No request is ever routed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.loops.each import for_each

GROUP = "gateway.networking.k8s.io"  # that the API server fills in
API = f"/apis/{GROUP}/v1"
CONTROLLER = "gateway.nginx.org/nginx-gateway-controller"
PLURALS = {"HTTPRoute": "httproutes", "GRPCRoute": "grpcroutes"}
Object = Mapping[str, Any]


class Routes:
    """Argument: a client of the cluster."""

    def __init__(self, client: KubernetesClient) -> None:
        self._client = client

    def run(self) -> None:
        routes = [(kind, route) for kind in PLURALS for route in self._items(f"{API}/{PLURALS[kind]}")]
        if not routes:
            return
        gateways = {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in self._items(f"{API}/gateways")}
        services = {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in self._items("/api/v1/services")}
        for_each(routes, lambda entry: self._follow(*entry, gateways, services))

    def _items(self, path: str) -> list[dict[str, Any]]:
        """None as long as the cluster does not know the kind."""
        answer = self._client.get(path, accept=(404,))
        return answer.get("items") or [] if isinstance(answer, dict) else []

    def _follow(self, kind: str, route: Object, gateways: Mapping[Any, Object], services: Mapping[Any, Object]) -> None:
        metadata = route["metadata"]
        told = {_key(parent["parentRef"]): parent for parent in (route.get("status") or {}).get("parents") or []}
        parents = []
        for parent in route["spec"].get("parentRefs") or []:
            gateway = gateways.get((parent.get("namespace", metadata["namespace"]), parent["name"]))
            if parent.get("kind", "Gateway") != "Gateway" or gateway is None:
                continue  # whose Gateway does not exist is nobody's
            wanted = {"Accepted": _accepted(route, parent, gateway), "ResolvedRefs": _resolved(route, services)}
            reference = _reference(parent, gateway)
            if reference is None:
                continue
            conditions = _conditions(wanted, metadata["generation"], (told.get(_key(reference)) or {}).get("conditions") or [])
            parents.append({"parentRef": reference, "controllerName": CONTROLLER, "conditions": conditions})
        if parents != ((route.get("status") or {}).get("parents") or []):
            path = f"{API}/namespaces/{metadata['namespace']}/{PLURALS[kind]}/{metadata['name']}/status"
            self._client.merge(path, {"status": {"parents": parents}}, accept=(404, 409))


def _key(parent: Object) -> tuple[str, ...]:
    return tuple(str(parent.get(name, "")) for name in ("kind", "namespace", "name", "sectionName"))


def _reference(parent: Object, gateway: Object) -> dict[str, Any] | None:
    """The parentRef of a status. A parent without section and port becomes one for each listener, and these become one without a section
    again if they are several: an only listener is named, and without a listener there is no status. A port is never repeated."""
    section, port = parent.get("sectionName"), parent.get("port")
    if section is None and port is None:
        names = [listener["name"] for listener in gateway["spec"]["listeners"]]
        if not names:
            return None
        section = names[0] if len(names) == 1 else None
    metadata = gateway["metadata"]
    reference = {"group": GROUP, "kind": "Gateway", "name": metadata["name"], "namespace": metadata["namespace"]}
    return {**reference, **({"sectionName": section} if section else {})}


def _accepted(route: Object, parent: Object, gateway: Object) -> tuple[bool, str, str]:
    section, port = parent.get("sectionName"), parent.get("port")
    listeners = [
        listener for listener in gateway["spec"]["listeners"] if section in (None, listener["name"]) and port in (None, listener["port"])
    ]
    if not listeners:
        return False, "NoMatchingParent", "The Listener is not found for this parent ref"
    same_namespace = route["metadata"]["namespace"] == gateway["metadata"]["namespace"]
    listeners = [listener for listener in listeners if same_namespace or _lets_others_in(listener)]
    if not listeners:
        return False, "NotAllowedByListeners", "The Route is not allowed by any listener"
    hosts = route["spec"].get("hostnames") or []
    if hosts and not any(_meet(host, listener.get("hostname")) for host in hosts for listener in listeners):
        return False, "NoMatchingListenerHostname", "The Listener hostname does not match the Route hostnames"
    return True, "Accepted", "The Route is accepted"


def _lets_others_in(listener: Object) -> bool:
    return ((listener.get("allowedRoutes") or {}).get("namespaces") or {}).get("from", "Same") in ("All", "Selector")


def _meet(one: str, other: str | None) -> bool:
    """Whether two host names have a name in common; a wildcard stands for one label or more."""
    if not other or one == other:
        return True
    wild = [name[1:] for name in (one, other) if name.startswith("*.")]
    return any(name.endswith(ending) for ending in wild for name in (one, other) if not name.startswith("*.")) or (
        len(wild) == 2 and (wild[0].endswith(wild[1]) or wild[1].endswith(wild[0]))
    )


def _resolved(route: Object, services: Mapping[Any, Object]) -> tuple[bool, str, str]:
    for number, rule in enumerate(route["spec"].get("rules") or []):
        for place, backend in enumerate(rule.get("backendRefs") or []):
            namespace = backend.get("namespace", route["metadata"]["namespace"])
            service = services.get((namespace, backend["name"]))
            if service is None:
                field = f"spec.rules[{number}].backendRefs[{place}].name"
                return False, "BackendNotFound", f'{field}: Not found: "{backend["name"]}"'
            if backend.get("port") not in [port["port"] for port in service["spec"].get("ports") or []]:
                return False, "BackendNotFound", f"No matching port for Service {backend['name']} and port {backend.get('port')}"
    return True, "ResolvedRefs", "All references are resolved"


def _conditions(wanted: Mapping[str, tuple[bool, str, str]], generation: int, told: Iterable[Object]) -> list[dict[str, Any]]:
    """The conditions, what does not hold at the end; one that says the same as before keeps its time."""
    before = {condition["type"]: condition for condition in told}
    conditions = []
    for kind, (holds, reason, message) in sorted(wanted.items(), key=lambda entry: not entry[1][0]):
        new = {"type": kind, "status": str(holds), "reason": reason, "message": message, "observedGeneration": generation}
        old = before.get(kind) or {}
        same = all(old.get(key) == value for key, value in new.items())
        conditions.append({**new, "lastTransitionTime": old["lastTransitionTime"] if same else _now()})
    return conditions


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
