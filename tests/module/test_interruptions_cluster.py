"""A call for a cluster, or for what is inside of one, that is killed after any of its changes is finished by the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.module.eks_foundation import OWNED, Foundation
from tests.module.interruptions import (
    Case,
    Options,
    in_aws,
    killed_again_and_again,
    killed_once_after_each_change,
    phases,
)
from tests.module.kubernetes_foundation import Cluster
from tests.support.standin import Standin

CHART = str(Path(__file__).parent / "charts" / "plain")
TERMS = {"trust_anchor_days": 100, "trust_anchor_renewal_days": 20, "issuer_days": 40, "issuer_renewal_days": 5}
KINDS = {
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
    "Secret": "/api/v1/namespaces/{}/secrets",
}


def eks_cluster(standin: Standin, name: str) -> Sequence[Options]:
    foundation = Foundation(standin)
    create = {
        "name": name,
        "role_arn": foundation.cluster_role_arn,
        "version": "1.34",
        "subnet_ids": foundation.subnet_ids,
        "log_types": ["api"],
        "authentication_mode": "API",
        "tags": OWNED,
    }
    change = {"version": "1.35", "public_access_cidrs": ["203.0.113.0/24"], "log_types": ["audit"], "tags": {**OWNED, "team": "a"}}
    return phases(create, change, {"deletion_protection": False})


def eks_node_group(standin: Standin, name: str) -> Sequence[Options]:
    foundation = Foundation(standin)
    create = {
        "cluster_name": foundation.cluster_for_nodes(),
        "name": name,
        "node_role_arn": foundation.node_role_arn,
        "subnet_ids": foundation.subnet_ids,
        "instance_types": ["m7i.large"],
        "min_size": 1,
        "max_size": 3,
        "volume_size_gib": 50,
        "tags": OWNED,
    }
    return phases(create, {"max_size": 5, "labels": {"team": "b"}, "volume_size_gib": 80, "tags": {**OWNED, "cost": "1"}})


def eks_addons(standin: Standin, _name: str) -> Sequence[Options]:
    cluster = Foundation(standin).cluster("interrupted-addons")
    addons = [{"name": "kube-proxy"}, {"name": "vpc-cni"}, {"name": "eks-pod-identity-agent"}]
    changed = [{"name": "kube-proxy", "configuration_values": {"resources": {"requests": {"cpu": "100m"}}}}, *addons[1:]]
    return phases({"cluster_name": cluster, "addons": addons, "tags": OWNED}, {"addons": changed, "tags": {**OWNED, "team": "a"}})


def inside(standin: Standin, namespace: str) -> dict[str, int]:
    """How many objects of each kind a namespace has, none without it; Kubernetes adds kube-root-ca.crt a moment after its creation."""
    kubernetes = Cluster(standin).kubernetes
    found = {kind: kubernetes.items(path.format(namespace)) for kind, path in KINDS.items()}
    return {kind: sum(item["metadata"]["name"] != "kube-root-ca.crt" for item in items) for kind, items in found.items()}


def kubernetes_objects(standin: Standin, name: str) -> Sequence[Options]:
    def objects(value: str) -> list[Options]:
        place = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        maps = [
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"map-{number}", "namespace": name}, "data": {"a": value}}
            for number in range(3)
        ]
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login", "namespace": name}, "stringData": {"a": value}}
        return [place, *maps, secret]

    create = {**Cluster(standin).options, "environment": name, "objects": objects("1")}
    return phases(create, {"objects": objects("2")})


def helm_release(standin: Standin, name: str) -> Sequence[Options]:
    cluster = Cluster(standin)
    values = {"image": "registry.example.com/app:1"}
    create = {**cluster.options, "environment": name, "name": name, "namespace": cluster.namespace(name), "chart": CHART, "values": values}
    return phases(create, {"values": {"image": "registry.example.com/app:2"}})


def linkerd_certificates(standin: Standin, name: str) -> Sequence[Options]:
    cluster = Cluster(standin)
    place = {"namespace": cluster.namespace(name), "secret_name": f"opta/{name}/linkerd/trust-anchor"}
    create = {**cluster.options, **place, **TERMS, "environment": name, "tags": {**OWNED, "opta:environment": name}}
    return phases(create, {"issuer_days": 80, "issuer_renewal_days": 45})  # the issuer has 40 days left


def of_nodes(standin: Standin, name: str) -> dict[str, int]:
    """Without the access entry of the nodes' role, which EKS makes with the first group and keeps."""
    found = in_aws("eks", "ec2")(standin, name)
    return {kind: found[kind] for kind in ("list_nodegroups", "describe_launch_templates")}


def of_mesh(standin: Standin, name: str) -> dict[str, int]:
    return {**inside(standin, name), **in_aws("secretsmanager")(standin, name)}


#: each life takes long
LONG = [Case("eks_cluster", eks_cluster, in_aws("eks")), Case("eks_node_group", eks_node_group, of_nodes)]
CASES = [
    Case("eks_addons", eks_addons, in_aws("eks")),
    Case("helm_release", helm_release, inside),
    Case("kubernetes_objects", kubernetes_objects, inside),
    Case("linkerd_certificates", linkerd_certificates, of_mesh),
]


@pytest.mark.parametrize(
    ("case", "least"), [*((case, 3) for case in CASES), *((case, 5) for case in LONG)], ids=lambda value: getattr(value, "module", None)
)
def test_runs_interrupted_after_each_change_are_completed(standin: Standin, unique: Callable[[str], str], case: Case, least: int) -> None:
    assert sum(killed_again_and_again(standin, case, unique)) >= least


@pytest.mark.kill_all
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.module)
def test_a_module_interrupted_after_any_change_is_completed_by_the_next_call(
    standin: Standin, unique: Callable[[str], str], case: Case
) -> None:
    assert killed_once_after_each_change(standin, case, unique) >= 1
