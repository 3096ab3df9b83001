"""A field that somebody changes between our reading and our asking is not told as a change of ours."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.opta.platform.plugins.module_utils._kubernetes.apply import ApplyOptions, ObjectsReconciler

DESIRED: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "shop"}, "data": {"a": "1"}}


class Cluster:
    """An API server with one object, to which somebody adds a key just before the first dry run."""

    cluster_name = "tests"

    def __init__(self):
        self.stored = copy.deepcopy(DESIRED)
        self.stored["metadata"] |= {"resourceVersion": "1", "labels": {}}
        self.dry_runs = 0

    def get(self, path, **_query):
        if path == "/api/v1":
            return {"resources": [{"kind": "ConfigMap", "name": "configmaps", "namespaced": True}]}
        return copy.deepcopy(self.stored)

    def apply(self, path, body, manager, *, force=False, dry_run=False):
        assert dry_run, "nothing is to be written"
        self.dry_runs += 1
        if self.dry_runs == 1:
            self.stored["data"]["theirs"] = "2"
            self.stored["metadata"]["resourceVersion"] = "2"
        return copy.deepcopy(self.stored)


def test_concurrent_changes_of_others_are_not_reported_as_ours():
    cluster: Any = Cluster()
    (plan,) = ObjectsReconciler(cluster, ApplyOptions(wait=False)).apply([DESIRED])
    assert (plan.outcome.action, cluster.dry_runs) == (None, 2)
