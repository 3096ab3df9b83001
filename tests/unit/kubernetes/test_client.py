"""What the client does when the API server refuses: some refusals pass, others never do."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any
from unittest import mock

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes import client as module
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.client import KubernetesClient, KubernetesError

NOT_ALLOWED = 'namespaces "hello" is forbidden: User "arn:aws:sts::123456789012:assumed-role/ci/run" cannot get resource "namespaces"'
FOUND = (200, {"kind": "Namespace"})


class Answers:
    """Stands in for the pool of connections: gives one answer after the other, the last one for ever."""

    def __init__(self, answers: Sequence[tuple[int, dict[str, Any]]]) -> None:
        self._answers = list(answers)
        self.asked = 0

    def request(self, *_arguments: Any, **_options: Any) -> Any:
        self.asked += 1
        status, content = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return mock.Mock(status=status, data=json.dumps(content).encode())


@pytest.fixture(autouse=True)
def time_passes_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    yield


def client_of(answers: Answers) -> KubernetesClient:
    with mock.patch.object(module, "decode_certificate"), mock.patch.object(module, "_pool", return_value=answers):
        return KubernetesClient("opta-staging", "https://example.com", "", mock.Mock())


@pytest.mark.parametrize("refusal", [(401, {"message": "Unauthorized"}), (403, {"message": NOT_ALLOWED}), (503, {"message": "busy"})])
def test_forbidden_after_a_new_access_entry_and_overload_are_retried(refusal: tuple[int, dict[str, Any]]) -> None:
    answers = Answers([refusal, refusal, FOUND])
    assert client_of(answers).get("/api/v1/namespaces/hello") == {"kind": "Namespace"}
    assert answers.asked == 3


def test_permanent_lack_of_permission_is_reported() -> None:
    answers = Answers([(403, {"message": NOT_ALLOWED})])
    with pytest.raises(KubernetesError, match="does not allow it: .* cannot get resource"):
        client_of(answers).get("/api/v1/namespaces/hello")
    assert answers.asked > 3


@pytest.mark.parametrize(("answered_before", "expected"), [(False, 180), (True, 30)])
def test_forbidden_is_retried_for_minutes_only_after_a_new_access_entry(answered_before: bool, expected: int) -> None:
    answers = Answers([FOUND, (403, {"message": NOT_ALLOWED})] if answered_before else [(401, {"message": "Unauthorized"})])
    client = client_of(answers)
    if answered_before:
        client.get("/version")
    began = time.monotonic()
    with pytest.raises(KubernetesError, match="does not allow it|does not know the caller"):
        client.get("/api/v1/namespaces/hello")
    assert expected - 5 <= time.monotonic() - began <= expected


@pytest.mark.parametrize(
    "refusal",
    [
        (403, {"message": 'admission webhook "policy.example.com" denied the request: no such image'}),
        (403, {"message": 'pods "a" is forbidden: violates PodSecurity "restricted:latest"'}),
        (422, {"message": "is invalid"}),
    ],
)
def test_permanent_errors_are_reported_immediately(refusal: tuple[int, dict[str, Any]]) -> None:
    answers = Answers([refusal])
    with pytest.raises(KubernetesError):
        client_of(answers).get("/api/v1/namespaces/hello")
    assert answers.asked == 1


def test_a_missing_object_is_none() -> None:
    assert client_of(Answers([(404, {"message": "not found"})])).get("/api/v1/namespaces/hello") is None
