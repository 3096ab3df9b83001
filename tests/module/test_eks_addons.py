"""eks_addons on the stand-in: several add-ons through their life, and what one that fails does to the others. AWS tells the truth."""

from __future__ import annotations

import json

import pytest

from tests.module.eks_foundation import OWNED, Foundation
from tests.support.standin import TIMES

NAMES = ("kube-proxy", "vpc-cni", "eks-pod-identity-agent")


@pytest.fixture
def foundation(standin):
    return Foundation(standin)


@pytest.fixture
def cluster(foundation, unique):
    return foundation.cluster(unique("several-addons"))


def found(foundation, cluster):
    """AWS's own word about every add-on of a cluster, by name."""
    names = foundation.eks.list_addons(clusterName=cluster)["addons"]
    return {name: foundation.eks.describe_addon(clusterName=cluster, addonName=name)["addon"] for name in names}


def test_several_addons_are_created_updated_and_deleted(standin, run_module, foundation, cluster):
    addons = [{"name": name} for name in NAMES]
    options = {"cluster_name": cluster, "addons": addons, "tags": OWNED}
    planned = run_module("eks_addons", check_mode=True, **options)
    assert found(foundation, cluster) == {}
    made = run_module("eks_addons", **options)
    assert made["actions"] == planned["actions"]
    assert [addon["name"] for addon in made["addons"]] == list(NAMES)
    truth = found(foundation, cluster)
    assert set(truth) == set(NAMES)
    assert {addon["status"] for addon in truth.values()} == {"ACTIVE"}
    assert all(addon["tags"].items() >= OWNED.items() for addon in truth.values())

    mark = standin.mark()
    assert run_module("eks_addons", **options)["actions"] == []
    assert run_module("eks_addons", check_mode=True, **options)["actions"] == []
    assert standin.mutating(mark) == []

    values = {"resources": {"requests": {"cpu": "50m"}}}
    changed = {**options, "addons": [{"name": "kube-proxy", "configuration_values": values}, *addons[1:]]}
    planned = run_module("eks_addons", check_mode=True, **changed)
    done = run_module("eks_addons", **changed)
    assert done["actions"] == planned["actions"]
    assert [(action["resource"], action["attributes"]) for action in done["actions"]] == [
        (f"EKS add-on {cluster}/kube-proxy", ["configuration_values"])
    ]
    assert json.loads(found(foundation, cluster)["kube-proxy"]["configurationValues"]) == values

    absent = {**options, "state": "absent"}
    planned = run_module("eks_addons", check_mode=True, **absent)
    assert set(found(foundation, cluster)) == set(NAMES)
    assert run_module("eks_addons", **absent)["actions"] == planned["actions"]
    assert found(foundation, cluster) == {}
    assert run_module("eks_addons", **absent)["actions"] == []
    assert run_module("eks_addons", check_mode=True, **absent)["actions"] == []


def test_addons_are_created_in_parallel_and_waited_for_only_if_configured(standin, run_module, foundation, cluster):
    standin.set_times(eks_addon=3)
    try:
        begun = run_module("eks_addons", cluster_name=cluster, addons=[{"name": name} for name in NAMES], tags=OWNED, wait=False)
        assert {addon["status"] for addon in begun["addons"]} == {"CREATING"}
        assert {addon["status"] for addon in found(foundation, cluster).values()} == {"CREATING"}
        addons = [{"name": "kube-proxy"}, {"name": "vpc-cni", "wait": False}]
        waited = run_module("eks_addons", cluster_name=cluster, addons=addons, tags=OWNED)
        assert waited["addons"][0]["status"] == "ACTIVE"
        assert waited["actions"] == []
    finally:
        standin.set_times(eks_addon=TIMES["eks:addon"])


def test_a_failed_addon_does_not_block_the_others(run_module, foundation, cluster):
    addons = [{"name": "kube-proxy", "addon_version": "v0.0.1-eksbuild.1"}, {"name": "vpc-cni"}]
    failed = run_module("eks_addons", expect_failure=True, cluster_name=cluster, addons=addons, tags=OWNED)
    assert "kube-proxy" in failed["msg"] or "v0.0.1-eksbuild.1" in failed["msg"]
    assert found(foundation, cluster)["vpc-cni"]["status"] == "ACTIVE"
