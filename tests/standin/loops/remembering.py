"""Reads of the cluster that are answered from memory until something is written in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.standin.kubernetes_client import KubernetesClient


class RememberingClient(KubernetesClient):
    """Arguments: the API server's address; the directory of its files; what tells how much was written, None as long as nobody knows.

    What is answered must not be changed.
    """

    def __init__(self, endpoint: str, directory: Path, writes: Callable[[], int | None]) -> None:
        super().__init__(endpoint, directory)
        self._writes = writes
        self._answered: int | None = None
        self._answers: dict[str, Any] = {}

    def call(self, method: str, path: str, body: Any = None, content_type: str = "application/json", accept: tuple[int, ...] = ()) -> Any:
        writes = self._writes()
        if method != "GET" or writes is None:
            self._answers.clear()
            return super().call(method, path, body, content_type, accept)
        if writes != self._answered:
            self._answers.clear()
            self._answered = writes
        if path not in self._answers:
            answer = super().call(method, path, body, content_type, accept)
            if _is_refusal(answer):  # a kind is served some time after it was written
                return answer
            self._answers[path] = answer
        return self._answers[path]


def _is_refusal(answer: Any) -> bool:
    return isinstance(answer, dict) and answer.get("kind") == "Status"
