"""Objects as users give them."""

from __future__ import annotations

import base64

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.discovery import (
    ApiKind,
    is_namespaced,
    kinds_of_definitions,
    path_of,
)
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.objects import (
    checked,
    holds,
    identity,
    in_order,
    not_ours,
    owned,
    refuse_duplicates,
)


def obj(kind="ConfigMap", name="a", namespace=None, api_version="v1", **more):
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **more}


def test_objects_are_ordered_by_dependency():
    kinds = ["MutatingWebhookConfiguration", "Deployment", "Service", "Boat", "Secret", "CustomResourceDefinition", "Namespace"]
    ordered = [entry["kind"] for entry in in_order([obj(kind) for kind in kinds])]
    assert ordered == [
        "Namespace",
        "CustomResourceDefinition",
        "Secret",
        "Service",
        "Deployment",
        "Boat",
        "MutatingWebhookConfiguration",
    ]


def test_lists_are_expanded_and_server_managed_fields_dropped():
    given = {"kind": "List", "items": [obj(status={"phase": "x"}), obj(name="b")]}
    given["items"][1]["metadata"]["resourceVersion"] = "5"
    found = checked([given])
    assert found == [obj(), obj(name="b")]
    assert given["items"][0]["status"] == {"phase": "x"}  # what was given stays as it is


def test_plain_text_of_a_secret_is_sent_as_data():
    found = checked([obj("Secret", stringData={"a": "ä"}, data={"b": "Yg=="})])[0]
    assert found["data"] == {"a": base64.b64encode("ä".encode()).decode(), "b": "Yg=="}
    assert "stringData" not in found


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("text", "must be a mapping"),
        ({"kind": "ConfigMap", "metadata": {"name": "a"}}, "requires apiVersion"),
        ({"apiVersion": "v1", "metadata": {"name": "a"}}, "requires kind"),
        ({"apiVersion": "v1", "kind": "ConfigMap"}, "requires metadata.name"),
        (obj("Secret", data={"k": "not base64"}), "must be base64"),
        (obj("Secret", stringData={"k": 1}), "must be a string"),
    ],
)
def test_invalid_objects_are_reported_with_their_position(given, words):
    with pytest.raises(PlatformError, match=words) as error:
        checked([obj(), given])
    assert "Secret a" in str(error.value) or "objects[2]" in str(error.value)


def test_the_same_object_twice_is_refused_whatever_its_version():
    refuse_duplicates([obj(), obj(name="b"), obj(namespace="x"), obj(api_version="apps/v1")])
    with pytest.raises(PlatformError, match="Boat x/a is listed twice"):
        refuse_duplicates([obj("Boat", namespace="x", api_version="e.com/v1"), obj("Boat", namespace="x", api_version="e.com/v2")])


def test_objects_are_marked_and_foreign_ones_recognized():
    marked = owned(obj(), "staging")
    assert marked["metadata"]["annotations"] == {"opta.platform/environment": "staging"}
    assert marked["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "opta.platform"}
    assert owned(obj(), None) == obj()
    assert not_ours(obj(), None) is None
    assert not_ours(marked, "staging") is None
    assert not_ours(marked, "production") == "it belongs to the environment staging"
    assert not_ours(obj(), "staging") == "it was not created by this collection"


def test_user_labels_are_kept():
    given = obj()
    given["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "me"}
    assert owned(given, "staging")["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "me"}


def test_the_identity_is_formatted_as_text():
    assert str(identity(obj(namespace="shop"))) == "ConfigMap shop/a"
    assert str(identity(obj("Namespace"))) == "Namespace a"


@pytest.mark.parametrize(
    ("api_version", "kind", "namespace", "expected"),
    [
        ("v1", "ConfigMap", None, True),
        ("v1", "Namespace", None, False),
        ("apps/v1", "Deployment", None, True),
        ("storage.k8s.io/v1", "StorageClass", None, False),
        ("rbac.authorization.k8s.io/v1", "Role", None, True),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", None, False),
        ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", None, False),
        ("example.com/v1", "Boat", "x", True),
        ("example.com/v1", "Boat", None, False),
    ],
)
def test_namespaced_built_in_kinds_are_known_without_a_request(api_version, kind, namespace, expected):
    assert is_namespaced(obj(kind, namespace=namespace, api_version=api_version)) is expected


def test_paths_of_namespaced_and_cluster_scoped_kinds():
    assert path_of(ApiKind("v1", "Secret", "secrets", True), "a", "b") == "/api/v1/namespaces/a/secrets/b"
    assert path_of(ApiKind("apps/v1", "Deployment", "deployments", True), "a") == "/apis/apps/v1/namespaces/a/deployments"
    assert path_of(ApiKind("v1", "Node", "nodes", False), "", "ip:1/x") == "/api/v1/nodes/ip%3A1%2Fx"


def test_kinds_of_a_custom_resource_definition_are_read():
    spec = {"group": "e.com", "scope": "Namespaced", "names": {"kind": "Boat", "plural": "boats"}, "versions": [{"name": "v1"}]}
    found = kinds_of_definitions([obj("CustomResourceDefinition", api_version="apiextensions.k8s.io/v1", spec=spec)])
    assert found == {("e.com/v1", "Boat"): ApiKind("e.com/v1", "Boat", "boats", True)}


def test_text_is_found_in_nested_values():
    assert holds({"a": [{"b": "arn (known after apply)/x"}]}, "(known after apply)")
    assert not holds({"a": [1, None, "x"]}, "(known after apply)")
