"""Inputs are read in the types that their roles declare; what cannot be meant is one sentence."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.opta.platform.plugins.filter.inputs import boolean
from ansible_collections.opta.platform.plugins.module_utils._preflight import variables
from ansible_collections.opta.platform.plugins.module_utils._preflight.conversion import convert_all, is_null
from ansible_collections.opta.platform.plugins.plugin_utils import _inputs

from tests.support import collection

JOB = {"name": "report", "schedule": "0 6 * * *"}


@pytest.mark.parametrize(
    ("variable", "given", "meant"),
    [
        ("network_zone_count", "3", 3),
        ("network_flow_logs_enabled", "y", True),
        ("network_gateway_endpoints", "s3", ["s3"]),
        ("network_gateway_endpoints", "s3,dynamodb", ["s3", "dynamodb"]),
        ("network_gateway_endpoints", '["s3", "dynamodb"]', ["s3", "dynamodb"]),
        ("opta_service_memory_request_mib", "256", 256),
        ("opta_service_read_only_root_filesystem_enabled", "y", True),
        ("opta_service_allowed_clients", "shop/*", ["shop/*"]),
        ("opta_service_command", '["python", "-m", "worker"]', ["python", "-m", "worker"]),
        ("opta_service_args", ["--number", 3, True], ["--number", "3", "true"]),
        ("opta_service_environment_variables", '{"A": "1.10", "B": null}', {"A": "1.10", "B": None}),
        ("opta_service_ports", '[{"port": "8080"}]', [{"port": 8080}]),
        ("opta_service_cron_jobs", [{**JOB, "command": '["a", "b"]', "enabled": "n"}], [{**JOB, "command": ["a", "b"], "enabled": False}]),
        ("opta_service_probe", '{"path": "/", "period_seconds": "5"}', {"path": "/", "period_seconds": 5}),
        ("eks_node_groups", [{"name": "a", "min_size": "2", "max_size": None, "desired_size": ""}], [{"name": "a", "min_size": 2}]),
        ("eks_version", 1, "1"),
    ],
)
def test_inputs_are_read_as_validation_converts_them(variable: str, given: Any, meant: Any) -> None:
    assert _inputs.validated(given, variable) == meant
    assert convert_all({variable: given}, _inputs.options()) == ({variable: meant}, {})


@pytest.mark.parametrize(
    ("variable", "given", "sentence"),
    [
        (
            "opta_service_command",
            "a -b",
            "opta_service_command is 'a -b', a string: it must be a list, for example [a, -b].",
        ),
        ("opta_service_args", "--verbose", "for example [--verbose]."),
        ("opta_service_cron_jobs", [{**JOB, "command": "a b"}], "opta_service_cron_jobs, report: command is 'a b', a string"),
        ("opta_service_probe", {"command": "curl -f"}, "opta_service_probe, command is 'curl -f', a string"),
        (
            "opta_service_command",
            "[python, -m]",
            "opta_service_command is not valid JSON: set a list, or JSON text.",
        ),
        ("opta_service_tag", 1.3, 'opta_service_tag is 1.3, a number: put it in quotes, for example "1.30"'),
        ("opta_service_args", [1.10], "opta_service_args, 1 is 1.1, a number: put it in quotes"),
        ("aurora_clusters", [{"name": "main", "engine_version": 16.1}], "aurora_clusters, main: engine_version is 16.1, a number"),
        ("opta_service_tag", datetime.date(2026, 11, 1), "opta_service_tag is 2026-11-01, a date: put it in quotes"),
        ("network_zone_count", "three", "network_zone_count must be a whole number without a unit, for example 3, not a str."),
        ("opta_service_memory_request_mib", "512Mi", "opta_service_memory_request_mib must be a whole number without a unit"),
        ("eks_node_groups", {"name": "a"}, "eks_node_groups must be a list, for example [a, b], not a dict."),
        ("opta_service_secrets", ["A"], "opta_service_secrets must be a mapping, for example {team: payments}, not a list."),
        ("eks_node_groups", [{"name": "a", "min_size": "many"}], "eks_node_groups, min_size must be a whole number without a unit"),
        ("network_nat_mode", "one", "network_nat_mode is one: it must be none or single or per_zone."),
        ("s3_buckets", [{"public_access": "none"}], "s3_buckets has an entry without name, which is required."),
        ("s3_buckets", "uploads", "s3_buckets must be a list of mappings, for example [{name: main}]."),
        ("eks_log_types", ["api", "API"], "eks_log_types is API: it must be api or audit or"),
        ("s3_buckets", [{"name": "a", "acces": "none"}], "s3_buckets.acces is not a valid key; valid keys are access_logs_enabled, "),
        ("s3_buckets", [{"name": "a", "public_access": "all"}], "s3_buckets, public_access is all: it must be none or read."),
    ],
)
def test_ambiguous_values_are_reported(variable: str, given: Any, sentence: str) -> None:
    values, problems = convert_all({variable: given}, _inputs.options())
    assert values == {variable: given}
    assert sentence in problems[variable][0]
    with pytest.raises(AnsibleFilterError) as reported:
        _inputs.validated(given, variable)
    assert sentence in str(reported.value)


def test_unset_inputs_stay_unset() -> None:
    given = {"network_zone_count": "3", "network_vpc_id": None, "network_cidr_block": "", "opta_service_run_as_user": ""}
    assert convert_all(given, _inputs.options()) == ({**given, "network_zone_count": 3, "opta_service_run_as_user": None}, {})


@pytest.mark.parametrize(("given", "meant"), [("y", True), ("t", True), (1, True), (True, True), ("n", False), (False, False)])
def test_booleans_are_converted_as_validation_does(given: Any, meant: bool) -> None:
    assert boolean(given) is meant


def test_invalid_booleans_are_reported() -> None:
    with pytest.raises(AnsibleFilterError, match="'maybe' is not a boolean"):
        boolean("maybe")


def test_a_whole_number_with_a_fraction_is_that_number_or_refused() -> None:
    """Before ansible-core 2.18 validation refuses it."""
    name = "opta_service_memory_request_mib"
    values, problems = convert_all({name: "256.0"}, _inputs.options())
    assert (values[name], list(problems)) in ((256, []), ("256.0", [name]))


def inputs_of_null() -> list[str]:
    """Those that are null by default and whose empty string can mean nothing else."""
    return sorted(name for name in _inputs.nullable() if is_null("", _inputs.options()[name]))


def test_an_empty_string_is_null_where_it_has_no_other_meaning() -> None:
    """Before ansible-core 2.19 a template that answers None is an empty string."""
    names = inputs_of_null()
    assert {"eks_log_types", "eks_node_groups", "network_zone_count", "eks_endpoint_public_enabled", "dns_cert_key_algorithm"} <= {*names}
    assert not {"eks_version", "opta_service_tag", "aurora_vpc_cidr_blocks", "network_gateway_endpoints"} & {*names}
    given = dict.fromkeys(names, "")
    assert convert_all(given, _inputs.options()) == (dict.fromkeys(names), {})
    for value in ("", None):
        assert {_inputs.validated(value, name, "otherwise") for name in names} == {"otherwise"}
    assert variables.empty_variables(given, _inputs.options(), _inputs.nullable()) == []


def test_tasks_read_nullable_inputs_through_the_conversion_filter() -> None:
    """`is none` and default(omit) do not: they would hand an empty string to a module."""
    names = "|".join(inputs_of_null())
    wrong = re.compile(rf"\b({names}) (is (not )?none|\| default\(omit\))")
    files = [path for folder in ("tasks", "vars") for path in collection.ROOT.glob(f"roles/*/{folder}/*.yml")]
    assert [found[0] for path in files for found in wrong.finditer(path.read_text(encoding="utf-8"))] == []
