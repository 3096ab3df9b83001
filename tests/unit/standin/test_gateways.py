"""The stand-in makes and says of a Gateway and of routes what the real NGINX Gateway Fabric did."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import nginx_gateway_fabric

from tests.standin.loops.gateways import API, CONTROLLER, PROXIES, Gateways
from tests.standin.loops.routes import Routes
from tests.support.recorded_behaviour import recorded
from tests.support.recorded_gateway import routes, said, said_of_route
from tests.unit.k8s_addons.conftest import everything_on

BALANCER = "k8s-public.elb.eu-west-1.amazonaws.com"
NAMES = {"gateway": "gateway-uid", "cluster": "cluster-uid", "balancer": BALANCER, "subnet": "subnet-1", "other_subnet": "subnet-2"}
CLASS, GATEWAY = f"{API}/gatewayclasses/nginx", f"{API}/namespaces/nginx-gateway/gateways/public"
PROXY = {"name": "nginx-gateway-fabric-proxy-config", "namespace": "nginx-gateway"}
SERVICE = "/api/v1/namespaces/nginx-gateway/services/public-nginx"


class Cluster:
    """The objects of a cluster by their paths; a status is written and read as part of its object."""

    def __init__(self, objects: dict[str, dict[str, Any]]) -> None:
        self.objects = objects
        self.written: list[str] = []

    def get(self, path: str, accept: tuple[int, ...] = ()) -> dict[str, Any]:
        if path in self.objects:
            return copy.deepcopy(self.objects[path])
        plural = path.rsplit("/", 1)[1]
        items = [obj for place, obj in self.objects.items() if place.split("/")[-2] == plural and place.startswith(path.rsplit("/", 1)[0])]
        return {"items": copy.deepcopy(items)} if items else {"kind": "Status"}

    def apply(self, path: str, body: dict[str, Any]) -> None:
        self.written.append(path)
        self.objects[path] = copy.deepcopy(body)

    def merge(self, path: str, body: dict[str, Any], accept: tuple[int, ...] = ()) -> None:
        self.written.append(path)
        self.objects[path.removesuffix("/status")].setdefault("status", {}).update(body["status"])


def gateway(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "nginx-gateway", "uid": "gateway-uid", "generation": 1}, "spec": spec}


@pytest.fixture
def cluster() -> Cluster:
    """The kinds of the chart with the collection's values."""
    inputs = everything_on()
    values = nginx_gateway_fabric.values(inputs)
    deployment = {key: values["nginx"][key] for key in ("replicas", "container", "pod")}
    spec = {"gatewayClassName": "nginx", "controllerName": CONTROLLER, "parametersRef": PROXY}
    (described,) = values["gateways"]
    return Cluster(
        {
            CLASS: {"metadata": {"name": "nginx", "generation": 1}, "spec": spec},
            f"{PROXIES}/namespaces/nginx-gateway/nginxproxies/{PROXY['name']}": {
                "kind": "NginxProxy",
                "spec": {"kubernetes": {"deployment": deployment, "service": values["nginx"]["service"]}},
            },
            GATEWAY: gateway("public", described["spec"]),
            "/api/v1/namespaces/kube-system": {"metadata": {"uid": "cluster-uid"}},
        }
    )


def test_objects_and_status_of_a_gateway_match_the_recorded_controller(cluster):
    wanted = recorded("nginx-gateway-fabric", certificate=everything_on()["zone"]["certificate_arn"], **NAMES)
    loop = Gateways(cluster)
    loop.run()
    assert [cluster.objects[path] for path in cluster.written if "public-nginx" in path] == wanted["made"]
    cluster.objects[SERVICE]["status"] = {"loadBalancer": {"ingress": [{"hostname": BALANCER}]}}
    loop.run()
    assert said(cluster.objects[CLASS]["status"]) == wanted["gateway_class"]
    assert said(cluster.objects[GATEWAY]["status"]) == wanted["gateway"]
    assert cluster.objects[GATEWAY]["status"]["addresses"] == wanted["addresses"]
    before = list(cluster.written)
    loop.run()
    assert cluster.written == before


def test_the_status_of_routes_matches_the_recorded_controller(cluster):
    cluster.objects[GATEWAY.replace("public", "other")] = gateway("other", recorded("nginx-gateway-fabric-routes")["other_gateway"])
    cluster.objects["/api/v1/namespaces/shop/services/web"] = {
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"ports": [{"port": 80}]},
    }
    made, wanted = routes()
    paths = {route["metadata"]["name"]: f"{API}/namespaces/shop/httproutes/{route['metadata']['name']}" for route in made}
    for route in made:
        cluster.objects[paths[route["metadata"]["name"]]] = {**route, "metadata": {**route["metadata"], "generation": 1}}
    Routes(cluster).run()
    assert {name: said_of_route(cluster.objects[path].get("status") or {}) for name, path in paths.items()} == wanted
