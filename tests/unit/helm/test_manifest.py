"""What charts render, and how two renders differ."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._helm.manifest import changes, objects_of, without_unstable

TEXT = """
---
# Source: a/templates/all.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  since: 2026-01-01
  sign: =
  mode: "0644"
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: a
---
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata: {name: a, namespace: other}
    data: {x: b25l}
"""


def render(**secret):
    lines = "".join(f"  {key}: {value}\n" for key, value in secret.items())
    return objects_of(f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n{lines}", "shop")


def test_namespaced_objects_get_the_namespace_of_the_release():
    assert [str(name) for name in objects_of(TEXT, "shop")] == ["ConfigMap shop/a", "ClusterRole a", "Secret other/a"]


def test_yaml_is_parsed_like_kubernetes():
    data = next(iter(objects_of(TEXT, "shop").values()))["data"]
    assert data == {"since": "2026-01-01", "sign": "=", "mode": "0644"}


def test_invalid_yaml_is_reported():
    with pytest.raises(PlatformError, match="invalid YAML"):
        objects_of("a: [", "shop")


def test_changes_are_computed_for_each_object():
    found = changes(objects_of(TEXT, "shop"), {**render(x="b25l"), **objects_of(TEXT.replace("2026-01-01", "2027-01-01"), "shop")})
    assert {str(name): change.action for name, change in found.items()} == {"Secret shop/a": "create", "ConfigMap shop/a": "update"}
    assert changes(objects_of(TEXT, "shop"), objects_of(TEXT, "shop")) == {}
    gone = changes(objects_of(TEXT, "shop"), {})
    assert {change.action for change in gone.values()} == {"delete"}


def test_secrets_of_a_release_are_masked():
    change = next(iter(changes(render(x="b25l"), render(x="dHdv")).values()))
    assert change.shown() == ({"data.x": "(secret)"}, {"data.x": "(secret, changed)"})
    whole = next(iter(changes({}, render(x="b25l")).values()))
    assert whole.shown()[1]["data"] == {"x": "(secret)"}


def test_fields_that_differ_between_two_renders_are_ignored_and_reported():
    stored, one, other = render(key="b25l", user="YQ=="), render(key="dHdv", user="Yg=="), render(key="dGhyZWU=", user="Yg==")
    kept, ignored = without_unstable(changes(stored, one), one, other)
    assert [list(change.fields) for change in kept.values()] == [["data.user"]]
    assert ignored == ["Secret shop/a data.key"]


def test_an_object_that_differs_only_in_random_fields_is_unchanged():
    stored, one, other = render(key="b25l"), render(key="dHdv"), render(key="dGhyZWU=")
    assert without_unstable(changes(stored, one), one, other) == ({}, ["Secret shop/a data.key"])


def test_random_fields_do_not_hide_created_or_deleted_objects():
    one, other = render(key="dHdv"), render(key="dGhyZWU=")
    kept, ignored = without_unstable(changes({}, one), one, other)
    assert ([change.action for change in kept.values()], ignored) == (["create"], [])
