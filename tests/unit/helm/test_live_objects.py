"""What helm would set back is not confused with what a controller did while it was asked."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._helm.live_objects import LiveObjects
from ansible_collections.opta.platform.plugins.module_utils._helm.manifest import changes, objects_of

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
        self.stored: dict[str, Any] = {
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
def test_concurrent_scaling_by_a_controller_is_not_drift(between, found):
    cluster: Any = Cluster(between)
    drift = LiveObjects(cluster, objects_of(MANIFEST, "shop"), "shop").drift()
    assert [field for change in drift.values() for field in change.fields] == found


def test_remaining_drift_is_reverted():
    cluster: Any = Cluster({"paused": True})
    live = LiveObjects(cluster, objects_of(MANIFEST, "shop"), "shop")
    live.set_back()
    assert cluster.stored["spec"] == {"paused": False, "replicas": 1}
    assert live.drift() == {}


CLAIMS = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: kept}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: gone}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: index, namespace: search}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
"""


class Claims:
    """An API server whose objects are all of the release store; one is annotated to be kept, one is gone."""

    def get(self, path, **_query):
        if path == "/api/v1":
            kinds = {"PersistentVolumeClaim": "persistentvolumeclaims", "ConfigMap": "configmaps"}
            return {"resources": [{"kind": kind, "name": name, "namespaced": True} for kind, name in kinds.items()]}
        name = path.rpartition("/")[2]
        annotations = {"meta.helm.sh/release-name": "store", "meta.helm.sh/release-namespace": "shop"}
        annotations |= {"helm.sh/resource-policy": "keep"} if name == "kept" else {}
        namespace = "search" if "/namespaces/search/" in path else "shop"
        return None if name == "gone" else {"metadata": {"name": name, "namespace": namespace, "annotations": annotations}}


def test_claims_deleted_by_an_upgrade_are_listed():
    before = objects_of(CLAIMS, "shop")
    cluster: Any = Claims()
    live = LiveObjects(cluster, before, "shop")
    assert live.going_claims(changes(before, {}), "store", "shop") == ["data", "search/index"]
    assert live.going_claims(changes(before, before), "store", "shop") == []
    assert live.going_claims(changes(before, {}), "another", "shop") == []
