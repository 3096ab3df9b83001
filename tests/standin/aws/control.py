"""The stand-in's own endpoints under /_standin/: readiness, faults, times, real databases, which clusters get a control
plane, which controllers are real, and the token review of each cluster's API server."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID

from tests.standin.aws.view import View
from tests.standin.aws.world import World
from tests.standin.token_webhook import review

PREFIX = "/_standin/"


def answer(world: World, method: str, path: str, query: str, body: bytes) -> tuple[int, Any]:
    """HTTP status and JSON of one request to the stand-in itself."""
    parts = path.removeprefix(PREFIX).strip("/").split("/")
    try:
        if len(parts) == 1 and parts[0] in OWN:
            return 200, OWN[parts[0]](world, method, body)
        if len(parts) == 3 and parts[0] == "clusters" and parts[2] == "token":
            return 200, _token_review(world, parts[1], dict(urllib.parse.parse_qsl(query)), json.loads(body))
    except (ValueError, TypeError, KeyError) as error:
        return 400, {"message": str(error)}
    return 404, {"message": f"the stand-in has {', '.join(OWN)} and clusters/NAME/token under {PREFIX}, but no {path}"}


def _ready(_world: World, _method: str, _body: bytes) -> Any:
    return {"ready": True}


def _databases(world: World, method: str, body: bytes) -> Any:
    if method != "POST" or world.databases is None:
        raise ValueError("POST starts the real databases: of all stores, or of those in the body's list")
    return world.databases.run(json.loads(body or "[]"))


def _faults(world: World, method: str, body: bytes) -> Any:
    if method == "POST":
        world.faults.add(json.loads(body))
    elif method == "DELETE":
        world.faults.clear()
    return world.faults.list()


def _times(world: World, method: str, body: bytes) -> Any:
    with world.lock:
        if method == "PUT":
            world.clock.set_times(json.loads(body))
        return world.clock.shown()


def _control_planes(world: World, method: str, body: bytes) -> Any:
    """Names, or patterns of names (`*`), of the clusters that get a control plane when they are made."""
    if method == "PUT":
        world.with_control_plane = tuple(str(pattern) for pattern in json.loads(body))
    return world.with_control_plane


def _real_controllers(world: World, method: str, body: bytes) -> Any:
    """Names of controllers that run beside the stand-in: it does not imitate them."""
    if method == "PUT":
        world.real_controllers = tuple(str(name) for name in json.loads(body))
    return world.real_controllers


OWN: dict[str, Callable[[World, str, bytes], Any]] = {
    "ready": _ready,
    "faults": _faults,
    "times": _times,
    "databases": _databases,
    "control-planes": _control_planes,
    "real-controllers": _real_controllers,
}


def _token_review(world: World, cluster: str, query: dict[str, str], request: dict[str, Any]) -> dict[str, Any]:
    view = View(world, query.get("account", DEFAULT_ACCOUNT_ID), query.get("region", world.region))
    status = review(request["spec"]["token"], cluster, view)
    return {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status}
