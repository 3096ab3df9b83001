"""Inputs that cannot be right are told in one sentence each."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._preflight import rules, variables

from tests.support import collection

RIGHT: dict[str, Any] = {
    "opta_environment": "staging",
    "opta_region": "eu-west-1",
    "network_cidr_block": "10.0.0.0/16",
    "network_zone_count": 3,
    "network_nat_mode": "single",
    "eks_node_groups": [{"name": "default", "min_size": 3, "max_size": 9}],
}


def test_what_is_right_is_not_talked_about() -> None:
    assert rules.environment_rules(RIGHT) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"opta_environment": "Staging"}, "opta_environment is 'Staging'"),
        ({"opta_name_prefix": "my/team"}, "opta_name_prefix is 'my/team'"),
        ({"opta_region": None}, "opta_region is not set"),
        ({"opta_region": "Ireland"}, "opta_region is 'Ireland'"),
        ({"opta_account_id": "1234"}, "opta_account_id is '1234'"),
        ({"network_cidr_block": "10.0.0.0/8"}, "network_cidr_block is '10.0.0.0/8'"),
        ({"network_private_subnet_ids": ["subnet-1"]}, "network_private_subnet_ids is given without network_vpc_id"),
        ({"eks_version": 1.3}, "eks_version is 1.3"),
        ({"eks_node_groups": [{"name": "a"}, {"name": "a"}]}, "two groups named a"),
        ({"eks_node_groups": [{"name": "a", "min_size": 3, "max_size": 1}]}, "min_size 3 is above max_size 1"),
        ({"eks_node_groups": [{"name": "a", "min_size": 1, "max_size": 3, "desired_size": 9}]}, "desired_size 9 must lie between"),
        ({"eks_endpoint_public_cidr_blocks": []}, "eks_endpoint_public_cidr_blocks is empty"),
    ],
)
def test_what_is_wrong_is_told(change: dict[str, Any], sentence: str) -> None:
    told = rules.environment_rules({**RIGHT, **change})
    assert len(told) == 1
    assert sentence in told[0]


def test_t9_nodes_without_nat_need_endpoints_for_all_that_they_talk_to() -> None:
    alone = {**RIGHT, "network_nat_mode": "none"}
    assert "network_nat_mode is none" in rules.environment_rules(alone)[0]
    endpoints = {"network_interface_endpoints": list(rules.INTERFACE_ENDPOINTS_FOR_NODES), "network_gateway_endpoints": ["s3"]}
    assert rules.environment_rules({**alone, **endpoints}) == []
    assert rules.environment_rules({**alone, "network_vpc_id": "vpc-1"}) == []


@pytest.mark.parametrize(
    ("given", "found", "sentence"),
    [
        ({"network_zone_count": 5}, {"zone_count": 3, "region": "eu-west-1"}, "eu-west-1 has only 3 availability zones"),
        ({"eks_version": "1.36"}, {"cluster_version": "1.34"}, 'set "1.35" first'),
    ],
)
def test_what_aws_has_is_held_against_the_inputs(given: dict[str, Any], found: dict[str, Any], sentence: str) -> None:
    assert sentence in rules.aws_rules(given, found)[0]


def test_what_bears_the_name_and_is_anothers_is_refused_unless_it_is_adopted() -> None:
    stranger = {"what": "EKS cluster opta-legacy", "why": "it was not made by this collection", "adopt": "eks_adopt"}
    (told,) = rules.aws_rules({}, {"strangers": [stranger]})
    assert told.startswith("EKS cluster opta-legacy exists, but it was not made by this collection: give ")
    assert rules.aws_rules({"eks_adopt": True}, {"strangers": [stranger]}) == []
    assert rules.aws_rules({"network_adopt": True}, {"strangers": [stranger]}) == [told]


@pytest.mark.parametrize("found", ["1.35", "1.34", "1.36", None])
def test_t6_a_step_of_one_minor_or_a_newer_cluster_is_fine(found: str | None) -> None:
    assert rules.aws_rules({"eks_version": "1.35"}, {"cluster_version": found}) == []


def test_a_misspelt_variable_is_told_with_the_right_name() -> None:
    told = variables.unknown_variables(["eks_verison", "eks_outputs", "other"], ["eks_version", "eks_tags"], ["eks"])
    assert told == ["eks_verison is not known: did you mean eks_version?"]


def test_an_empty_value_is_told_unless_that_is_the_default() -> None:
    options = {"eks_confirm": {"default": ""}, "opta_region": {}}
    assert variables.empty_variables({"eks_confirm": "", "opta_region": " "}, options) == [
        "opta_region is empty: give it a value, for example eu-west-1, or leave it out."
    ]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"network_zone_count": "three"}, "argument 'network_zone_count' is of type str and we were unable to convert to int"),
        ({"network_nat_mode": "one"}, "network_nat_mode: value of network_nat_mode must be one of: none, single, per_zone, got: one"),
        ({"s3_buckets": [{"public_access": "none"}]}, "s3_buckets: missing required arguments: name found in s3_buckets"),
        ({"s3_buckets": [{"name": "a", "acces": "none"}]}, "s3_buckets.acces is not known; there are access_logs_enabled, "),
        ({"s3_buckets": [{"name": "a", "public_access": "all"}]}, "must be one of: none, read, got: all"),
    ],
)
def test_a_value_that_its_role_does_not_allow_is_told(value: dict[str, Any], sentence: str) -> None:
    told = variables.invalid_values(value, {**collection.inputs("network"), **collection.inputs("s3")})
    assert list(told) == list(value)
    assert sentence in told[next(iter(value))][0]


def test_a_value_of_another_type_that_converts_is_right() -> None:
    given = {"network_zone_count": "3", "network_vpc_id": None, "network_flow_logs_enabled": "yes", "network_gateway_endpoints": "s3"}
    assert variables.invalid_values(given, collection.inputs("network")) == {}
