"""What the real NGINX Gateway Fabric said, as the collection reads it."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.ready import readiness

from tests.support.recorded_behaviour import recorded
from tests.support.recorded_gateway import conditions, routes, status_of_route

ROUTES, TOLD = routes()
READY = {"any-listener", "a-listener", "a-port", "two-listeners"}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route["metadata"]["name"])
def test_a_route_is_ready_when_accepted_with_resolved_references(route):
    name = route["metadata"]["name"]
    judged = readiness({**route, "metadata": {**route["metadata"], "generation": 1}, "status": status_of_route(TOLD[name])})
    assert judged.done is (name in READY)
    refused = [each for lines in TOLD[name].values() for each in conditions(lines) if each["status"] != "True"]
    assert all(each["message"] in judged.words for each in refused)


def test_the_recorded_gateway_is_ready():
    reported = recorded(
        "nginx-gateway-fabric", **dict.fromkeys(("gateway", "cluster", "certificate", "balancer", "subnet", "other_subnet"), "1")
    )
    gateway = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"generation": 1}, "spec": {}}
    assert readiness({**gateway, "status": {"conditions": conditions(reported["gateway"])}}).done
    assert not readiness({**gateway, "status": {"conditions": conditions(reported["gateway"][:1])}}).done
