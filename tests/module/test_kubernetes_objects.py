"""The module kubernetes_objects through Ansible, asked of the cluster's own API server."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes import client
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.discovery import KINDS_OF_KUBERNETES, kind_of_kubernetes

from tests.module.kubernetes_foundation import Cluster
from tests.support.steps import plan_and_do, twelve_steps
from tests.support.until import until

MODULE = "kubernetes_objects"
SECRET_VALUE = "correct-horse-battery"


@pytest.fixture
def cluster(standin):
    return Cluster(standin)


@pytest.fixture
def namespace(cluster, unique):
    return cluster.namespace(unique("objects"))


@pytest.fixture
def apply(cluster, run_module):
    """Run the module with these objects."""

    def run(*objects, **more):
        return run_module(MODULE, **{**cluster.options, "objects": list(objects), **more})

    return run


def config_map(namespace, name="settings", **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


def secret(namespace, **data):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login", "namespace": namespace}, "stringData": data}


def deployment(namespace, replicas=1, image="registry.example.com/app:1", **annotations):
    pod = {"containers": [{"name": "app", "image": image}]}
    template = {"metadata": {"labels": {"app": "web"}, "annotations": annotations}, "spec": pod}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    if replicas is not None:
        spec["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": namespace}, "spec": spec}


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, cluster, run_module, unique):
    name = unique("twelve")
    place = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    path = f"/api/v1/namespaces/{name}/configmaps/settings"
    options = {**cluster.options, "environment": "staging", "objects": [config_map(name, a="1"), place]}
    changed = {**options, "objects": [config_map(name, a="2"), place]}

    def poll():
        found = cluster.get(path)
        return found and found["data"]

    # the namespace is there already when the update comes, and goes with the deletion
    seen = twelve_steps(standin, run_module, MODULE, options, changed, poll)
    assert seen == [{"a": "1"}, {"a": "2"}, None]
    assert cluster.get(f"/api/v1/namespaces/{name}") is None


@pytest.mark.parametrize("api_version", KINDS_OF_KUBERNETES)
def test_unspecified_fields_keep_the_values_of_the_api_server(cluster, api_version):
    listed = cluster.get(f"/{'apis' if '/' in api_version else 'api'}/{api_version}")["resources"]
    found = {entry["kind"]: (entry["name"], entry["namespaced"]) for entry in listed if "/" not in entry["name"]}
    for kind in KINDS_OF_KUBERNETES[api_version].split():
        taken = kind_of_kubernetes(api_version, kind)
        assert taken and (taken.plural, taken.namespaced) == found[kind]


def test_plan_names_each_object_and_field(apply, namespace):
    apply(config_map(namespace, a="1", b="1"))
    planned = apply(config_map(namespace, a="2", b="1"), deployment(namespace), check_mode=True)
    assert [(action["action"], action["resource"], action["attributes"]) for action in planned["actions"]] == [
        ("update", f"ConfigMap {namespace}/settings", ["data.a"]),
        ("create", f"Deployment {namespace}/web", ["metadata", "spec"]),
    ]
    assert planned["diff"]["before"] == {f"ConfigMap {namespace}/settings": {"data.a": "1"}}


def test_unchanged_objects_are_not_written(apply, cluster, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    apply(config_map(namespace, a="1"))
    before = cluster.writes(path)
    assert not apply(config_map(namespace, a="1"))["changed"]
    assert cluster.writes(path) == before


def test_a_field_that_is_no_longer_set_is_removed(apply, cluster, namespace):
    apply(config_map(namespace, a="1", b="1"))
    done = apply(config_map(namespace, a="1"))
    assert done["actions"][0]["attributes"] == ["data.b"]
    assert cluster.get(f"/api/v1/namespaces/{namespace}/configmaps/settings")["data"] == {"a": "1"}


def test_secret_data_is_never_shown(apply, cluster, namespace):
    first = apply(secret(namespace, password=SECRET_VALUE, user="anna-maria"))
    second = apply(secret(namespace, password=SECRET_VALUE[::-1], user="anna-maria"))
    refused = apply({**secret(namespace, password=SECRET_VALUE), "type": "Other"}, expect_failure=True)
    hidden = [SECRET_VALUE, SECRET_VALUE[::-1], "anna-maria"]
    hidden += [base64.b64encode(value.encode()).decode() for value in hidden]
    for result in (first, second, refused):
        assert not [value for value in hidden if value in json.dumps(result)]
    assert second["diff"]["before"] == {"data.password": "(secret)"}
    assert second["diff"]["after"] == {"data.password": "(secret, changed)"}
    assert second["actions"][0]["attributes"] == ["data.password"]
    found = cluster.get(f"/api/v1/namespaces/{namespace}/secrets/login")["data"]
    assert base64.b64decode(found["password"]).decode() == SECRET_VALUE[::-1]


def test_a_removed_secret_key_is_deleted(apply, cluster, namespace):
    apply(secret(namespace, a="one-value", b="other-value"))
    apply(secret(namespace, a="one-value"))
    assert list(cluster.get(f"/api/v1/namespaces/{namespace}/secrets/login")["data"]) == ["a"]


def test_unset_replicas_are_left_to_the_autoscaler(apply, cluster, namespace):
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/web"
    apply(deployment(namespace, replicas=None))
    cluster.kubernetes.merge(f"{path}/scale", {"spec": {"replicas": 2}})
    assert not apply(deployment(namespace, replicas=None))["changed"]
    assert cluster.get(path)["spec"]["replicas"] == 2


def test_fields_of_another_manager_are_refused_unless_forced(apply, cluster, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    apply(config_map(namespace, a="1"))
    cluster.kubernetes.call("PATCH", f"{path}?fieldManager=somebody", {"data": {"a": "9"}}, "application/merge-patch+json")
    for check_mode in (True, False):
        refused = apply(config_map(namespace, a="1"), check_mode=check_mode, expect_failure=True)
        assert "data.a is managed by somebody" in refused["msg"]
        assert "force_conflicts: true" in refused["msg"]
    assert cluster.get(path)["data"] == {"a": "9"}
    taken = apply(config_map(namespace, a="1"), force_conflicts=True)
    assert taken["diff"]["before"] == {"data.a": "9"}
    assert cluster.get(path)["data"] == {"a": "1"}


def test_a_replacement_is_planned_and_refused_unless_allowed(apply, cluster, namespace, unique):
    name = unique("class")
    storage = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}, "provisioner": "ebs.csi.aws.com"}
    path = f"/apis/storage.k8s.io/v1/storageclasses/{name}"
    apply({**storage, "parameters": {"type": "gp2"}})
    uid = cluster.get(path)["metadata"]["uid"]
    desired = {**storage, "parameters": {"type": "gp3"}}
    planned = apply(desired, check_mode=True)
    assert planned["actions"] == [
        {"action": "replace", "resource": f"StorageClass {name}", "attributes": ["parameters.type"], "allowed": False}
    ]
    assert "allow_replacement: true" in apply(desired, expect_failure=True)["msg"]
    assert cluster.get(path)["metadata"]["uid"] == uid
    assert apply(desired, allow_replacement=True)["actions"][0]["allowed"]
    found = cluster.get(path)
    assert (found["parameters"], found["metadata"]["uid"] != uid) == ({"type": "gp3"}, True)
    apply({**storage}, state="absent")


def test_a_custom_resource_definition_and_its_object_are_created_in_one_call(standin, cluster, run_module, apply, unique):
    kind = "Boat" + unique("x").replace("-", "")
    plural, group = kind.lower() + "s", "example.com"
    names = {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"}
    schema = {
        "openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"sails": {"type": "integer"}}}}}
    }
    versions = [{"name": "v1", "served": True, "storage": True, "schema": schema}]
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": "Cluster", "names": names, "versions": versions},
    }
    boat = {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": "optimist"}, "spec": {"sails": 1}}
    # in another task of the same run, in check mode, the kind is not there yet
    assert apply(boat, check_mode=True)["actions"][0]["action"] == "create"
    assert "apply its CustomResourceDefinition first" in apply(boat, expect_failure=True)["msg"]
    plan_and_do(standin, run_module, MODULE, "create", **cluster.options, objects=[boat, definition])
    assert cluster.get(f"/apis/{group}/v1/{plural}/optimist")["spec"] == {"sails": 1}
    plan_and_do(standin, run_module, MODULE, "delete", **cluster.options, objects=[boat, definition], state="absent")
    assert cluster.get(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.{group}") is None


def test_objects_of_another_environment_are_refused_unless_adopted(apply, cluster, namespace):
    apply(config_map(namespace, a="1"))
    for desired in (config_map(namespace, a="2"),):
        refused = apply(desired, environment="staging", expect_failure=True)
        assert "it was not created by this collection" in refused["msg"]
    apply(config_map(namespace, a="2"), environment="staging", adopt=True)
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    metadata = cluster.get(path)["metadata"]
    assert metadata["annotations"]["opta.platform/environment"] == "staging"
    assert metadata["labels"]["app.kubernetes.io/managed-by"] == "opta.platform"
    for state in ("present", "absent"):
        refused = apply(config_map(namespace, a="3"), environment="production", state=state, expect_failure=True)
        assert "it belongs to the environment staging" in refused["msg"]
    assert cluster.get(path)["data"] == {"a": "2"}


def test_failing_pods_are_explained(apply, namespace):
    broken = deployment(namespace, **{"standin/fail": "crash", "standin/logs": "no database at 10.0.0.9"})
    failed = apply(broken, wait_timeout=8, expect_failure=True)
    assert f"Deployment {namespace}/web is not ready after 8 seconds" in failed["msg"]
    assert "CrashLoopBackOff" in failed["msg"]
    assert "no database at 10.0.0.9" in failed["msg"]


def test_the_operation_of_another_run_is_waited_for(apply, cluster, namespace):
    desired = deployment(namespace, image="nowhere.invalid/app:1")
    assert apply(desired, wait=False)["changed"]
    failed = apply(desired, wait_timeout=8, expect_failure=True)
    assert "ImagePullBackOff" in failed["msg"] or "ErrImagePull" in failed["msg"]


def test_configured_conditions_are_waited_for(apply, namespace):
    condition = {"kind": "Deployment", "type": "Available"}
    apply(deployment(namespace), wait_conditions=[condition])
    failed = apply(deployment(namespace), wait_conditions=[{**condition, "status": "False"}], wait_timeout=2, expect_failure=True)
    assert "condition Available is True" in failed["msg"]


def test_object_that_is_being_deleted_is_created_again(apply, cluster, namespace):
    held = config_map(namespace, a="1")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    apply(held)
    assert "has the finalizers example.com/hold" in apply(held, state="absent", wait_timeout=2, expect_failure=True)["msg"]
    assert apply(config_map(namespace, a="1"), check_mode=True)["actions"][0]["action"] == "create"
    cluster.kubernetes.merge(path, {"metadata": {"finalizers": None}})
    until(lambda: cluster.get(path) is None)
    assert apply(config_map(namespace, a="1"))["actions"][0]["action"] == "create"


def test_a_plan_without_a_cluster_makes_no_calls(standin, cluster, run_module, unique):
    before = standin.mark()
    unknown = {**cluster.options, "endpoint": "(known after apply)", "certificate_authority_data": "(known after apply)"}
    objects = [config_map("shop", a="1"), {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}]
    planned = run_module(MODULE, check_mode=True, **unknown, objects=objects)
    assert [(action["action"], action["resource"]) for action in planned["actions"]] == [
        ("create", "Namespace shop"),
        ("create", "ConfigMap shop/settings"),
    ]
    assert standin.requests(before) == []
    assert "does not exist yet" in run_module(MODULE, expect_failure=True, **unknown, objects=objects)["msg"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-"}}, "requires metadata.name"),
        ({"kind": "ConfigMap", "metadata": {"name": "a"}}, "requires apiVersion"),
        ({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"key": "no base64!"}}, "data.key must be base64"),
        ({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": {"key": 5}}, "stringData.key must be a string"),
        (
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "not-there"}},
            "namespace not-there does not exist",
        ),
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "Not_A_Name"}}, "ConfigMap default/Not_A_Name"),
    ],
)
def test_bad_input_is_reported_in_one_sentence(apply, wrong, words):
    refused = apply(wrong, expect_failure=True)
    assert words in refused["msg"]
    assert "Traceback" not in refused["msg"]


def test_an_unreachable_endpoint_is_reported(apply, namespace, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 2.0)
    refused = apply(config_map(namespace), endpoint="https://127.0.0.1:9", expect_failure=True)
    assert "does not respond" in refused["msg"]


def test_a_caller_without_access_entry_reads_what_is_missing(apply, namespace, monkeypatch):
    monkeypatch.setattr(client, "ACCESS_ENTRY_SECONDS", 1.0)
    refused = apply(config_map(namespace), cluster_name="another-cluster", expect_failure=True)
    assert "access entry" in refused["msg"]
