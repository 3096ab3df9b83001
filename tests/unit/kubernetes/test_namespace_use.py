"""A namespace stays as long as others use it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.namespace_use import LISTS, is_of_others, others

OURS = {"app.kubernetes.io/instance": "hello"}
ITEMS = {
    "of another service": ("Deployment", {"name": "web", "labels": {"app.kubernetes.io/instance": "other"}}, True),
    "without labels": ("Secret", {"name": "by-hand"}, True),
    "of ours": ("Deployment", {"name": "hello", "labels": {**OURS, "more": "x"}}, False),
    "of every namespace": ("ConfigMap", {"name": "kube-root-ca.crt"}, False),
    "the account of every namespace": ("ServiceAccount", {"name": "default"}, False),
    "something else called default": ("Secret", {"name": "default"}, True),
    "helm's record": ("Secret", {"name": "sh.helm.release.v1.hello.v1", "labels": {"owner": "helm", "name": "hello"}}, False),
}


@pytest.mark.parametrize(("kind", "metadata", "expected"), ITEMS.values(), ids=ITEMS)
def test_objects_of_others_are_recognized(kind, metadata, expected):
    assert is_of_others(kind, {"metadata": metadata}, OURS) is expected


def test_every_namespaced_list_is_read():
    class Cluster:
        asked: list[str] = []

        def get(self, path, accept):
            if path == "/apis":
                return {}
            self.asked.append(path)
            return {"items": [{"metadata": {"name": "web"}}]} if path.endswith("/cronjobs") else {"items": []}

    cluster: Any = Cluster()
    assert others(cluster, "shop", OURS) == ["CronJob web"]
    assert sorted(cluster.asked) == sorted(path.format("shop") for path in LISTS.values())


def test_a_foreign_custom_resource_retains_the_namespace():
    stored = [{"resource": "widgets", "responseKind": {"kind": "Widget"}, "scope": "Namespaced", "verbs": ["list", "delete"]}]
    discovered = {"items": [{"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "resources": stored}]}]}

    class Cluster:
        def get(self, path, accept):
            if path == "/apis":
                return discovered
            ours = {"metadata": {"name": "ours", "labels": OURS}}
            return {"items": [ours, {"metadata": {"name": "theirs"}}] if path == "/apis/example.com/v1/namespaces/shop/widgets" else []}

    cluster: Any = Cluster()
    assert others(cluster, "shop", OURS) == ["Widget theirs"]
