"""A change of one input is predicted by the plan, done by the run, and then nothing is left to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.environment.described import PUBLIC, union
from tests.support import collection
from tests.support.playbooks import Run
from tests.support.standin import Standin

GROUP = {"name": "default", "instance_types": ["t3.large"], "min_size": 3, "max_size": 9}
CACHE = {"name": "main", "node_type": "cache.t4g.micro"}
SERVICES = "hello,worker,staging"

#: what changes, the extra variables, and the resource and attributes that must be among the actions; each stands on those before
ENVIRONMENT_CASES: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("version", {"eks_version": "1.35"}, ("EKS cluster opta-staging", "version")),
    ("cidr list", {"eks_endpoint_public_cidr_blocks": ["192.0.2.0/24"]}, ("EKS cluster opta-staging", "public_access_cidrs")),
    ("logging", {"eks_log_types": ["api", "audit"]}, ("EKS cluster opta-staging", "log_types")),
    ("log retention", {"eks_log_retention_days": 90}, ("log group /aws/eks/opta-staging/cluster", "retention_in_days")),
    ("node count", {"eks_node_groups": [{**GROUP, "min_size": 4, "max_size": 8}]}, ("EKS node group", "min_size")),
    ("label", {"eks_node_groups": [{**GROUP, "labels": {"team": "payments"}}]}, ("EKS node group", "labels")),
    (
        "taint",
        {"eks_node_groups": [{**GROUP, "taints": [{"key": "team", "value": "payments", "effect": "PREFER_NO_SCHEDULE"}]}]},
        ("EKS node group", "taints"),
    ),
    ("nat mode", {"network_nat_mode": "per_zone"}, ("NAT gateway", "subnet_id")),
    ("nat mode back", {"network_nat_mode": "single"}, ("NAT gateway", "")),
    ("flow logs off", {"network_flow_logs_enabled": False}, ("flow log", "")),
    (
        "cache node type",
        {"elasticache_replication_groups": [{**CACHE, "node_type": "cache.t4g.small"}]},
        ("cache replication group opta-staging-cache-main", "node_type"),
    ),
    (
        "cache parameter",
        {"elasticache_replication_groups": [{**CACHE, "parameters": {"timeout": 60}}]},
        ("cache parameter group opta-staging-cache-main", "parameters"),
    ),
    ("tags", {"opta_tags": {"cost-centre": "42"}}, ("EKS cluster opta-staging", "tags")),
    (
        "bucket",
        {"s3_buckets": [{"name": "uploads", "public_access": "read", "versioning_enabled": True}]},
        ("S3 bucket opta-staging-bucket-uploads", "public_access"),
    ),
    ("bucket private", {"s3_buckets": [{"name": "uploads"}]}, ("S3 bucket opta-staging-bucket-uploads", "public_access")),
    (
        "certificate names",
        {"dns_cert_subject_alternative_names": ["*.api.staging.example.com"]},
        ("ACM certificate staging.example.com", "subject_alternative_names"),
    ),
    ("certificate key", {"dns_cert_key_algorithm": "EC_prime256v1"}, ("ACM certificate staging.example.com", "key_algorithm")),
]


@pytest.fixture(scope="module")
def living(empty: Standin, play: Callable[..., Run]) -> Standin:
    play("env", eks_version="1.34")
    return empty


def only_its_role(variables: dict[str, Any]) -> tuple[str, ...]:
    """The tag of the role whose input changes; none for an input of all. Whole runs are compared with their plans in test_first_path."""
    roles = [role for role in collection.ORDER if any(name.startswith(f"{role}_") for name in variables)]
    return ("--tags", roles[0]) if roles else ()


def assert_predicted_and_done(play: Callable[..., Run], playbook: str, expected: tuple[str, str], limit: str, variables: Any) -> None:
    tags = only_its_role(variables)
    planned = union(play(playbook, *tags, check=True, limit=limit, **variables))
    done = union(play(playbook, *tags, limit=limit, **variables))
    assert planned == done
    kind, attribute = expected
    assert any(resource.startswith(kind) and attribute in attributes for _host, _action, resource, attributes in done), done
    assert union(play(playbook, *tags, limit=limit, check=True, **variables)) == set()


@pytest.mark.parametrize(("variables", "expected"), [case[1:] for case in ENVIRONMENT_CASES], ids=[case[0] for case in ENVIRONMENT_CASES])
def test_a_change_of_an_environment(
    living: Standin, play: Callable[..., Run], variables: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert_predicted_and_done(play, "env", expected, "staging", variables)


def test_an_admin_is_added_and_removed(living: Standin, play: Callable[..., Run]) -> None:
    iam = living.client("iam")
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = iam.create_role(RoleName="platform", Path="/teams/", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    entry = (f"EKS access entry opta-staging/{arn}", "")
    assert_predicted_and_done(play, "env", entry, "staging", {"eks_admin_principal_arns": [arn]})
    assert arn in living.client("eks").list_access_entries(clusterName="opta-staging")["accessEntries"]
    assert_predicted_and_done(play, "env", entry, "staging", {"eks_admin_principal_arns": []})
    assert arn not in living.client("eks").list_access_entries(clusterName="opta-staging")["accessEntries"]


def test_t5_what_the_autoscaler_sets_is_left_alone(living: Standin, play: Callable[..., Run]) -> None:
    eks = living.client("eks")
    scaling = eks.describe_nodegroup(clusterName="opta-staging", nodegroupName="default")["nodegroup"]["scalingConfig"]
    eks.update_nodegroup_config(
        clusterName="opta-staging", nodegroupName="default", scalingConfig={"desiredSize": scaling["desiredSize"] + 1}
    )
    eks.get_waiter("nodegroup_active").wait(clusterName="opta-staging", nodegroupName="default", WaiterConfig={"Delay": 1})
    assert play("env", "--tags", "eks").changed() == []


def test_a_replacement_is_announced_and_refused(living: Standin, play: Callable[..., Run]) -> None:
    changed = {"eks_node_groups": [{**GROUP, "instance_types": ["m6i.large"]}]}
    planned = union(play("env", check=True, **changed))
    assert any(action == "replace" and "instance_types" in attributes for _host, action, _resource, attributes in planned)
    mark = living.mark()
    refused = play("env", fails=True, **changed)
    assert "allow_replacement" in refused.failure()
    assert [operation for operation in living.mutating(mark) if "odegroup" in operation] == []


@pytest.fixture(scope="module")
def services(living: Standin, play: Callable[..., Run]) -> Standin:
    play("service", limit=SERVICES)
    return living


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({"opta_service_tag": "1.30"}, ("helm release", "image"), id="image"),
        pytest.param(
            {"opta_service_environment_variables": {"GREETING": "good day"}}, ("helm release", "GREETING"), id="environment variable"
        ),
        pytest.param({"opta_service_secrets": {"TOKEN": "s3cret-of-the-test"}}, ("Secret hello/hello", ""), id="secret value"),
        pytest.param(PUBLIC, ("helm release", "Ingress hello/hello-"), id="public address"),
    ],
)
def test_a_change_of_a_service(services: Standin, play: Callable[..., Run], variables: dict[str, Any], expected: tuple[str, str]) -> None:
    assert_predicted_and_done(play, "service", expected, "hello,staging", variables)


def test_a_secret_value_is_shown_nowhere(services: Standin, play: Callable[..., Run]) -> None:
    secret = "another-s3cret-of-the-test"
    shown = play("service", "-vvv", check=True, limit="hello,staging", opta_service_secrets={"TOKEN": secret})
    done = play("service", "-vvv", limit="hello,staging", opta_service_secrets={"TOKEN": secret})
    command_line = f'"TOKEN": "{secret}"'  # as given on the command line of this test
    for run in (shown, done):
        assert secret not in run.output.replace(command_line, "")
