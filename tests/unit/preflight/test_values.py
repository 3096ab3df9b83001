"""Values that AWS or Kubernetes would refuse are refused before the first call, each with what is allowed and an example."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._preflight import cluster_rules, variables
from ansible_collections.opta.platform.plugins.module_utils._preflight.rules import environment_notes, environment_rules

from tests.support import collection

GIVEN: dict[str, Any] = {"opta_environment": "staging", "opta_region": "eu-west-1", "network_cidr_block": "10.0.0.0/16"}
TAINT = {"key": "a", "effect": "NO_SCHEDULE"}
Inputs = dict[str, Any]


def group(**entry: Any) -> Inputs:
    return {"eks_node_groups": [{"name": "web", **entry}]}


def database(**entry: Any) -> Inputs:
    return {"aurora_clusters": [{"name": "main", **entry}]}


def bucket(**entry: Any) -> Inputs:
    return {"s3_buckets": [{"name": "up", **entry}]}


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"opta_environment": "true"}, "opta_environment is true, which is not a string: put it in quotes"),
        ({"opta_tags": {"aws:team": "a"}}, "opta_tags has the tag 'aws:team', and keys that start with aws: are reserved by AWS"),
        ({"opta_tags": {"": "a"}}, "opta_tags has the tag '', but a key must have 1 to 128"),
        ({"opta_tags": {"team": "a;b <c>"}}, "opta_tags has the tag 'team', but a value can have at most 256"),
        ({"opta_tags": {"team": "x" * 257}}, "but a value can have at most 256"),
        ({"opta_tags": {"team": {"name": "x"}}}, "opta_tags has the tag 'team', whose value is not a string"),
        ({"opta_tags": {f"t{number}": "v" for number in range(41)}}, "opta_tags has 41 tags"),
        (bucket(tags={"aws:x": "y"}), "s3_buckets, up: tags has the tag 'aws:x'"),
        (group(min_size=0, max_size=0), "eks_node_groups, group web: max_size is 0: it must be at least 1"),
        (group(min_size=-1, max_size=2), "min_size is -1: it must be at least 0"),
        *(
            (
                {f"{role}_secret_recovery_window_days": 3},
                f"{role}_secret_recovery_window_days is 3: it must be between 7 and 30, for example 30.",
            )
            for role in ("aurora", "documentdb", "elasticache")
        ),
        ({"eks_node_groups": [{"name": "My group!"}]}, "name must have 1 to 63 letters"),
        (group(labels={"my label": "a"}), "label 'my label' is not a valid key"),
        (group(labels={"team": "a b"}), "label 'team' has the value 'a b'"),
        (
            group(labels={"node-role.kubernetes.io/web": ""}),
            "label 'node-role.kubernetes.io/web' is reserved for kubernetes.io, and nodes with it cannot join",
        ),
        (group(volume_size_gib=5), "volume_size_gib is 5: it must be at least 20"),
        (group(update_config={"maxUnavailable": 1}), "update_config takes exactly one of max_unavailable and max_unavailable_percentage"),
        (
            group(update_config={"max_unavailable": 1, "max_unavailable_percentage": 50}),
            "update_config takes exactly one of max_unavailable and max_unavailable_percentage",
        ),
        ({"eks_version": "1.34", **group(version="1.35")}, "version 1.35 is higher than eks_version 1.34"),
        ({"eks_endpoint_public_cidr_blocks": ["10.0.0.0/8"]}, "10.0.0.0/8, a private block, which EKS rejects"),
        ({"eks_endpoint_public_cidr_blocks": ["203.0.113.7"]}, "write it as a CIDR block, 203.0.113.7/32"),
        ({"eks_admin_principal_arns": ["alice"]}, "eks_admin_principal_arns has 'alice': it must be the ARN"),
        ({"eks_log_retention_days": 100}, "eks_log_retention_days is 100, but CloudWatch Logs accepts"),
        ({"network_flow_logs_retention_days": 31}, "network_flow_logs_retention_days is 31"),
        ({"network_kms_key_rotation_days": 30}, "network_kms_key_rotation_days is 30: it must be between 90 and 2560"),
        ({"network_wait_timeout_seconds": 0}, "network_wait_timeout_seconds is 0: it must be at least 1"),
        ({"eks_addon_versions": {"coredns": "1.11"}}, "eks_addon_versions, coredns is '1.11'"),
        ({"eks_addon_configuration_values": {"corednss": {}}}, "not a managed add-on: did you mean coredns?"),
        ({"eks_addon_configuration_values": {"coredns": "replicaCount: 3"}}, "it must be a mapping"),
        ({"network_cidr_block": "127.0.0.0/16"}, "which AWS does not allow for a VPC"),
        ({"network_cidr_block": "169.254.0.0/16"}, "which AWS does not allow for a VPC"),
        ({"network_cidr_block": "224.0.0.0/16"}, "which AWS does not allow for a VPC"),
        (database(backup_window="03:30-04:30", maintenance_window="sun:04:00-sun:05:00"), "overlap, which RDS refuses"),
        (database(maintenance_window="mon:00:00-mon:00:10"), "at least 30 minutes of a week"),
        (database(backup_window="03:00-03:10"), "at least 30 minutes of a day"),
        (database(database_name="select"), "a key word that PostgreSQL reserves"),
        (
            database(instance_class="db.r7g.large", serverless={"min_capacity": 1, "max_capacity": 4}),
            "requires instance_class: db.serverless, not db.r7g.large",
        ),
        (database(instance_class="db.serverless", serverless={"min_capacity": 0.3, "max_capacity": 4}), "in steps of 0.5"),
        (database(allowed_security_group_ids=["my-sg"]), "aurora_clusters, main: allowed_security_group_ids has 'my-sg'"),
        ({"k8s_addons_metrics_server_chart_version": "latest", "k8s_addons_metrics_server_values": {}}, "is 'latest': it must be a whole"),
        ({"k8s_addons_metrics_server_namespace": "Metrics"}, "k8s_addons_metrics_server_namespace is 'Metrics'"),
        ({"k8s_addons_datadog_site": "https://app.datadoghq.eu"}, "k8s_addons_datadog_site is 'https://app.datadoghq.eu'"),
        ({"k8s_addons_datadog_api_key_secret_arn": "datadog"}, "it must be the ARN of a secret"),
        ({"eks_api_client_security_group_ids": ["default"]}, "eks_api_client_security_group_ids has 'default'"),
        ({"elasticache_allowed_security_group_ids": ["x"]}, "elasticache_allowed_security_group_ids has 'x'"),
        (bucket(sse_algorithm="aws:kms", kms_key_arn="alias/mine"), "kms_key_arn is 'alias/mine': it must be the ARN of a KMS key"),
        (bucket(versioning_enabled=True, replication={"destination_bucket_arn": "copies"}), "destination_bucket_arn is 'copies'"),
        (
            bucket(lifecycle_rules=[{"id": "a", "transitions": [{"days": 5, "storage_class": "STANDARD_IA"}]}]),
            "S3 moves objects to STANDARD_IA after 30 days at the earliest",
        ),
        (
            bucket(lifecycle_rules=[{"id": "a", "transitions": [{"days": 60, "storage_class": "COLD"}]}]),
            "storage_class is 'COLD'; valid storage classes are GLACIER",
        ),
        (
            bucket(lifecycle_rules=[{"id": "a", "noncurrent_expiration_days": 3, "newer_noncurrent_versions": 500}]),
            "newer_noncurrent_versions is 500: it must be between 1 and 100",
        ),
        (bucket(cors_rules=[{"allowed_origins": ["https://*.a.*"], "allowed_methods": ["GET"]}]), "S3 allows one * per value"),
        (bucket(policy_statements=[{"Principal": {"AWS": "x"}, "Action": "s3:GetObject"}]), "policy_statements[1]: Effect is None"),
        (
            bucket(policy_statements=[{"Effect": "Allow", "Principal": {"AWS": "x"}, "Action": "GetObject"}]),
            "must be a service prefix and an",
        ),
        (bucket(policy_statements=[{"Effect": "Allow", "Principal": {"AWS": "x"}, "Action": "sqs:Send"}]), "must be an action of s3"),
        (
            bucket(policy_statements=[{"Effect": "Allow", "Principals": "x", "Action": "s3:Get*"}]),
            "has Principals, which is not an element of a statement",
        ),
    ],
    ids=str,
)
def test_values_that_aws_refuses_are_reported(inputs: Inputs, sentence: str) -> None:
    assert environment_rules(GIVEN) == []
    (reported,) = environment_rules({**GIVEN, **inputs})
    assert sentence in reported


@pytest.mark.parametrize(
    "inputs",
    [
        {"opta_tags": {"cost-centre": 42, "team": "payments / x=y@z"}},
        group(min_size=0, max_size=1, labels={"example.com/team": "a", "node.kubernetes.io/x": "y"}, update_config={"max_unavailable": 2}),
        {"eks_version": "1.35", **group(version="1.34", volume_size_gib=20)},
        {"eks_endpoint_public_cidr_blocks": ["203.0.113.0/24", "0.0.0.0/0", "2001:db8::/32"]},
        {"eks_admin_principal_arns": ["arn:aws:iam::123456789012:role/a/b", "arn:aws-cn:iam::123456789012:user/c"]},
        {"eks_addon_versions": {"coredns": "v1.12.4-eksbuild.1"}, "eks_addon_configuration_values": {"coredns": {"replicaCount": 3}}},
        {"eks_log_retention_days": 0, "aurora_log_retention_days": 3653, "network_kms_key_rotation_days": 90},
        database(backup_window="23:30-00:30", maintenance_window="sun:01:00-sun:02:00", database_name="selected"),
        database(instance_class="db.serverless", serverless={"min_capacity": 0, "max_capacity": 1.5}),
        bucket(lifecycle_rules=[{"id": "a", "transitions": [{"days": 0, "storage_class": "GLACIER_IR"}]}]),
        bucket(policy_statements=[{"Sid": "a", "Effect": "Deny", "Principal": "*", "NotAction": ["s3:Get*", "*"]}]),
    ],
    ids=str,
)
def test_values_that_aws_accepts_are_accepted(inputs: Inputs) -> None:
    assert environment_rules({**GIVEN, **inputs}) == []


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"eks_node_groups": []}, "eks_node_groups is empty"),
        (group(taints=[TAINT]), "every group has taints"),
        ({"eks_node_groups": [{"name": f"g{number}"} for number in range(31)]}, "the default quota is 30 per cluster"),
        (database(allowed_cidr_blocks=["0.0.0.0/0"]), "aurora_clusters, main: allowed_cidr_blocks has 0.0.0.0/0"),
    ],
)
def test_unusual_values_cause_a_warning(inputs: Inputs, sentence: str) -> None:
    (reported,) = environment_notes({**GIVEN, **inputs})
    assert sentence in reported
    assert environment_rules({**GIVEN, **inputs}) == []


def test_usual_values_cause_no_warning() -> None:
    assert environment_notes(GIVEN) == []
    assert environment_notes({**GIVEN, "eks_node_groups": [{"name": "a", "taints": [TAINT]}, {"name": "b"}]}) == []


def test_the_managed_add_ons_are_those_of_the_role() -> None:
    written = (collection.ROLES / "eks" / "vars" / "main.yml").read_text()
    assert tuple(re.findall(r"- name: ([a-z-]+)$", written, re.MULTILINE)) == cluster_rules.ADDONS


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"opta_destroy_confirm": "staging"}, ["opta_destroy_confirm"]),
        ({"eks_confirm": "x", "network_confirm": "x"}, ["eks_confirm", "network_confirm"]),
        ({"opta_destroy_confirm": "", "opta_prune_confirm": "staging"}, []),
    ],
)
def test_a_confirmation_without_deletion_causes_a_warning(given: Inputs, named: list[str]) -> None:
    notes = variables.confirmation_notes(given)
    assert [note.split()[0] for note in notes] == named
    assert all("Do not set it in the inventory" in note for note in notes)
