"""A Secret's id: another one whenever the data changes, and the same otherwise."""

from __future__ import annotations

import copy
import uuid

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.apply import ApplyOptions, ObjectsReconciler

ANNOTATION = "example.com/generation"
PATH = "/api/v1/namespaces/shop/secrets/login"


def secret(**data):
    metadata = {"name": "login", "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}


class Cluster:
    """An API server with at most one object, which belongs to us alone: what is applied is what it then is."""

    cluster_name = "tests"

    def __init__(self):
        self.stored = None
        self.writes = 0

    def get(self, path, **_query):
        if path == "/api/v1":
            return {"resources": [{"kind": kind, "name": f"{kind.lower()}s", "namespaced": True} for kind in ("Secret", "ConfigMap")]}
        return copy.deepcopy(self.stored)

    def apply(self, path, body, manager, *, force=False, dry_run=False):
        after = copy.deepcopy(body)
        after["metadata"]["uid"] = "1"
        if not dry_run:
            self.stored = after
            self.writes += 1
        return copy.deepcopy(after)


@pytest.fixture
def cluster():
    return Cluster()


def reconcile(cluster, obj, **options):
    (plan,) = ObjectsReconciler(cluster, ApplyOptions(generation_annotation=ANNOTATION, wait=False, **options)).apply([obj])
    return plan


def generation(plan):
    return plan.result["metadata"]["annotations"][ANNOTATION]


def test_the_generation_is_random_and_kept_while_data_is_unchanged(cluster):
    first = generation(reconcile(cluster, secret(a="MQ==")))
    assert str(uuid.UUID(first)) == first
    again = reconcile(cluster, secret(a="MQ=="))
    assert (again.outcome.action, generation(again), cluster.writes) == (None, first, 1)


@pytest.mark.parametrize("data", [{"a": "Mg=="}, {}, {"a": "MQ==", "b": "MQ=="}])
def test_changed_data_get_a_new_generation_in_the_same_write(cluster, data):
    first = generation(reconcile(cluster, secret(a="MQ==")))
    changed = reconcile(cluster, secret(**data))
    assert changed.outcome.action == "update"
    assert generation(changed) != first
    assert (cluster.stored["metadata"]["annotations"][ANNOTATION], cluster.writes) == (generation(changed), 2)


def test_reverted_data_get_a_new_generation(cluster):
    seen = {generation(reconcile(cluster, secret(a=value))) for value in ("MQ==", "Mg==", "MQ==")}
    assert len(seen) == 3, "an id that returned would tell that the data are the same as before"


def test_a_changed_label_keeps_the_generation(cluster):
    first = generation(reconcile(cluster, secret(a="MQ==")))
    labelled = secret(a="MQ==")
    labelled["metadata"]["labels"] = {"x": "y"}
    changed = reconcile(cluster, labelled)
    assert (changed.outcome.action, generation(changed)) == ("update", first)


def test_a_plan_reports_the_generation_as_known_after_apply(cluster):
    assert generation(reconcile(cluster, secret(a="MQ=="), check_mode=True)) == "(known after apply)"
    reconcile(cluster, secret(a="MQ=="))
    planned = reconcile(cluster, secret(a="Mg=="), check_mode=True)
    done = reconcile(cluster, secret(a="Mg=="))
    assert generation(planned) == "(known after apply)"
    assert planned.outcome.as_action() == done.outcome.as_action()
    assert cluster.writes == 2


def test_a_plan_without_a_cluster_reports_the_generation_as_known_after_apply(cluster):
    (plan,) = ObjectsReconciler(None, ApplyOptions(generation_annotation=ANNOTATION, check_mode=True)).apply([secret(a="MQ==")])
    assert generation(plan) == "(known after apply)"


def test_a_secret_without_generation_gets_one(cluster):
    (plan,) = ObjectsReconciler(cluster, ApplyOptions(wait=False)).apply([secret(a="MQ==")])
    assert "annotations" not in plan.result["metadata"]
    later = reconcile(cluster, secret(a="MQ=="))
    assert later.outcome.action == "update" and uuid.UUID(generation(later))


def test_other_kinds_have_no_generation(cluster):
    plan = reconcile(cluster, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "login", "namespace": "shop"}})
    assert "annotations" not in plan.result["metadata"]
