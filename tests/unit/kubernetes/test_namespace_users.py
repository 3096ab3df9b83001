"""A namespace stays as long as anything runs or keeps data in it; what charts leave behind does not keep it."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.namespace_use import LISTS
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.namespace_users import SELECTED, Users

RELEASE = {"meta.helm.sh/release-name": "datadog", "meta.helm.sh/release-namespace": "monitoring"}
KEPT = {**RELEASE, "helm.sh/resource-policy": "keep"}
GATEWAY = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "name": "public", "controller": True}
PLURALS = {LISTS[kind].rpartition("/")[2]: kind for kind in SELECTED}


def item(name, annotations=None, owner=None, **metadata):
    return {"metadata": {"name": name, "annotations": annotations or {}, "ownerReferences": [owner] if owner else [], **metadata}}


class Cluster:
    """Answers for the lists of one namespace, and for its Gateway, which goes with the release."""

    cluster_name = "opta-staging"

    def __init__(self, **lists):
        self.lists = lists

    def get(self, path, *_accept, **query):
        last = path.rpartition("/")[2]
        if path.endswith("gateways/public"):
            return item("public", RELEASE)
        if path.endswith("gateway.networking.k8s.io/v1"):
            return {"resources": [{"kind": "Gateway", "name": "gateways", "namespaced": True}]}
        assert query == SELECTED[PLURALS[last]]
        return {"items": self.lists.get(last, [])}


def users(gone=(), **lists):
    return Users(Cluster(**lists), "monitoring", gone).named()  # type: ignore[arg-type]


@pytest.mark.parametrize("plural", [plural for plural in PLURALS if plural != "secrets"])
def test_everything_that_runs_or_keeps_data_keeps_the_namespace(plural):
    assert users(**{plural: [item("web")]}) == [f"{PLURALS[plural]} web"]


def test_a_release_keeps_it_by_its_name():
    labelled = [item(f"sh.helm.release.v1.web.v{number}", labels={"name": "web", "owner": "helm"}) for number in (1, 2)]
    assert users(secrets=labelled) == ["helm release web"]
    assert users(["monitoring/web"], secrets=labelled) == []


def test_what_belongs_to_something_counted_or_is_ending_does_not_count_again():
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "controller": True}
    assert users(pods=[item("web-1-x", owner=owner), item("old", deletionTimestamp="2026-11-29T00:00:00Z")]) == []


def test_a_plan_leaves_out_what_goes_with_a_release():
    lists = {"deployments": [item("agent", RELEASE), item("public-nginx", owner=GATEWAY)], "persistentvolumeclaims": [item("data", KEPT)]}
    assert users(["monitoring/datadog"], **lists) == ["PersistentVolumeClaim data"]
    assert users(["other/datadog"], **lists) == ["Deployment agent", "Deployment public-nginx", "PersistentVolumeClaim data"]
