"""The module kubernetes_pod_disruption_budgets through Ansible, asked of the cluster's own API server and of EKS."""

from __future__ import annotations

import time

import pytest

from tests.module.eks_foundation import Foundation
from tests.module.kubernetes_foundation import Cluster
from tests.standin.aws.clock import DEFAULT_TIMES
from tests.support.standin import KUBERNETES as NAME
from tests.support.until import until

MODULE = "kubernetes_pod_disruption_budgets"
CONNECTION = ("cluster_name", "endpoint", "certificate_authority_data")
BUDGETS = "/apis/policy/v1"
DRAIN_SECONDS = 12.0


@pytest.fixture
def cluster(standin):
    return Cluster(standin)


@pytest.fixture
def remove(cluster, run_module):
    def run(**more):
        return run_module(MODULE, **{**{name: cluster.options[name] for name in CONNECTION}, **more})

    return run


@pytest.fixture
def budget(cluster):
    """Make a PodDisruptionBudget in a namespace, for pods that have its name as the label app."""

    def make(namespace, name, **limit):
        spec = {**(limit or {"maxUnavailable": 1}), "selector": {"matchLabels": {"app": name}}}
        path = f"{BUDGETS}/namespaces/{namespace}/poddisruptionbudgets"
        cluster.kubernetes.create(path, {"metadata": {"name": name}, "spec": spec})
        return f"{path}/{name}"

    return make


@pytest.fixture
def drained(standin, cluster, unique):
    """Make a node group of two nodes with two pods on them, delete it, and give the seconds that this took."""
    foundation = Foundation(standin)

    def run(namespace, name, before_deletion):
        group = unique("drained")
        size = {"minSize": 1, "maxSize": 2, "desiredSize": 2}
        request = {"clusterName": NAME, "nodegroupName": group, "nodeRole": foundation.node_role_arn, "scalingConfig": size}
        foundation.eks.create_nodegroup(**request, subnets=foundation.subnet_ids, labels={"only-for": group})
        labels = {"app": name}
        pod = {"nodeSelector": {"only-for": group}, "containers": [{"name": "main", "image": "registry.example.com/main:1"}]}
        spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
        deployments = f"/apis/apps/v1/namespaces/{namespace}/deployments"
        cluster.kubernetes.create(deployments, {"metadata": {"name": name}, "spec": spec})
        until(lambda: cluster.get(f"{deployments}/{name}")["status"].get("readyReplicas") == 2)
        until(lambda: foundation.eks.describe_nodegroup(clusterName=NAME, nodegroupName=group)["nodegroup"]["status"] == "ACTIVE")
        before_deletion()
        began = time.monotonic()
        foundation.eks.delete_nodegroup(clusterName=NAME, nodegroupName=group)
        until(lambda: group not in foundation.eks.list_nodegroups(clusterName=NAME)["nodegroups"])
        return time.monotonic() - began

    return run


def test_every_pod_disruption_budget_is_deleted(cluster, remove, budget, unique):
    paths = []
    for _ in range(2):
        namespace = cluster.namespace(unique("budgets"))
        paths += [budget(namespace, "web"), budget(namespace, "store", minAvailable="50%")]
    planned = remove(check_mode=True)
    assert all(cluster.get(path) for path in paths)
    done = remove()
    assert planned["actions"] == done["actions"]
    desired = {f"PodDisruptionBudget {path.split('/')[5]}/{path.split('/')[-1]}" for path in paths}
    assert desired <= {action["resource"] for action in done["actions"]}
    assert {action["action"] for action in done["actions"]} == {"delete"}
    assert done["diff"]["before"][f"PodDisruptionBudget {namespace}/store"] == {"minAvailable": "50%"}
    assert cluster.kubernetes.items(f"{BUDGETS}/poddisruptionbudgets") == []
    for check_mode in (True, False):
        again = remove(check_mode=check_mode)
        assert (again["changed"], again["actions"]) == (False, [])


def test_without_budgets_nodes_drain_before_the_timeout(standin, cluster, remove, budget, drained, unique):
    standin.set_times(eks_drain=DRAIN_SECONDS)
    namespace = cluster.namespace(unique("budgets"))
    budget(namespace, "kept")
    assert drained(namespace, "kept", lambda: None) >= DRAIN_SECONDS
    budget(namespace, "freed")
    assert drained(namespace, "freed", remove) < DRAIN_SECONDS
    standin.set_times(eks_drain=DEFAULT_TIMES["eks:drain"])


def test_a_cluster_that_does_not_answer_is_a_warning(remove):
    result = remove(endpoint="https://127.0.0.1:9")
    assert (result["changed"], result["actions"]) == (False, [])
    (warning,) = result["warnings"]
    assert "five minutes longer" in warning
    assert "does not respond" in warning


def test_a_plan_without_a_cluster_finds_no_budgets(remove):
    assert remove(endpoint="(known after apply)", check_mode=True)["actions"] == []
