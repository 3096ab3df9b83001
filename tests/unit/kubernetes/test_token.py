"""Tokens of EKS clusters."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.token import RENEW_AFTER_SECONDS, TokenSource, mint


@pytest.fixture(autouse=True)
def _no_endpoint_of_this_machine(monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"):
        monkeypatch.delenv(name, raising=False)


def client(region="eu-west-1", **more):
    return boto3.session.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="key", region_name=region).client("sts", **more)


def decoded(token):
    text = token.removeprefix("k8s-aws-v1.")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def test_token_is_the_presigned_call_that_eks_expects():
    token = mint(client(), "opta-staging")
    url = urlsplit(decoded(token))
    query = parse_qs(url.query)
    assert token.startswith("k8s-aws-v1.")
    assert "=" not in token
    assert (url.scheme, url.netloc) == ("https", "sts.eu-west-1.amazonaws.com")
    assert query["Action"] == ["GetCallerIdentity"]
    assert query["X-Amz-Expires"] == ["60"]
    assert sorted(query["X-Amz-SignedHeaders"][0].split(";")) == ["host", "x-k8s-aws-id"]
    assert "opta-staging" not in url.query  # the name is signed, not sent


def test_tokens_of_two_clusters_differ():
    sts = client()
    assert (
        parse_qs(urlsplit(decoded(mint(sts, "a"))).query)["X-Amz-Signature"]
        != parse_qs(urlsplit(decoded(mint(sts, "b"))).query)["X-Amz-Signature"]
    )


def test_endpoint_of_the_user_is_respected():
    assert decoded(mint(client(endpoint_url="http://127.0.0.1:5000"), "a")).startswith("http://127.0.0.1:5000/")


def test_token_is_renewed_before_its_15_minutes_are_over():
    now = [0.0]
    made: list[str] = []
    hidden: list[str] = []

    def make():
        made.append(f"token-{len(made)}")
        return made[-1]

    source = TokenSource(make, hidden.append, lambda: now[0])
    assert source.token() == source.token() == "token-0"
    now[0] = RENEW_AFTER_SECONDS - 1
    assert source.token() == "token-0"
    assert source.seconds_left() == 1
    now[0] = RENEW_AFTER_SECONDS
    assert source.token() == "token-1"
    assert RENEW_AFTER_SECONDS <= 14 * 60
    assert hidden == made  # each one is masked in every output
