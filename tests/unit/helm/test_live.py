"""What helm would set back is not confused with what a controller did while it was asked."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.opta.platform.plugins.module_utils._helm.live import Live
from ansible_collections.opta.platform.plugins.module_utils._helm.manifest import objects_of

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: a
spec:
  paused: false
"""
SCALED = [{"manager": "kube-controller-manager", "subresource": "scale"}]


class Cluster:
    """An API server with one Deployment; between: what somebody does to it after it was first read."""

    def __init__(self, between):
        self.stored = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "a", "resourceVersion": "1", "managedFields": []},
            "spec": {"paused": False, "replicas": 1},
        }
        self._between = between

    def get(self, path, **_query):
        if path == "/apis/apps/v1":
            return {"resources": [{"kind": "Deployment", "name": "deployments", "namespaced": True}]}
        return copy.deepcopy(self.stored)

    def apply(self, path, body, manager, *, force=False, dry_run=False):
        assert force
        if not dry_run:
            self.stored["spec"] |= body["spec"]
            return self.stored
        between, self._between = self._between, {}
        if between:
            self.stored["spec"] |= between
            self.stored["metadata"] |= {"resourceVersion": "2", "managedFields": SCALED}
        after = copy.deepcopy(self.stored)
        after["spec"] |= body["spec"]
        return after


@pytest.mark.parametrize(("between", "found"), [({}, []), ({"replicas": 2}, []), ({"replicas": 2, "paused": True}, ["spec.paused"])])
def test_a_controller_that_scales_meanwhile_is_no_drift(between, found):
    drift = Live(Cluster(between), objects_of(MANIFEST, "shop"), "shop").drift()
    assert [field for change in drift.values() for field in change.fields] == found


def test_what_helm_left_of_a_drift_is_set_back():
    cluster = Cluster({"paused": True})
    live = Live(cluster, objects_of(MANIFEST, "shop"), "shop")
    live.set_back()
    assert cluster.stored["spec"] == {"paused": False, "replicas": 1}
    assert live.drift() == {}
