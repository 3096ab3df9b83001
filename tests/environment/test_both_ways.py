"""Every module through Ansible gives the same result in the worker and as a process of its own, and shows no secret."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Mapping
from typing import Any

import pytest

from tests.module.database_foundation import Databases
from tests.module.eks_foundation import Foundation
from tests.module.kubernetes_foundation import TAGS as OWNED
from tests.module.kubernetes_foundation import Cluster
from tests.support import collection
from tests.support.playbooks import Playbooks, Run
from tests.support.standin import REGION, Standin

ORDINARY = {"OPTA_IN_PROCESS": "0"}
ENVIRONMENT = "both-ways"
SECRET = "s3cret-of-the-test"
TAGS = {"opta:environment": ENVIRONMENT, "opta:role": "network", "opta:name": "both-ways"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
}
PLAY = {
    "name": "Both ways",
    "hosts": "all",
    "gather_facts": False,
    "vars": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, "opta_region": REGION},
}
OF_AWS = {"group/opta.platform.aws": {"region": REGION}}
LOUD = ("--diff", "-vvv")
#: one with each kind of client, and one that prints nothing of its secret
SOME = ("cloudwatch_log_group", "environment_info", "helm_release", "kubernetes_objects", "vpc_network")
BEGIN_IN_THE_CONTROLLER = ("preflight", "environment_info")
CHART = str(collection.ROOT / "tests" / "module" / "charts" / "plain")
#: made and removed for real, with a name that decides all that is returned
REALLY: dict[str, dict[str, Any]] = {
    "cloudwatch_log_group": {"name": "/both-ways", "retention_in_days": 30},
    "s3_bucket": {"name": "both-ways-of-a-test"},
    "ecr_repository": {"name": "both-ways/of-a-test"},
    "iam_oidc_provider": {"url": "https://both.ways.example.com/id"},
}


def of_aws() -> dict[str, dict[str, Any]]:
    """What modules are asked that need nothing in the account."""
    accounts = [{"namespace": "a", "name": "b"}]
    provider = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/BOTHWAYS"
    return {
        "acm_certificate": {"domain_name": "both-ways.example.com"},
        "dns_delegation_info": {"name": "both-ways.example.com", "name_servers": "(known after apply)"},
        "ecr_image_info": {"repository_name": "none", "image_tag": "1"},
        "environment_iam_roles": {"environment": ENVIRONMENT, "roles": ["eks"]},
        "environment_info": {"environment": ENVIRONMENT},
        "external_dns_records": {"zone_id": "Z0123456789ABCDEFGHIJ", "owner_id": "both-ways"},
        "iam_role": {"name": "both-ways", "assume_role_policy": TRUST, "tags": TAGS},
        "iam_service_linked_roles": {"services": ["spot.amazonaws.com"]},
        "irsa_role": {"name": "both-ways", "oidc_provider_arn": provider, "service_accounts": accounts, "tags": TAGS},
        "kms_key": {"name": "both-ways", "tags": TAGS},
        "preflight": {"roles": ["network"]},
        "retained_resources": {"environment": ENVIRONMENT, "state": "absent"},
        "route53_zone": {"name": "both-ways.example.com", "tags": TAGS},
        "store_secrets_info": {"environment": ENVIRONMENT, "kind": "aurora"},
        "vpc_network": {"name": "both-ways", "cidr_block": "10.0.0.0/16", "zone_count": 2, "nat_mode": "single", "tags": TAGS},
    }


def of_stores(databases: Databases) -> dict[str, dict[str, Any]]:
    common = databases.options("both-ways", "aurora")
    shared = ("name", "vpc_id", "subnet_ids", "allowed_cidr_blocks", "secret_name", "tags")
    cache = {name: value for name, value in common.items() if name in shared}
    return {
        "aurora_cluster": {**common, "engine_version": "17", "database_name": "app"},
        "documentdb_cluster": {**common, "engine_version": "5.0"},
        "elasticache_replication_group": {**cache, "node_type": "cache.t4g.micro", "kms_key_arn": common["kms_key_id"]},
    }


def of_eks(foundation: Foundation, name: str) -> dict[str, dict[str, Any]]:
    """Of a cluster that stands."""
    network = {"subnet_ids": foundation.subnet_ids}
    return {
        "eks_access_entry": {"cluster_name": name, "principal_arn": "arn:aws:iam::123456789012:role/both-ways"},
        "eks_addon": {"cluster_name": name, "name": "coredns", "configuration_values": {"replicaCount": 3}},
        "eks_addons": {"cluster_name": name, "addons": [{"name": "coredns"}, {"name": "kube-proxy"}], "tags": OWNED},
        "eks_administrators": {"cluster_name": name, "principal_arns": [foundation.cluster_role_arn], "tags": OWNED},
        "eks_cluster": {"name": name, "log_types": ["api"], "tags": OWNED},
        "eks_cluster_info": {"name": name},
        "eks_node_group": {
            **network,
            "cluster_name": name,
            "name": "both-ways",
            "node_role_arn": foundation.node_role_arn,
            "instance_types": ["m7i.large"],
            "min_size": 1,
            "max_size": 3,
            "tags": OWNED,
        },
        "eks_volumes": {"cluster_name": name},
        "kubernetes_load_balancers": {"cluster_name": name, "state": "absent"},
    }


def of_kubernetes() -> dict[str, dict[str, Any]]:
    """Inside of that cluster."""
    place = {"namespace": "default", "name": "both-ways"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": place, "stringData": {"token": SECRET}}
    release = {**place, "chart": CHART, "values": {"image": "registry.example.com/app:1"}}
    return {
        "custom_resource_definitions": {"name": "gateway-api", "state": "absent", "environment": ENVIRONMENT},
        "helm_release": {**release, "environment": ENVIRONMENT},
        "helm_releases": {"releases": [release], "environment": ENVIRONMENT},
        "kubernetes_objects": {"objects": [secret], "environment": ENVIRONMENT},
        "kubernetes_pod_disruption_budgets": {},
        "kubernetes_routes_info": {},
        "kubernetes_volume_claims": {"namespace": "default", "match_labels": {"app": "both-ways"}},
        "linkerd_certificates": {"environment": ENVIRONMENT, "secret_name": "opta/both-ways/linkerd/trust-anchor"},
    }


def lasting(result: Any) -> Any:
    """A result without what an API server makes anew for each question."""
    if isinstance(result, dict):
        return {key: lasting(value) for key, value in result.items() if key not in ("creationTimestamp", "uid", "time")}
    return [lasting(item) for item in result] if isinstance(result, list) else result


def planned(asked: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": f"Plan {module}", f"opta.platform.{module}": {**given}, "check_mode": True} for module, given in asked.items()]


def really() -> list[dict[str, Any]]:
    return [
        {"name": f"Have {module} {state}", f"opta.platform.{module}": {**options, "state": state, "tags": TAGS}}
        for module, options in REALLY.items()
        for state in ("present", "absent")
    ]


@pytest.fixture(scope="module")
def play(standin: Standin, playbooks: Playbooks) -> Callable[..., Run]:
    """Runs the tasks of all modules, or of some."""
    cluster = Cluster(standin)
    reached = {key: cluster.options[key] for key in ("cluster_name", "endpoint", "certificate_authority_data")}
    eks = of_eks(Foundation(standin), reached["cluster_name"])
    tasks = [*planned({**of_aws(), **of_stores(Databases(standin)), **eks, **of_kubernetes()}), *really()]

    def run(modules: Collection[str], **settings: Any) -> Run:
        chosen = [task for task in tasks if any(f"opta.platform.{module}" in task for module in modules)]
        return playbooks.play(
            {**PLAY, "module_defaults": {**OF_AWS, "group/opta.platform.kubernetes": reached}, "tasks": chosen}, *LOUD, **settings
        )

    return run


@pytest.fixture(scope="module")
def here(play: Callable[..., Run]) -> Run:
    """All modules in the worker."""
    return play(collection.modules())


@pytest.fixture(
    scope="module", params=[pytest.param(SOME, id="some"), pytest.param(tuple(collection.modules()), id="all", marks=pytest.mark.processes)]
)
def modules(request: pytest.FixtureRequest) -> Collection[str]:
    """Those that run as processes, too."""
    return request.param


@pytest.fixture(scope="module")
def process(play: Callable[..., Run], here: Run, modules: Collection[str]) -> Run:
    """The same as processes of their own."""
    return play(modules, environment=ORDINARY)


def module_of(task: Mapping[str, Any]) -> str:
    return task["action"].removeprefix("opta.platform.")


def with_a_difference(run: Run) -> list[Mapping[str, Any]]:
    return [task for task in run.tasks if task["status"] == "changed" and task["result"].get("diff")]


def test_both_ways_to_run_modules_return_the_same_results(here: Run, process: Run, modules: Collection[str]) -> None:
    assert (here.returncode, process.returncode) == (0, 0), here.failure() or process.failure()
    chosen = [task for task in here.tasks if module_of(task) in modules]
    assert [task["task"] for task in chosen] == [task["task"] for task in process.tasks]
    for ours, theirs in zip(chosen, process.tasks, strict=True):
        assert (ours["status"], lasting(ours["result"])) == (theirs["status"], lasting(theirs["result"])), ours["task"]


def test_every_module_is_compared(here: Run) -> None:
    assert {module_of(task) for task in here.tasks} == set(collection.modules())


def test_modules_run_in_the_requested_way(here: Run, process: Run) -> None:
    told = "runs as a separate process"
    assert told not in here.output
    assert process.output.count(told) >= sum(module_of(task) not in BEGIN_IN_THE_CONTROLLER for task in process.tasks)


def test_differences_between_both_ways_are_printed(here: Run, process: Run) -> None:
    assert len(with_a_difference(here)) > len(collection.modules()) / 2
    for run in (here, process):
        for task in with_a_difference(run):
            header = task["result"]["diff"]["before_header"]
            assert f"--- before: {header}" in run.output, task["task"]


def test_no_secret_is_printed(here: Run, process: Run) -> None:
    for run in (here, process):
        assert SECRET not in run.output
        assert SECRET not in json.dumps(run.tasks)
