"""A Gateway is not ready before what its controller made for it: NGINX Gateway Fabric says Programmed without a pod."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import ResourceFailed, WaitTimeout
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.wait import wait_until_ready

PATH = "/apis/gateway.networking.k8s.io/v1/namespaces/nginx-gateway/gateways/public"
CONDITIONS = [{"type": name, "status": "True", "observedGeneration": 1} for name in ("Accepted", "Programmed")]
GATEWAY = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "Gateway",
    "metadata": {"name": "public", "namespace": "nginx-gateway", "generation": 1},
    "status": {"conditions": CONDITIONS},
}
RUNS = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}


def deployment(**status):
    spec = {"replicas": 2, "selector": {"matchLabels": {"gateway.networking.k8s.io/gateway-name": "public"}}}
    return {"metadata": {"name": "public-nginx", "namespace": "nginx-gateway", "generation": 1}, "spec": spec, "status": status}


def pod(message):
    waiting = {"name": "nginx", "state": {"waiting": {"reason": "ImagePullBackOff", "message": message}}, "ready": False}
    return {"metadata": {"name": "public-nginx-1", "uid": "1"}, "status": {"phase": "Pending", "containerStatuses": [waiting]}}


class Cluster:
    def __init__(self, deployments, pods=()):
        self.answers = {"deployments": list(deployments), "pods": list(pods)}

    def get(self, path, _accept="", **query):
        if path == PATH:
            return GATEWAY
        if path.endswith(("deployments", "daemonsets")):
            assert query == {"labelSelector": "gateway.networking.k8s.io/gateway-name=public"}
        return {"items": self.answers.get(path.rpartition("/")[2], [])}


def wait(*deployments, pods=()):
    cluster: Any = Cluster(deployments, pods)
    return wait_until_ready(cluster, {PATH: GATEWAY}, 0)


def test_a_gateway_outside_of_the_cluster_is_ready_when_it_is_programmed():
    wait()


def test_a_gateway_whose_pods_run_is_ready():
    wait(deployment(**RUNS))


def test_a_gateway_without_running_pods_is_not_ready_and_explained():
    with pytest.raises(
        WaitTimeout,
        match="Gateway nginx-gateway/public is not ready after 0 seconds: Deployment nginx-gateway/public-nginx: "
        "2 of 2 replicas updated, 0 available; pod public-nginx-1: .*no such image",
    ):
        wait(deployment(**{**RUNS, "availableReplicas": 0}), pods=[pod("no such image")])


def test_a_data_plane_that_has_failed_is_not_waited_for():
    late = {"type": "Progressing", "reason": "ProgressDeadlineExceeded", "message": "timed out"}
    with pytest.raises(ResourceFailed, match="timed out"):
        wait(deployment(observedGeneration=1, conditions=[late]))
