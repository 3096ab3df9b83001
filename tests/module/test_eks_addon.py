"""eks_addon on the stand-in: through its life, and what it refuses. AWS is asked for the truth."""

from __future__ import annotations

import json

import pytest

from tests.module.eks_foundation import OWNED, Foundation


@pytest.fixture
def foundation(standin):
    return Foundation(standin)


@pytest.fixture
def truth(foundation):
    """AWS's own word about an add-on; None when there is none."""

    def ask(options):
        try:
            return foundation.eks.describe_addon(clusterName=options["cluster_name"], addonName=options["name"])["addon"]
        except foundation.eks.exceptions.ResourceNotFoundException:
            return None

    return ask


def addon_versions(foundation, name, kubernetes_version):
    """All versions of an add-on for a minor, and the default one."""
    found = foundation.eks.describe_addon_versions(addonName=name, kubernetesVersion=kubernetes_version)["addons"][0]["addonVersions"]
    default = [v["addonVersion"] for v in found if any(c["defaultVersion"] for c in v["compatibilities"])]
    return [v["addonVersion"] for v in found], default[0]


def test_an_addon_is_created_updated_and_deleted(standin, run_module, foundation, truth):
    role = foundation.role("module-tests-cni")
    options = {"cluster_name": foundation.cluster(), "name": "vpc-cni", "service_account_role_arn": role, "tags": OWNED}
    options["configuration_values"] = {"env": {"ENABLE_PREFIX_DELEGATION": "true"}}
    run_module("eks_addon", cluster_name=options["cluster_name"], name="vpc-cni", state="absent")
    planned = run_module("eks_addon", check_mode=True, **options)
    assert truth(options) is None
    made = run_module("eks_addon", **options)
    assert made["actions"] == planned["actions"]
    found = truth(options)
    _all, default = addon_versions(foundation, "vpc-cni", "1.34")
    assert (found["status"], found["addonVersion"]) == ("ACTIVE", default)
    assert planned["addon"]["addon_version"] == default
    assert found["serviceAccountRoleArn"] == role
    assert json.loads(found["configurationValues"]) == options["configuration_values"]
    assert found["tags"].items() >= OWNED.items()

    mark = standin.mark()
    assert run_module("eks_addon", **options)["actions"] == []
    assert run_module("eks_addon", check_mode=True, **options)["actions"] == []
    assert standin.mutating(mark) == []

    changed = {**options, "configuration_values": {"env": {"WARM_IP_TARGET": "2"}}, "tags": {**OWNED, "team": "a"}}
    planned = run_module("eks_addon", check_mode=True, **changed)
    assert json.loads(truth(options)["configurationValues"]) == options["configuration_values"]
    done = run_module("eks_addon", **changed)
    assert done["actions"] == planned["actions"]
    assert sorted(done["actions"][0]["attributes"]) == ["configuration_values", "tags"]
    found = truth(options)
    assert json.loads(found["configurationValues"]) == changed["configuration_values"]
    assert found["serviceAccountRoleArn"] == role
    assert run_module("eks_addon", **changed)["actions"] == []
    assert run_module("eks_addon", check_mode=True, **changed)["actions"] == []

    absent = {"cluster_name": options["cluster_name"], "name": "vpc-cni", "state": "absent", "tags": OWNED}
    planned = run_module("eks_addon", check_mode=True, **absent)
    assert truth(options) is not None
    assert run_module("eks_addon", **absent)["actions"] == planned["actions"]
    assert truth(options) is None
    assert run_module("eks_addon", **absent)["actions"] == []
    assert run_module("eks_addon", check_mode=True, **absent)["actions"] == []


def test_a_version_is_kept_until_the_clusters_minor_version_changes(run_module, foundation, truth, unique):
    options = {"cluster_name": foundation.cluster(), "name": "kube-proxy", "tags": OWNED}
    run_module("eks_addon", **options)
    everything, default = addon_versions(foundation, "kube-proxy", "1.34")
    other = next(version for version in everything if version != default)
    run_module("eks_addon", addon_version=other, **options)
    assert truth(options)["addonVersion"] == other
    assert run_module("eks_addon", **options)["actions"] == []
    foreseen = run_module("eks_addon", check_mode=True, kubernetes_version="1.35", **options)
    assert foreseen["diff"]["after"]["addon_version"] == addon_versions(foundation, "kube-proxy", "1.35")[1]
    run_module("eks_addon", cluster_name=options["cluster_name"], name="kube-proxy", state="absent")


def test_a_self_managed_installation_is_overwritten_unless_disabled(run_module, foundation, unique, truth):
    cluster = foundation.cluster(unique("self-managed"), bootstrapSelfManagedAddons=True)
    options = {"cluster_name": cluster, "name": "kube-proxy", "tags": OWNED}
    failed = run_module("eks_addon", expect_failure=True, resolve_conflicts_on_create="NONE", **options)
    assert "ConfigurationConflict" in failed["msg"] and "OVERWRITE" in failed["msg"]
    run_module("eks_addon", cluster_name=cluster, name="kube-proxy", state="absent", preserve=True)
    run_module("eks_addon", **options)
    assert truth(options)["status"] == "ACTIVE"
    run_module("eks_addon", cluster_name=cluster, name="kube-proxy", state="absent")
    run_module("eks_cluster", name=cluster, state="absent")


def test_an_addon_of_another_environment_is_refused(run_module, foundation):
    options = {"cluster_name": foundation.cluster(), "name": "eks-pod-identity-agent"}
    run_module("eks_addon", tags={**OWNED, "opta:environment": "production"}, **options)
    refused = run_module("eks_addon", expect_failure=True, tags=OWNED, **options)
    assert "belongs to the environment production" in refused["msg"]
    run_module("eks_addon", tags=OWNED, adopt=True, **options)
    run_module("eks_addon", state="absent", tags=OWNED, **options)
