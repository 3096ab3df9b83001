"""What real controllers did when `make test-controllers` ran them: test data to which the stand-in's imitations are held."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Mapping
from string import Template
from typing import Any

import yaml

from tests.support.collection import ROOT

DIRECTORY = ROOT / "tests" / "controllers" / "recorded"


def recorded(controller: str, **names: str) -> dict[str, Any]:
    """What is recorded of a controller, with the names of this run in place of $owner and its like."""
    content = yaml.safe_load(Template((DIRECTORY / f"{controller}.yml").read_text(encoding="utf-8")).substitute(names))
    assert isinstance(content, dict)
    return content


def in_order(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changes of records, those of one batch, which Route 53 applies at once."""
    return sorted(changes, key=lambda change: (change["Action"], change["ResourceRecordSet"]["Name"], change["ResourceRecordSet"]["Type"]))


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


INJECTOR = "linkerd-injector"


def injector_cases() -> list[str]:
    """The names of what Linkerd's injector was asked about."""
    return list(recorded(INJECTOR, namespace="", anchors='""', digest="")["cases"])


def injector_case(name: str, namespace: str, anchors: str) -> dict[str, Any]:
    """One of them in a namespace, with these trust anchors: annotations of the `namespace`, what was `given`, and what was `made` of it."""
    digest = hashlib.sha256(anchors.encode()).hexdigest()
    case: dict[str, Any] = recorded(INJECTOR, namespace=namespace, anchors=json.dumps(f"{anchors}\n"), digest=digest)["cases"][name]
    return {"namespace": {}, "made": case["given"], **case}


def by_name(obj: Mapping[str, Any]) -> dict[str, Any]:
    """A pod with the variables of its containers by name."""
    made: dict[str, Any] = copy.deepcopy(dict(obj))
    for container in made["spec"].get("initContainers", []) + made["spec"].get("containers", []):
        if "env" in container:
            container["env"] = {entry["name"]: entry.get("value", _field(entry)) for entry in container["env"]}
    return made


def _field(variable: Mapping[str, Any]) -> str:
    return f"= {variable['valueFrom']['fieldRef']['fieldPath']}" if "valueFrom" in variable else ""


def patched(obj: dict[str, Any], response: Mapping[str, Any]) -> dict[str, Any]:
    """An object as a webhook's response changes it; of JSON patches what the injectors use."""
    made = copy.deepcopy(obj)
    for operation in json.loads(base64.b64decode(response.get("patch") or "W10=")):
        *parents, last = (part.replace("~1", "/") for part in operation["path"].split("/")[1:])
        place: Any = made
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place[part]
        if isinstance(place, list):
            place.insert(len(place) if last == "-" else int(last), operation["value"])
        else:
            place[last] = operation["value"]
    return made


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
