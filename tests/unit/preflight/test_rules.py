"""Inputs that cannot be right are told in one sentence each."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._preflight import rules, variables

RIGHT: dict[str, Any] = {
    "opta_environment": "staging",
    "opta_region": "eu-west-1",
    "network_cidr_block": "10.0.0.0/16",
    "network_zone_count": 3,
    "network_nat_mode": "single",
    "eks_node_groups": [{"name": "default", "min_size": 3, "max_size": 9}],
}


def test_valid_inputs_are_accepted() -> None:
    assert rules.environment_rules(RIGHT) == []
    assert rules.environment_rules({**RIGHT, "opta_tags": {"Cost Center": 4711, "k8s.io/a": True, "empty": ""}}) == []
    assert rules.environment_rules({**RIGHT, "eks_log_retention_days": 0, "aurora_log_retention_days": "30"}) == []
    role, session = "arn:aws:iam::123456789012:role/admins", "arn:aws:sts::123456789012:assumed-role/admins/me"
    assert rules.environment_rules({**RIGHT, "eks_admin_principal_arns": [role, session]}) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"opta_environment": "Staging"}, "opta_environment is 'Staging'"),
        (
            {"opta_environment": "eu--staging"},
            "opta_environment is 'eu--staging': it must be 1 to 32 lower-case letters, digits and single",
        ),
        ({"opta_name_prefix": "my/team"}, "opta_name_prefix is 'my/team'"),
        (
            {"opta_name_prefix": "my--team"},
            "opta_name_prefix is 'my--team': it must be 1 to 32 lower-case letters, digits and single hyphens",
        ),
        ({"opta_name_prefix": "sg"}, "opta_name_prefix is 'sg': names that start with sg-, sthree-, amzn-s3-demo- are reserved by AWS"),
        ({"opta_region": None}, "opta_region is not set"),
        ({"opta_region": "Ireland"}, "opta_region is 'Ireland'"),
        ({"opta_account_id": "1234"}, "opta_account_id is '1234'"),
        ({"opta_permissions_boundary_arn": "boundary"}, "opta_permissions_boundary_arn is 'boundary': it must be the ARN of an IAM policy"),
        ({"eks_node_policy_arns": ["AmazonSSMManagedInstanceCore"]}, "eks_node_policy_arns has 'AmazonSSMManagedInstanceCore'"),
        (
            {"eks_admin_principal_arns": ["arn:aws:iam::123456789012:group/admins"]},
            "group/admins': it must be the ARN of an IAM role or user",
        ),
        (
            {"eks_admin_principal_arns": ["arn:aws:iam::123456789012:role/aws-service-role/a.com/b"]},
            "not of a group or service-linked role",
        ),
        ({"opta_tags": ["team=payments"]}, "opta_tags must be a map of tags"),
        ({"opta_tags": {"AWS:team": "payments"}}, "opta_tags has the tag 'AWS:team', and keys that start with aws: are reserved by AWS"),
        ({"opta_tags": {"team;": "payments"}}, "opta_tags has the tag 'team;', but a key must have 1 to 128 letters"),
        ({"opta_tags": {"Kostenstelle": "Süd"}}, "opta_tags has the tag 'Kostenstelle', but a value can have at most 256 letters (a to z)"),
        ({"opta_tags": {"team": "a, b"}}, "opta_tags has the tag 'team', but a value can have at most 256 letters"),
        ({"opta_tags": {"team": "x" * 257}}, "opta_tags has the tag 'team', but a value can have at most 256 letters"),
        ({"eks_tags": {"team": {"name": "payments"}}}, "eks_tags has the tag 'team', whose value is not a string"),
        ({"s3_tags": {f"t{number}": "v" for number in range(51)}}, "s3_tags has 51 tags: use at most 35"),
        ({"s3_buckets": [{"name": "up", "tags": {"aws:a": "b"}}]}, "s3_buckets, up: tags has the tag 'aws:a'"),
        ({"eks_log_retention_days": 100}, "eks_log_retention_days is 100, but CloudWatch Logs accepts 0, 1, 3, 5, 7, 14, 30"),
        ({"network_flow_logs_retention_days": 2}, "network_flow_logs_retention_days is 2"),
        ({"network_cidr_block": "10.0.0.0/8"}, "network_cidr_block is '10.0.0.0/8'"),
        ({"network_zone_count": 1}, "network_zone_count is 1: it must lie between 2 and 6"),
        ({"network_private_subnet_ids": ["subnet-1"]}, "network_private_subnet_ids requires network_vpc_id"),
        ({"eks_version": "1.3"}, "eks_version is '1.3'"),
        ({"eks_node_groups": [{"name": "a"}, {"name": "a"}]}, "two groups named a"),
        ({"eks_node_groups": [{"name": "a", "ami_type": "AL2_x86_64_GPU"}]}, "ami_type AL2_x86_64_GPU needs instance_types"),
        ({"eks_node_groups": [{"name": "a", "min_size": 3, "max_size": 1}]}, "min_size 3 is higher than max_size 1"),
        ({"eks_node_groups": [{"name": "a", "min_size": 1, "max_size": 3, "desired_size": 9}]}, "desired_size 9 must be between"),
        ({"eks_node_groups": [{"name": "My group!"}]}, "group My group!: name must have 1 to 63 letters"),
        ({"eks_node_groups": [{"name": "a" * 53, "per_zone": True}]}, "name must have 1 to 52 letters"),
        ({"eks_node_groups": [{"name": "a", "min_size": -1, "max_size": 2}]}, "group a: min_size is -1: it must be at least 0"),
        ({"eks_node_groups": [{"name": "a", "min_size": 0, "max_size": 0}]}, "group a: max_size is 0: it must be at least 1"),
        ({"eks_node_groups": [{"name": "a", "volume_size_gib": 5}]}, "group a: volume_size_gib is 5: it must be at least 20"),
        (
            {"eks_node_groups": [{"name": "a", "update_config": {"maxUnavailable": 1}}]},
            "update_config takes exactly one of max_unavailable",
        ),
        (
            {"eks_node_groups": [{"name": "a", "update_config": {"max_unavailable": 1, "max_unavailable_percentage": 9}}]},
            "update_config takes exactly one of max_unavailable and max_unavailable_percentage",
        ),
        ({"eks_version": "1.34", "eks_node_groups": [{"name": "a", "version": "1.35"}]}, "version 1.35 is higher than eks_version 1.34"),
        ({"eks_node_groups": [{"name": "a", "labels": {"my label": "a"}}]}, "group a: label 'my label' is not a valid key"),
        ({"eks_node_groups": [{"name": "a", "labels": {"tier": "a b"}}]}, "group a: label 'tier' has the value 'a b'"),
        ({"eks_node_groups": [{"name": "a", "labels": {"tier": ""}}]}, "group a: label 'tier' has the value ''"),
        ({"eks_node_groups": [{"name": "a", "labels": {"node-role.kubernetes.io/web": "a"}}]}, "is reserved for kubernetes.io"),
        ({"eks_node_groups": [{"name": "a", "labels": {"eks.amazonaws.com/x": "a"}}]}, "is reserved for eks.amazonaws.com"),
        (
            {"eks_node_groups": [{"name": "a", "taints": [{"key": "a b", "effect": "NO_EXECUTE"}]}]},
            "group a: taint 'a b' is not a valid key",
        ),
        ({"eks_endpoint_public_cidr_blocks": []}, "eks_endpoint_public_cidr_blocks is empty"),
        ({"eks_endpoint_public_cidr_blocks": ["203.0.113.7/24", "203.0.113"]}, "eks_endpoint_public_cidr_blocks has '203.0.113'"),
        ({"elasticache_allowed_cidr_blocks": ["10.8.0.5/16", "all"]}, "elasticache_allowed_cidr_blocks has 'all'"),
        (
            {"eks_api_client_cidr_blocks": ["10.8.0.5", "10.8.0.5/16", "ci"]},
            "eks_api_client_cidr_blocks has 'ci': it must be an IPv4 CIDR block",
        ),
        ({"eks_api_client_cidr_blocks": ["fd00::/8"]}, "eks_api_client_cidr_blocks has 'fd00::/8': it must be an IPv4 CIDR block"),
        ({"eks_service_ipv4_cidr": "10.100.0.5/16"}, "eks_service_ipv4_cidr is '10.100.0.5/16': it must be an IPv4 CIDR block"),
        ({"eks_service_ipv4_cidr": "10.100.0.0"}, "eks_service_ipv4_cidr is '10.100.0.0': it must be within 10.0.0.0/8"),
        ({"eks_service_ipv4_cidr": "203.0.113.0/24"}, "eks_service_ipv4_cidr is '203.0.113.0/24': it must be within"),
        ({"eks_service_ipv4_cidr": "10.0.0.0/12"}, "eks_service_ipv4_cidr: 10.0.0.0/12 overlaps network_cidr_block 10.0.0.0/16"),
    ],
)
def test_invalid_inputs_are_reported(change: dict[str, Any], sentence: str) -> None:
    reported = rules.environment_rules({**RIGHT, **change})
    assert len(reported) == 1
    assert sentence in reported[0]


@pytest.mark.parametrize("block", ["172.20.0.0/16", "10.100.0.0/16", "192.168.0.0/16"])
def test_any_network_is_accepted_when_eks_chooses_the_service_cidr(block: str) -> None:
    assert rules.environment_rules({**RIGHT, "network_cidr_block": block, "eks_service_ipv4_cidr": None}) == []


@pytest.mark.parametrize(
    ("service", "found", "reported"),
    [
        ("10.20.0.0/16", {"vpc_cidr_blocks": ["10.0.0.0/16", "10.20.128.0/20"]}, ["overlaps 10.20.128.0/20 of the VPC"]),
        ("172.20.0.0/16", {"vpc_cidr_blocks": ["10.0.0.0/16"]}, []),
        ("172.20.0.0/16", {"vpc_cidr_blocks": []}, []),
        (None, {"vpc_cidr_blocks": ["172.20.0.0/16"]}, []),
        ("10.20.0.0/16", {"vpc_cidr_blocks": ["10.20.0.0/16"], "cluster_version": "1.35"}, []),
    ],
)
def test_services_of_a_new_cluster_share_no_addresses_with_the_vpc(service: str | None, found: dict[str, Any], reported: list[str]) -> None:
    sentences = rules.aws_rules({"eks_service_ipv4_cidr": service}, found)
    assert len(sentences) == len(reported)
    assert all(part in sentence for part, sentence in zip(reported, sentences, strict=True))


def test_valid_labels_and_taints_are_accepted() -> None:
    labels = {"node.kubernetes.io/pool": "web", "example.com/gpu": True, "tier": 1, "a.node.kubernetes.io/b": "c"}
    taints = [{"key": "dedicated", "effect": "NO_SCHEDULE"}, {"key": "example.com/a", "value": "b", "effect": "NO_EXECUTE"}]
    assert rules.environment_rules({**RIGHT, "eks_node_groups": [{"name": "a", "labels": labels, "taints": taints}]}) == []


@pytest.mark.parametrize(
    ("version", "found", "group", "reported"),
    [
        (None, None, {}, True),
        ("1.32", None, {}, False),
        ("1.33", "1.32", {}, True),
        ("1.33", "1.32", {"version": "1.32"}, False),
        (None, "1.32", {}, False),
        (None, "1.34", {}, True),
    ],
)
def test_amazon_linux_2_ends_with_kubernetes_1_32(version: str | None, found: str | None, group: dict[str, Any], reported: bool) -> None:
    given = {**RIGHT, "eks_version": version, "eks_node_groups": [{"name": "a", "ami_type": "AL2_ARM_64", **group}]}
    sentences = rules.aws_rules(given, {"cluster_version": found})
    assert ["ami_type AL2_ARM_64 supports Kubernetes up to 1.32. Use AL2023_ARM_64_STANDARD" in each for each in sentences] == [
        True
    ] * reported


def test_the_number_of_zones_is_optional() -> None:
    assert rules.environment_rules({**RIGHT, "network_zone_count": None}) == []
    assert rules.aws_rules({**RIGHT, "network_zone_count": None}, {"zone_count": 2, "region": "us-west-1"}) == []


def test_nodes_without_nat_require_interface_endpoints() -> None:
    alone = {**RIGHT, "network_nat_mode": "none"}
    assert "network_nat_mode is none" in rules.environment_rules(alone)[0]
    endpoints = {"network_interface_endpoints": list(rules.INTERFACE_ENDPOINTS_FOR_NODES), "network_gateway_endpoints": ["s3"]}
    assert rules.environment_rules({**alone, **endpoints}) == []
    assert rules.environment_rules({**alone, "network_vpc_id": "vpc-0123456789abcdef0"}) == []


@pytest.mark.parametrize(
    ("given", "found", "sentence"),
    [
        ({"network_zone_count": 5}, {"zone_count": 3, "region": "eu-west-1"}, "eu-west-1 has only 3 Availability Zones"),
        ({"eks_version": "1.36"}, {"cluster_version": "1.34"}, 'set "1.35" first'),
    ],
)
def test_inputs_are_validated_against_the_account(given: dict[str, Any], found: dict[str, Any], sentence: str) -> None:
    assert sentence in rules.aws_rules(given, found)[0]


def test_a_foreign_resource_of_the_same_name_is_refused_unless_adopted() -> None:
    stranger = {"what": "EKS cluster opta-legacy", "why": "it was not created by this collection", "adopt": "eks_adopt"}
    (reported,) = rules.aws_rules({}, {"strangers": [stranger]})
    assert reported.startswith("EKS cluster opta-legacy exists, but it was not created by this collection: use another ")
    assert rules.aws_rules({"eks_adopt": True}, {"strangers": [stranger]}) == []
    assert rules.aws_rules({"network_adopt": True}, {"strangers": [stranger]}) == [reported]


@pytest.mark.parametrize("found", ["1.35", "1.34", "1.36", None])
def test_an_upgrade_of_one_minor_or_a_newer_cluster_is_accepted(found: str | None) -> None:
    assert rules.aws_rules({"eks_version": "1.35"}, {"cluster_version": found}) == []


def test_a_renamed_variable_is_answered_with_its_new_name() -> None:
    renamed = variables.unknown_variables(["network_delete_retained"], ["retention_delete_retained"], ["network"])
    assert renamed == ["network_delete_retained was renamed: use retention_delete_retained."]


def test_a_misspelled_variable_is_reported_with_the_correct_name() -> None:
    reported = variables.unknown_variables(["eks_verison", "eks_outputs", "other"], ["eks_version", "eks_tags"], ["eks"])
    assert reported == ["eks_verison is not a known variable: did you mean eks_version?"]


def test_an_empty_value_is_reported_unless_that_is_the_default() -> None:
    options = {"eks_confirm": {"default": ""}, "opta_region": {}}
    assert variables.empty_variables({"eks_confirm": "", "opta_region": " "}, options) == [
        "opta_region is empty: set a value, for example eu-west-1, or omit the variable."
    ]


def test_variables_similar_to_an_input_cause_a_warning() -> None:
    known = {"elasticache_replication_groups", "k8s_addons_ingress", "opta_region"}
    present = {"elasticcache_replication_groups", "k8s_addon_ingress", "opta_region", "region", "groups", "ansible_k8s_addons_ingres"}
    reported = variables.misspelt_variables(present, known)
    assert len(reported) == 2
    assert "elasticcache_replication_groups is not an input" in reported[0]
    assert "did you mean k8s_addons_ingress?" in reported[1]


@pytest.mark.parametrize(
    ("tags", "reported"),
    [
        (["ek"], "--tags ek: no role of this collection has this tag, so no role runs: did you mean eks?"),
        (["k8s-addons"], "did you mean k8s_addons?"),
        (["mine", "other"], "--tags mine,other: no role"),
        (["mine", "eks"], ""),
        (["all"], ""),
        ([], ""),
    ],
)
def test_a_run_limited_to_no_host_causes_a_warning(tags: list[str], reported: str) -> None:
    notes = variables.unknown_tags(tags, ["eks", "k8s_addons", "network"])
    assert len(notes) == bool(reported)
    assert all(reported in note for note in notes)
