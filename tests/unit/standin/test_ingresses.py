"""What the stand-in's ingress-nginx leaves in the status of Ingresses when it ends, as the real one does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.standin.loops.ingresses import Ingresses

ADDRESS = [{"hostname": "b.elb.eu-west-1.amazonaws.com"}]


class Cluster:
    """Answers for the client of a cluster with one Ingress of each of two classes."""

    def __init__(self, replicas: int) -> None:
        self.deployments = [{"metadata": {"name": "c"}, "spec": {"replicas": replicas}}]
        service = {"spec": {"selector": {"app.kubernetes.io/name": "ingress-nginx"}, "type": "LoadBalancer"}}
        service["status"] = {"loadBalancer": {"ingress": ADDRESS}}
        self.ingresses = {name: self._ingress(name) for name in ("nginx", "other")}
        self.lists: dict[str, Any] = {"services": [service]}
        self.lists["ingressclasses"] = [{"metadata": {"name": "nginx"}, "spec": {"controller": "k8s.io/ingress-nginx"}}]

    @staticmethod
    def _ingress(name: str) -> dict[str, Any]:
        return {"metadata": {"name": name, "namespace": "shop"}, "spec": {"ingressClassName": name}, "status": {}}

    def items(self, path: str) -> list[dict[str, Any]]:
        name = path.rpartition("/")[2].partition("?")[0]
        return {"deployments": self.deployments, "ingresses": list(self.ingresses.values())}.get(name) or self.lists.get(name, [])

    def merge(self, path: str, body: dict[str, Any], accept: tuple[int, ...]) -> None:
        self.ingresses[path.split("/")[-2]] |= body

    def told(self) -> dict[str, Any]:
        return {name: (item["status"].get("loadBalancer") or {}).get("ingress") for name, item in self.ingresses.items()}


@pytest.mark.parametrize(("replicas", "left"), [(1, []), (2, ADDRESS)])
def test_several_controller_pods_do_not_clear_the_address(replicas, left):
    cluster = Cluster(replicas)
    loop = Ingresses(cluster)  # type: ignore[arg-type]
    loop.run()
    assert cluster.told() == {"nginx": ADDRESS, "other": None}
    cluster.deployments, cluster.lists = [], {}
    loop.run()
    loop.run()
    assert cluster.told() == {"nginx": left, "other": None}
