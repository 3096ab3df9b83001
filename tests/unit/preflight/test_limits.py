"""Limits: what they allow, and where they are checked."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._limits import Range
from ansible_collections.opta.platform.plugins.module_utils._preflight.input_limits import INPUT_LIMITS
from ansible_collections.opta.platform.plugins.module_utils._preflight.rules import environment_rules

from tests.support import collection

GIVEN = {"opta_environment": "staging", "opta_region": "eu-west-1", "network_cidr_block": "10.0.0.0/16"}


def nested(path: str, value: float) -> dict[str, Any]:
    """Inputs that set one option; the other options of its entries are those that are required."""
    name, _dot, rest = path.partition(".")
    if not rest:
        return {name: value}
    inner = {**REQUIRED.get(path, {}), **nested(rest, value)}
    return {name.removesuffix("[]"): [{"name": "main", "id": "one", **inner}]} if name.endswith("[]") else {name: inner}


REQUIRED: dict[str, dict[str, Any]] = {
    "lifecycle_rules[].newer_noncurrent_versions": {"noncurrent_expiration_days": 30},
    "aurora_clusters[].serverless.seconds_until_auto_pause": {"instance_class": "db.serverless"},
    "serverless.seconds_until_auto_pause": {"min_capacity": 0, "max_capacity": 4},
}


@pytest.mark.parametrize(("least", "most", "number", "problem"), [
    (1, 3, 1, ""),
    (1, 3, 3, ""),
    (1, 3, 4, "x is 4: it must be between 1 and 3, for example 2."),
    (1, None, 4, ""),
    (1, None, 0, "x is 0: it must be at least 1, for example 2."),
])  # fmt: skip
def test_range_problem_names_the_allowed_numbers(least: float, most: float | None, number: float, problem: str) -> None:
    assert Range(least, most, 2).problem("x", number) == problem


@pytest.mark.parametrize("path", INPUT_LIMITS)
def test_preflight_reports_numbers_outside_each_limit(path: str) -> None:
    limit, option = INPUT_LIMITS[path], path.rpartition(".")[2]
    wrong = [limit.least - 1, *([limit.most + 1] if limit.most is not None else [])]
    for number in wrong:
        if path.startswith("s3_buckets") and number < 1:
            continue  # 0 is not set
        sentences = environment_rules({**GIVEN, **nested(path, number)})
        assert any(f"{option} is {number}" in sentence or f"{option} {number} " in sentence for sentence in sentences), sentences


@pytest.mark.parametrize("path", INPUT_LIMITS)
def test_example_of_a_limit_is_allowed(path: str) -> None:
    assert INPUT_LIMITS[path].allows(INPUT_LIMITS[path].example)


def test_limits_are_of_inputs() -> None:
    known = {path for role in collection.roles() for path in collection.option_paths(collection.inputs(role))}
    assert {path for path in INPUT_LIMITS if not path.startswith("opta_progress")} <= known
