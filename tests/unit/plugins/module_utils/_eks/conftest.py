"""Recorded answers of AWS: each call is checked against botocore's model, must be the expected one, and gets the given answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency, _wait
from botocore.stub import ANY, Stubber


class Recorded:
    """A botocore client whose calls and answers are told beforehand, in order."""

    def __init__(self, service: str) -> None:
        self.client = boto3.client(service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        self.stubber = Stubber(self.client)
        self.stubber.activate()
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.client.meta.events.register("provide-client-params", self._note)

    def _note(self, params: dict[str, Any], model: Any, **_context: Any) -> None:
        self.requests.append((model.name, params))

    def answer(self, operation: str, answer: dict[str, Any], **params: Any) -> None:
        """The next call is this operation with these parameters (ANY for any value; none given: any parameters)."""
        self.stubber.add_response(operation, answer, params or None)

    def refuse(self, operation: str, code: str, message: str = "") -> None:
        self.stubber.add_client_error(operation, code, message)

    def sent(self, operation: str) -> dict[str, Any]:
        """The parameters of the last call of an operation (its API name), without the token that botocore adds."""
        last = [params for name, params in self.requests if name == operation][-1]
        return {name: value for name, value in last.items() if name != "clientRequestToken"}

    def done(self) -> None:
        self.stubber.assert_no_pending_responses()


@pytest.fixture
def recorded() -> Iterator[type[Recorded]]:
    made: list[Recorded] = []

    class Remembered(Recorded):
        def __init__(self, service: str) -> None:
            super().__init__(service)
            made.append(self)

    yield Remembered
    for each in made:
        each.done()


@pytest.fixture
def eks(recorded: type[Recorded]) -> Recorded:
    return recorded("eks")


@pytest.fixture
def anything() -> Any:
    return ANY


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes, but nobody waits for it."""
    for module in (_wait, _eventual_consistency):
        monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
