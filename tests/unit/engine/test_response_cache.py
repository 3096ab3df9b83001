"""What a module has been told once, it does not ask again before it changes or waits for something."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import parse_qs

import botocore.session
import pytest
from ansible_collections.opta.platform.plugins.module_utils._response_cache import ResponseCache, prefetch
from botocore.awsrequest import AWSResponse


class Calls:
    """A client of IAM whose calls are answered here and counted."""

    def __init__(self, answers: ResponseCache) -> None:
        self.count: Counter[str] = Counter()
        self.client = botocore.session.Session().create_client(
            "iam", region_name="eu-west-1", aws_access_key_id="-", aws_secret_access_key="-"
        )
        self.client.meta.events.register("before-call", lambda model, params, context, **_: answers.find(model, params, context))
        answers.listen(self.client)
        self.client.meta.events.register("before-send", self._answer)

    def _answer(self, request: Any, **_more: Any) -> AWSResponse:
        body = request.body if isinstance(request.body, str) else request.body.decode()
        name = parse_qs(body)["RoleName"][0]
        self.count[name] += 1
        return AWSResponse(request.url, 404, {}, Raw(MISSING)) if name == "none" else AWSResponse(request.url, 200, {}, Raw(ANSWER))


class Raw:
    def __init__(self, text: str) -> None:
        self._text = [text.encode()]

    def stream(self) -> Any:
        return iter(self._text)


ANSWER = """<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><RoleName>a</RoleName><Path>/</Path>
<RoleId>1</RoleId><Arn>arn:aws:iam::123456789012:role/a</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>
<AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%7D</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>"""
MISSING = "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>none</Message></Error></ErrorResponse>"


def test_a_repeated_request_is_sent_once() -> None:
    calls = Calls(ResponseCache())
    first, second = (calls.client.get_role(RoleName="a") for _time in range(2))
    assert first["Role"] == second["Role"]
    assert second["Role"]["AssumeRolePolicyDocument"] == {"Version": "2012-10-17"}
    assert calls.count == {"a": 1}


def test_each_caller_gets_its_own_copy_of_a_response() -> None:
    calls = Calls(ResponseCache())
    calls.client.get_role(RoleName="a")["Role"]["Path"] = "changed"
    assert calls.client.get_role(RoleName="a")["Role"]["Path"] == "/"


def test_requests_with_other_parameters_are_cached_separately() -> None:
    calls = Calls(ResponseCache())
    for name in ("a", "b", "a"):
        calls.client.get_role(RoleName=name)
    assert calls.count == {"a": 1, "b": 1}


def test_errors_are_not_cached() -> None:
    calls = Calls(ResponseCache())
    for _time in range(2):
        with pytest.raises(calls.client.exceptions.NoSuchEntityException):
            calls.client.get_role(RoleName="none")
    assert calls.count == {"none": 2}


def test_after_forget_nothing_is_cached() -> None:
    answers = ResponseCache()
    calls = Calls(answers)
    calls.client.get_role(RoleName="a")
    answers.forget()
    for _time in range(2):
        calls.client.get_role(RoleName="a")
    assert calls.count == {"a": 3}


def test_prefetched_responses_are_cached() -> None:
    calls = Calls(ResponseCache())
    prefetch([lambda: calls.client.get_role(RoleName="a"), lambda: calls.client.get_role(RoleName="none")])
    calls.client.get_role(RoleName="a")
    assert calls.count == {"a": 1, "none": 1}
