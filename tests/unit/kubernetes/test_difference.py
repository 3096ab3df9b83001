"""Differences between two states of an object, and how they are shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.diff import (
    LAST_APPLIED,
    MISSING,
    content,
    differences,
    shortened,
    shown,
    shown_differences,
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, {}),
        ({"a": 1}, {"a": True}, {"a": (1, True)}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a.b": (1, 2)}),
        ({"a": {"x.y/z": 1}}, {"a": {"x.y/z": 2}}, {"a[x.y/z]": (1, 2)}),
        ({"a": 1}, {}, {"a": (1, MISSING)}),
        ({}, {"a": 1}, {"a": (MISSING, 1)}),
        ({"l": [{"name": "a", "v": 1}, {"name": "b"}]}, {"l": [{"name": "a", "v": 2}, {"name": "b"}]}, {"l[a].v": (1, 2)}),
        ({"l": [{"name": "a"}]}, {"l": [{"name": "a"}, {"name": "b"}]}, {"l[b]": (MISSING, {"name": "b"})}),
        (
            {"l": [{"name": "a"}, {"name": "b"}]},
            {"l": [{"name": "b"}, {"name": "a"}]},
            {"l": ([{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}])},
        ),
        ({"l": ["a", "b"]}, {"l": ["a", "c"]}, {"l[1]": ("b", "c")}),
        ({"l": ["a"]}, {"l": ["a", "c"]}, {"l": (["a"], ["a", "c"])}),
        ({"l": [{"port": 80}, {"port": 80}]}, {"l": [{"port": 80}, {"port": 81}]}, {"l[1].port": (80, 81)}),
    ],
)
def test_differences_name_single_fields(before, after, expected):
    assert differences(before, after) == expected


def test_server_managed_fields_are_ignored():
    metadata = {"name": "a", "uid": "1", "resourceVersion": "2", "generation": 3, "managedFields": [], "creationTimestamp": "x"}
    assert content({"kind": "A", "metadata": metadata, "status": {}}) == {"kind": "A", "metadata": {"name": "a"}}


def test_secrets_are_masked_on_both_sides():
    def made(**data):
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"annotations": {LAST_APPLIED: json.dumps(data)}}, "data": data}

    before, after = made(a="b25l", gone="dHdv"), made(a="dGhyZWU=", new="Zm91cg==")
    fields = differences(before, after)
    left, right = shown_differences(before, after, fields)
    assert left == {"data.a": "(secret)", "data.gone": "(secret)", f"metadata.annotations[{LAST_APPLIED}]": "(secret)"}
    assert right == {"data.a": "(secret, changed)", "data.new": "(secret)", f"metadata.annotations[{LAST_APPLIED}]": "(secret, changed)"}
    assert shown(before)["data"] == {"a": "(secret)", "gone": "(secret)"}
    assert LAST_APPLIED not in shown(before)["metadata"]["annotations"]


def test_new_secret_data_is_masked():
    before = {"apiVersion": "v1", "kind": "Secret", "metadata": {}}
    after = {**before, "data": {"a": "b25l"}}
    assert shown_differences(before, after, differences(before, after)) == ({}, {"data": "(secret)"})


def test_config_maps_are_shown():
    before = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}, "data": {"a": "1"}}
    after = {**before, "data": {"a": "2"}}
    assert shown_differences(before, after, differences(before, after)) == ({"data.a": "1"}, {"data.a": "2"})


def test_long_texts_are_truncated_but_their_changes_detected():
    one, other = shortened({"l": ["x" * 5000]}), shortened({"l": ["x" * 4999 + "y"]})
    assert len(json.dumps(one)) < 300
    assert one != other
    assert "5000 characters" in one["l"][0]


def test_schemas_of_custom_resource_definitions_are_omitted():
    spec = {"versions": [{"name": "v1", "schema": {"openAPIV3Schema": {}}}]}
    given: dict[str, Any] = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {}, "spec": spec}
    assert shown(given)["spec"]["versions"] == [{"name": "v1"}]
    assert "schema" in given["spec"]["versions"][0]
