"""Changes of inputs are predicted by the plan, done by the run, and then nothing is left to do. Each test needs those before."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.environment.conftest import UNPROTECTED, staging_arguments
from tests.environment.killing import AfterItsCall, run_and_kill
from tests.environment.observed import PUBLIC, left_in_aws, union
from tests.support.playbooks import Playbooks, Run
from tests.support.standin import Standin

GROUP = {"name": "default", "instance_types": ["t3.large"], "min_size": 3, "max_size": 9}
TAINT = {"key": "team", "value": "payments", "effect": "PREFER_NO_SCHEDULE"}
CERTIFICATE, CLUSTER, BUCKET = "ACM certificate staging.example.com", "EKS cluster opta-staging", "S3 bucket opta-staging-bucket-uploads"
ADMINISTRATOR = "arn:aws:iam::123456789012:role/teams/platform"
SECRET = "s3cret-of-the-test"
#: the beginning of a resource's name, and an attribute (or a part of one) that must be among those of its actions
Expected = list[tuple[str, str]]

#: inputs of every role
CHANGES: list[tuple[dict[str, Any], Expected]] = [
    ({"eks_version": "1.35"}, [(CLUSTER, "version"), ("EKS node group", "version")]),
    ({"eks_endpoint_public_cidr_blocks": ["192.0.2.0/24"]}, [(CLUSTER, "public_access_cidrs")]),
    ({"eks_log_types": ["api", "audit"]}, [(CLUSTER, "log_types")]),
    ({"eks_log_retention_days": 90}, [("log group /aws/eks/opta-staging/cluster", "retention_in_days")]),
    (
        {"eks_node_groups": [{**GROUP, "min_size": 4, "max_size": 8, "labels": {"team": "payments"}, "taints": [TAINT]}]},
        [("EKS node group", attribute) for attribute in ("min_size", "max_size", "labels", "taints")],
    ),
    ({"eks_admin_principal_arns": [ADMINISTRATOR]}, [(f"EKS access entry opta-staging/{ADMINISTRATOR}", "")]),
    ({"network_nat_mode": "per_zone"}, [("NAT gateway", "subnet_id")]),
    ({"network_flow_logs_enabled": False}, [("flow log", "")]),
    (
        {
            "elasticache_replication_groups": [
                {"name": "main", "node_type": "cache.t4g.small", "parameters": {"timeout": 60}},
            ]
        },
        [
            ("cache replication group opta-staging-cache-main", "node_type"),
            ("cache parameter group opta-staging-cache-main", "parameters"),
        ],
    ),
    ({"opta_tags": {"cost-centre": "42"}}, [(CLUSTER, "tags"), (BUCKET, "tags"), (CERTIFICATE, "tags")]),
    ({"s3_buckets": [{"name": "uploads", "public_access": "read", "versioning_enabled": True}]}, [(BUCKET, "public_access")]),
    ({"dns_cert_subject_alternative_names": ["*.api.staging.example.com"]}, [(CERTIFICATE, "subject_alternative_names")]),
]
#: and some of them back, beside a replacement
BACK: list[tuple[dict[str, Any], Expected]] = [
    ({"eks_admin_principal_arns": []}, [(f"EKS access entry opta-staging/{ADMINISTRATOR}", "")]),
    ({"network_nat_mode": "single"}, [("NAT gateway", "")]),
    ({"s3_buckets": [{"name": "uploads"}]}, [(BUCKET, "public_access")]),
    ({"dns_cert_key_algorithm": "EC_prime256v1"}, [(CERTIFICATE, "key_algorithm")]),
]
SERVICE: list[tuple[dict[str, Any], Expected]] = [
    ({"opta_service_tag": "1.30"}, [("helm release", "image")]),
    ({"opta_service_environment_variables": {"GREETING": "good day"}}, [("helm release", "GREETING")]),
    ({"opta_service_secrets": {"TOKEN": SECRET}}, [("Secret hello/hello", "")]),
    (PUBLIC, [("helm release", "Ingress hello/hello-")]),
]


def kill(ansible: Playbooks, standin: Standin, playbook: str, operation: str, *, whole_group: bool, **variables: Any) -> None:
    """Begin a run, and kill it by its first call of an operation."""
    reached = AfterItsCall(standin, operation)
    assert run_and_kill(ansible, staging_arguments(playbook, variables), reached, whole_group=whole_group), f"it ended before {operation}"


@pytest.fixture(scope="module")
def living(empty: Standin, ansible: Playbooks, play: Callable[..., Run]) -> Standin:
    """Its creation was killed in the middle, and finished."""
    kill(ansible, empty, "env", "CreateNodegroup", whole_group=True, eks_version="1.34")
    play("env", eks_version="1.34")
    return empty


@pytest.fixture(scope="module")
def administrator(living: Standin) -> str:
    """The ARN of a role that somebody has made."""
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = living.client("iam").create_role(RoleName="platform", Path="/teams/", AssumeRolePolicyDocument=trust)["Role"]
    assert made["Arn"] == ADMINISTRATOR
    return ADMINISTRATOR


def administrators(standin: Standin) -> list[str]:
    return standin.client("eks").list_access_entries(clusterName="opta-staging")["accessEntries"]


def desired_size(standin: Standin) -> int:
    group = standin.client("eks").describe_nodegroup(clusterName="opta-staging", nodegroupName="default")["nodegroup"]
    return group["scalingConfig"]["desiredSize"]


def predicted_and_done(
    play: Callable[..., Run],
    playbook: str,
    changes: list[tuple[dict[str, Any], Expected]],
    *arguments: str,
    limit: str = "staging",
    superseded: str = "",
) -> list[Run]:
    """Plan, run, plan again, with all these changes; returns the first two runs.

    superseded: the beginning of a resource that a later run deletes, once nothing uses it any more.
    """
    variables = {name: value for inputs, _expected in changes for name, value in inputs.items()}
    runs = [play(playbook, *arguments, check=True, limit=limit, **variables), play(playbook, *arguments, limit=limit, **variables)]
    planned, done = map(union, runs)
    assert planned == done
    for resource, attribute in (pair for _inputs, expected in changes for pair in expected):
        assert any(each.startswith(resource) and attribute in attributes for _host, _action, each, attributes in done), (resource, done)
    left = union(play(playbook, *arguments, check=True, limit=limit, **variables))
    assert {each for each in left if not (superseded and each[1] == "delete" and each[2].startswith(superseded))} == set()
    return runs


def test_a_version_that_skips_a_minor_is_refused_before_anything_is_changed(living: Standin, play: Callable[..., Run]) -> None:
    mark = living.mark()
    assert 'set "1.35" first' in play("env", fails=True, eks_version="1.36").failure()
    assert living.mutating(mark) == []


def test_changes_of_every_role_which_leave_alone_what_the_autoscaler_has_set(
    living: Standin, play: Callable[..., Run], administrator: str
) -> None:
    more = desired_size(living) + 1
    eks = living.client("eks")
    eks.update_nodegroup_config(clusterName="opta-staging", nodegroupName="default", scalingConfig={"desiredSize": more})
    eks.get_waiter("nodegroup_active").wait(clusterName="opta-staging", nodegroupName="default", WaiterConfig={"Delay": 1})
    predicted_and_done(play, "env", CHANGES)
    assert desired_size(living) == more
    assert administrator in administrators(living)


def test_changes_back_beside_a_replaced_certificate(living: Standin, play: Callable[..., Run], administrator: str) -> None:
    predicted_and_done(play, "env", BACK, superseded=CERTIFICATE)
    assert administrator not in administrators(living)


def test_a_replacement_is_announced_and_refused(living: Standin, play: Callable[..., Run]) -> None:
    changed = {"eks_node_groups": [{**GROUP, "instance_types": ["m6i.large"]}]}
    planned = union(play("env", "--tags", "eks", check=True, **changed))
    assert any(action == "replace" and "instance_types" in attributes for _host, action, _resource, attributes in planned)
    mark = living.mark()
    refused = play("env", "--tags", "eks", fails=True, **changed)
    assert "allow_replacement" in refused.failure()
    assert [operation for operation in living.mutating(mark) if "odegroup" in operation] == []


def test_changes_of_a_service_whose_secret_is_shown_nowhere(living: Standin, play: Callable[..., Run]) -> None:
    play("service", limit="hello,staging")
    command_line = f'"TOKEN": "{SECRET}"'  # as given on the command line of this test
    for run in predicted_and_done(play, "service", SERVICE, "-vvv", limit="hello,staging"):
        assert SECRET not in run.output.replace(command_line, "")


def test_a_destruction_that_is_killed_in_its_middle_is_finished(living: Standin, ansible: Playbooks, play: Callable[..., Run]) -> None:
    words = {"opta_destroy_confirm": "staging", "opta_delete_retained": True, **UNPROTECTED}
    kill(ansible, living, "destroy", "DeleteNodegroup", whole_group=False, **words)
    play("destroy", **words)
    assert not any(left_in_aws(living, "staging").values())
