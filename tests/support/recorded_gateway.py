"""What the real NGINX Gateway Fabric said of a Gateway and of routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.recorded_behaviour import recorded


def said(status: Mapping[str, Any]) -> list[str]:
    """The conditions of a status, each as one line."""
    return [f"{each['type']} {each['status']} {each['reason']}: {each['message']}" for each in status.get("conditions") or []]


def said_of_route(status: Mapping[str, Any]) -> dict[str, list[str]]:
    """The conditions of a route's status by Gateway, or Gateway and listener."""
    parents = {}
    for parent in status.get("parents") or []:
        assert parent["controllerName"] == "gateway.nginx.org/nginx-gateway-controller"
        reference = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "nginx-gateway", **parent["parentRef"]}
        assert reference == parent["parentRef"] | {"name": reference["name"]}
        parents["/".join(reference[key] for key in ("name", "sectionName") if key in reference)] = said(parent)
    return parents


def routes() -> tuple[list[dict[str, Any]], dict[str, dict[str, list[str]]]]:
    """The routes of which NGINX Gateway Fabric said something, and what, by name."""
    content = recorded("nginx-gateway-fabric-routes")
    made = []
    for name, case in content["routes"].items():
        rules = [{"backendRefs": case.get("backendRefs", content["backendRefs"])}]
        parents = [{"namespace": "nginx-gateway", **parent} for parent in case["parentRefs"]]
        spec = {"parentRefs": parents, "hostnames": [case.get("hostname", content["hostname"])], "rules": rules}
        metadata = {"name": name, "namespace": "shop"}
        made.append({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": metadata, "spec": spec})
    return made, {name: case["told"] for name, case in content["routes"].items()}


def status_of_route(told: Mapping[str, list[str]]) -> dict[str, Any]:
    """The status in which that is said, of a route of generation 1."""
    parents = []
    for name, lines in told.items():
        gateway, _, section = name.partition("/")
        reference = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "nginx-gateway", "name": gateway}
        parents.append({"parentRef": reference | ({"sectionName": section} if section else {}), "conditions": conditions(lines)})
    return {"parents": parents}


def conditions(lines: list[str]) -> list[dict[str, Any]]:
    """The conditions of which each line is one, of generation 1."""
    parts = [line.split(" ", 2) for line in lines]
    told = [(kind, status, *rest.split(": ", 1)) for kind, status, rest in parts]
    return [dict(zip(("type", "status", "reason", "message"), each, strict=True), observedGeneration=1) for each in told]
