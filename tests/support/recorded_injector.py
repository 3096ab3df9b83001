"""What Linkerd's real proxy injector made of pods and Services."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tests.support.recorded_behaviour import recorded

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
