"""Who calls, and what is said when nobody can be asked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._environment.account import read_account
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

IDENTITY = {"Account": "123456789012", "Arn": "arn:aws-us-gov:sts::123456789012:assumed-role/platform/me"}
META = SimpleNamespace(endpoint_url="https://sts.eu-west-1.amazonaws.com")


class Sts:
    """Answers GetCallerIdentity, or fails with an error of botocore."""

    meta = META

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.calls = error, 0

    def get_caller_identity(self) -> dict[str, Any]:
        self.calls += 1
        if self.error:
            raise self.error
        return IDENTITY


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "cn-north-1", "mx-central-1"])
def test_account_and_partition_are_read_from_sts(region: str) -> None:
    account = {"account_id": "123456789012", "partition": "aws-us-gov", "region": region, "caller_arn": IDENTITY["Arn"]}
    assert read_account(Sts(), region, None) == account


@pytest.mark.parametrize("region", ["eu-west-99", "aws-global", "frankfurt"])
def test_an_unknown_region_is_refused_before_a_call(region: str) -> None:
    sts = Sts()
    with pytest.raises(PlatformError, match=rf"opta_region is '{region}', which botocore .* does not know\. .* for example [a-z]"):
        read_account(sts, region, None)
    assert sts.calls == 0


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NoCredentialsError(), "No AWS credentials were found"),
        (EndpointConnectionError(endpoint_url="x"), "AWS does not answer at https://sts.eu-west-1.amazonaws.com"),
    ],
)
def test_a_credentials_error_reports_the_remedy(error: Exception, sentence: str) -> None:
    with pytest.raises(PlatformError, match=sentence):
        read_account(Sts(error), "eu-west-1", None)


def test_another_account_is_refused() -> None:
    with pytest.raises(PlatformError, match="opta_account_id is 999999999999: nothing was changed"):
        read_account(Sts(), "eu-west-1", "999999999999")
