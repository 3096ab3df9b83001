"""Who a bearer token is."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable

import pytest

from tests.standin.token_webhook import principal_arn, review
from tests.unit.standin.tokens import CALLER, POLICY, ROLE, Lookup, make_token

ENTRY = {
    "username": "anna:{{SessionName}}",
    "kubernetesGroups": ["readers"],
    "associatedAccessPolicies": [{"policyArn": POLICY, "accessScope": {"type": "cluster", "namespaces": []}}],
}


def test_a_token_becomes_its_access_entrys_user() -> None:
    status = review(make_token("demo"), "demo", Lookup(ENTRY))
    assert status["authenticated"]
    assert status["user"]["username"] == "anna:anna"
    assert status["user"]["groups"] == ["eks-access-policy:view", "readers"]
    assert status["user"]["uid"] == CALLER


def test_a_token_without_an_access_entry_is_refused() -> None:
    status = review(make_token("demo"), "demo", Lookup(None))
    assert status == {"authenticated": False, "error": f"cluster demo has no access entry for {ROLE}"}


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("garbage", "does not begin with k8s-aws-v1."),
        ("k8s-aws-v1.%%%", "no presigned GetCallerIdentity"),
        ("k8s-aws-v1." + base64.urlsafe_b64encode(b"https://x/?Action=ListUsers").decode(), "no presigned GetCallerIdentity"),
        (lambda: make_token("demo", header="x-other"), "does not cover x-k8s-aws-id"),
        (lambda: make_token("demo", secret_key="wrong"), "signature is wrong"),
        (lambda: make_token("other"), "for another cluster than demo"),
    ],
)
def test_an_invalid_token_is_refused_with_the_reason(token: str | Callable[[], str], reason: str) -> None:
    # a good one is made when the test runs: it lives for 15 minutes
    status = review(token if isinstance(token, str) else token(), "demo", Lookup(ENTRY))
    assert not status["authenticated"]
    assert reason in status["error"]


def test_a_signature_is_not_checked_when_the_secret_key_is_unknown() -> None:
    assert review(make_token("demo", secret_key="wrong"), "demo", Lookup(ENTRY, secret_key=None))["authenticated"]


def test_an_old_token_is_refused() -> None:
    now = datetime.datetime.now(datetime.timezone.utc)
    date = (now - datetime.timedelta(minutes=16)).strftime("%Y%m%dT%H%M%SZ")
    fresh = make_token("demo").removeprefix("k8s-aws-v1.")
    url = base64.urlsafe_b64decode(fresh + "=" * (-len(fresh) % 4)).decode()
    today = url.split("X-Amz-Date=")[1].split("&")[0]
    old = "k8s-aws-v1." + base64.urlsafe_b64encode(url.replace(today, date).encode()).decode()
    assert review(old, "demo", Lookup(ENTRY, secret_key=None)) == {"authenticated": False, "error": "the token has expired"}


def test_an_unknown_access_key_is_refused() -> None:
    class Unknown(Lookup):
        def caller_arn(self, access_key: str, session_token: str | None) -> str:
            raise LookupError(access_key)

    assert "unknown access key" in review(make_token("demo"), "demo", Unknown(ENTRY))["error"]


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (CALLER, (ROLE, "anna")),
        ("arn:aws-cn:sts::123456789012:assumed-role/gone/x", ("arn:aws-cn:iam::123456789012:role/gone", "x")),
        ("arn:aws:iam::123456789012:user/path/ben", ("arn:aws:iam::123456789012:user/path/ben", "")),
    ],
)
def test_a_caller_becomes_the_principal_of_its_access_entry(caller: str, expected: tuple[str, str]) -> None:
    assert principal_arn(caller, Lookup(ENTRY)) == expected
