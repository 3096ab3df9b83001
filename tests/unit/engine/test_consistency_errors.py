"""Each row of the table of patience: its error, injected once, is met by a second call; another error is not."""

from __future__ import annotations

import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from importlib import import_module
from typing import Any

import boto3
import pytest
from ansible_collections.opta.platform.plugins import module_utils
from ansible_collections.opta.platform.plugins.module_utils import _consistency_errors, _eventual_consistency, _wait
from ansible_collections.opta.platform.plugins.module_utils._consistency_errors import CONSISTENCY_ERRORS, ConsistencyError
from botocore import xform_name
from botocore.config import Config
from botocore.stub import Stubber

#: what makes the arguments of any function of the API modules; they are not looked at
SAMPLES = {"str": "a", "bool": True, "int": 1, "str | None": None, "int | None": None}
WITHOUT_LOOKING = Config(parameter_validation=False)
#: functions for things that may well not be there: the error is their answer
NOT_PATIENT = {"get_current_secret_value", "describe_certificate"}


def api_functions() -> Iterator[tuple[str, Callable[..., Any], str]]:
    """The functions of the modules that call AWS: name, function, source."""
    for module in pkgutil.walk_packages(module_utils.__path__, f"{module_utils.__name__}."):
        if re.search(r"\.(api|changes|[a-z_]+_api)$", module.name):
            for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
                if function.__module__ == module.name and not name.startswith("_"):
                    yield f"{module.name.split('.')[-2]}.{name}", function, inspect.getsource(inspect.unwrap(function))


FUNCTIONS = list(api_functions())


def calling(service: str, operation: str) -> list[tuple[str, Callable[..., Any], str]]:
    call = f"client.{xform_name(operation)}("
    package = {"secretsmanager": "_credentials", "ec2": "", "acm": "_acm"}.get(service, f"_{service}")
    found = [each for each in FUNCTIONS if call in each[2] and package in each[0]]
    return [each for each in found if each[0].split(".")[1] not in NOT_PATIENT]


def operations(row: ConsistencyError) -> list[str]:
    """The operations of a row that the collection calls."""
    model = boto3.client(row.service, region_name="eu-west-1").meta.service_model
    named = [name for name in model.operation_names if any(fnmatchcase(name, pattern) for pattern in row.operations)]
    return [name for name in named if calling(row.service, name)]


CASES = [
    pytest.param(row, code, operation, name, function, id=f"{operation} {code} {row.message} {name}")
    for row in CONSISTENCY_ERRORS
    for operation in operations(row)
    for code in row.codes[:1]
    for name, function, _source in calling(row.service, operation)
]


def arguments(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = list(inspect.signature(inspect.unwrap(function)).parameters.values())[1:]
    named = [parameter for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD]
    values = {each.name: SAMPLES.get(str(each.annotation), {} if re.match("Mapping|dict", str(each.annotation)) else []) for each in named}
    return {**values, **({"attribute": "EnableDnsSupport"} if "attribute" in values else {})}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0.0)


class Calls:
    """A client whose calls of one operation get these errors, one after the other."""

    def __init__(self, service: str, operation: str, *errors: tuple[str, str]) -> None:
        self.client = boto3.client(
            service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x", config=WITHOUT_LOOKING
        )
        self.stubber = Stubber(self.client)
        for code, message in errors:
            self.stubber.add_client_error(xform_name(operation), code, message)
        self.stubber.activate()


@pytest.mark.parametrize(("row", "code", "operation", "name", "function"), CASES)
def test_a_listed_consistency_error_is_retried(row: ConsistencyError, code: str, operation: str, name: str, function: Any) -> None:
    calls = Calls(row.service, operation, (code, f"before {row.message} after"), ("Another", "error"))
    with pytest.raises(Exception, match="Another"):
        function(calls.client, **arguments(function))
    calls.stubber.assert_no_pending_responses()


def test_every_listed_call_is_used_by_the_collection() -> None:
    assert [row for row in CONSISTENCY_ERRORS if not operations(row)] == []
    assert [row for row in CONSISTENCY_ERRORS if row.seconds < 15 or not row.source] == []


def test_retries_end_after_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(0, 10_000, 50))
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    reported: list[str] = []
    monkeypatch.setattr(_wait, "report_progress", reported.append)
    refusal = ("InvalidParameterException", "Access denied to KMS key arn:aws:kms:eu-west-1:1:key/1 due to explicit deny policy")
    calls = Calls("eks", "CreateCluster", *[refusal] * 3)
    from ansible_collections.opta.platform.plugins.module_utils._eks import api  # noqa: PLC0415

    with pytest.raises(api.EksError, match="Access denied to KMS key"):
        api.create_cluster(calls.client, name="a")
    calls.stubber.assert_no_pending_responses()
    assert reported[0].startswith("waiting until AWS accepts CreateCluster, 50 s: Access denied to KMS key")


@pytest.mark.parametrize(
    ("service", "operation", "code", "message"),
    [
        ("iam", "AttachRolePolicy", "NoSuchEntity", "Policy arn:aws:iam::aws:policy/Nope does not exist or is not attachable."),
        ("eks", "DeleteCluster", "ResourceInUseException", "Cluster has nodegroups attached"),
        ("eks", "DescribeCluster", "ResourceNotFoundException", "No cluster found for name: a."),
        ("ec2", "DeleteVpc", "InvalidVpcID.NotFound", ""),
        ("logs", "CreateLogGroup", "AccessDeniedException", "User: me is not authorized to perform: logs:CreateLogGroup"),
    ],
)
def test_permanent_errors_are_not_listed(service: str, operation: str, code: str, message: str) -> None:
    assert _consistency_errors.find_consistency_error(service, operation, code, message) is None
