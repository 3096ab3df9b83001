"""A namespace stays as long as anything runs or keeps data in it; what charts leave behind does not keep it."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.custom_resources import custom_kinds
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.namespace_use import LISTS
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.namespace_users import SELECTED, NamespaceUsers

RELEASE = {"meta.helm.sh/release-name": "datadog", "meta.helm.sh/release-namespace": "monitoring"}
KEPT = {**RELEASE, "helm.sh/resource-policy": "keep"}
GATEWAY = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "name": "public", "controller": True}
PLURALS = {LISTS[kind].rpartition("/")[2]: kind for kind in SELECTED}


def item(name, annotations=None, owner=None, **metadata):
    return {"metadata": {"name": name, "annotations": annotations or {}, "ownerReferences": [owner] if owner else [], **metadata}}


def group(name, version, freshness="Current", **resources):
    """A group as aggregated discovery answers it. resources: plural: (kind, scope, verbs)."""
    found = [
        {"resource": plural, "responseKind": {"kind": kind}, "scope": scope, "verbs": verbs}
        for plural, (kind, scope, verbs) in resources.items()
    ]
    return {"metadata": {"name": name}, "versions": [{"version": version, "freshness": freshness, "resources": found}]}


class Cluster:
    """Answers for the lists of one namespace, and for its Gateway, which goes with the release."""

    cluster_name = "opta-staging"

    def __init__(self, **lists):
        self.lists = lists

    def get(self, path, *_accept, **query):
        last = path.rpartition("/")[2]
        if path == "/apis":
            return {"items": [group("example.com", "v1", widgets=("Widget", "Namespaced", ["list", "delete"]))]}
        if last == "widgets":
            return {"items": self.lists.get(last, [])}
        if path.endswith("gateways/public"):
            return item("public", RELEASE)
        if path.endswith("gateway.networking.k8s.io/v1"):
            return {"resources": [{"kind": "Gateway", "name": "gateways", "namespaced": True}]}
        assert query == SELECTED[PLURALS[last]]
        return {"items": self.lists.get(last, [])}


def users(gone=(), **lists):
    return NamespaceUsers(Cluster(**lists), "monitoring", gone).named()  # type: ignore[arg-type]


@pytest.mark.parametrize("plural", [plural for plural in PLURALS if plural != "secrets"])
def test_workloads_and_data_retain_the_namespace(plural):
    assert users(**{plural: [item("web")]}) == [f"{PLURALS[plural]} web"]


def test_a_helm_release_retains_the_namespace():
    labelled = [item(f"sh.helm.release.v1.web.v{number}", labels={"name": "web", "owner": "helm"}) for number in (1, 2)]
    assert users(secrets=labelled) == ["helm release web"]
    assert users(["monitoring/web"], secrets=labelled) == []


def test_owned_and_terminating_objects_are_not_counted():
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "controller": True}
    assert users(pods=[item("web-1-x", owner=owner), item("old", deletionTimestamp="2026-11-29T00:00:00Z")]) == []


def test_a_plan_excludes_objects_deleted_with_a_release():
    lists = {"deployments": [item("agent", RELEASE), item("public-nginx", owner=GATEWAY)], "persistentvolumeclaims": [item("data", KEPT)]}
    assert users(["monitoring/datadog"], **lists) == ["PersistentVolumeClaim data"]
    assert users(["other/datadog"], **lists) == ["Deployment agent", "Deployment public-nginx", "PersistentVolumeClaim data"]


def test_custom_resources_retain_the_namespace_unless_deleted_with_others():
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    lists = [item("mine"), item("of-release", RELEASE), item("owned", owner=owner), item("old", deletionTimestamp="2026-11-29T00:00:00Z")]
    assert users(widgets=lists) == ["Widget mine", "Widget of-release"]
    assert users(["monitoring/datadog"], widgets=lists) == ["Widget mine"]


def test_kinds_are_those_that_the_server_stores_in_namespaces():
    class Server:
        def get(self, path, accept):
            assert (path, "APIGroupDiscoveryList" in accept) == ("/apis", True)
            stored, read = ["create", "delete", "list"], ["get", "list"]
            groups = [
                group("apps", "v1", deployments=("Deployment", "Namespaced", stored)),
                group("metrics.k8s.io", "v1beta1", pods=("PodMetrics", "Namespaced", read)),
                group("example.com", "v2", widgets=("Widget", "Namespaced", stored), worlds=("World", "Cluster", stored)),
                group("away.example.com", "v1", "Stale", things=("Thing", "Namespaced", stored)),
            ]
            older = group("example.com", "v1", widgets=("Widget", "Namespaced", stored), gears=("Gear", "Namespaced", stored))
            groups[2]["versions"] += older["versions"]
            return {"items": groups}

    kinds = [(kind.api_version, kind.kind, kind.plural) for kind in custom_kinds(Server())]  # type: ignore[arg-type]
    assert kinds == [("example.com/v2", "Widget", "widgets"), ("example.com/v1", "Gear", "gears")]
