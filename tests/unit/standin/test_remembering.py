"""The loops' reads are answered from memory, but never with what was before a write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.loops.remembering import RememberingClient

PODS, NODES = "/api/v1/pods", "/api/v1/nodes"
NOT_FOUND = {"kind": "Status", "code": 404}


class Cluster:
    """An API server that counts what it is asked."""

    def __init__(self) -> None:
        self.writes: int | None = 0
        self.asked: list[str] = []
        self.answers: dict[str, Any] = {PODS: {"kind": "PodList", "items": []}, NODES: {"kind": "NodeList", "items": []}}

    def call(self, method: str, path: str, *_more: Any) -> Any:
        self.asked.append(f"{method} {path}")
        return self.answers.get(path, NOT_FOUND)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    made = Cluster()
    monkeypatch.setattr(KubernetesClient, "call", made.call)
    return made


@pytest.fixture
def client(cluster: Cluster) -> RememberingClient:
    return RememberingClient("https://127.0.0.1:1", Path("/nowhere"), lambda: cluster.writes)


def test_a_repeated_request_is_sent_once(cluster: Cluster, client: RememberingClient) -> None:
    assert [client.items(PODS), client.items(NODES), client.items(PODS)] == [[], [], []]
    assert cluster.asked == [f"GET {PODS}", f"GET {NODES}"]


def test_a_request_is_repeated_after_a_write(cluster: Cluster, client: RememberingClient) -> None:
    client.items(PODS)
    cluster.writes, cluster.answers[PODS] = 1, {"kind": "PodList", "items": ["new"]}
    assert client.items(PODS) == ["new"]
    assert client.items(PODS) == ["new"]
    assert cluster.asked == [f"GET {PODS}"] * 2


def test_own_writes_invalidate_the_cache_immediately(cluster: Cluster, client: RememberingClient) -> None:
    client.items(PODS)
    client.delete(f"{PODS}/one")
    client.items(PODS)
    assert cluster.asked == [f"GET {PODS}", f"DELETE {PODS}/one", f"GET {PODS}"]


def test_without_a_write_counter_nothing_is_cached(cluster: Cluster, client: RememberingClient) -> None:
    client.items(PODS)
    cluster.writes = None
    client.items(PODS)
    client.items(PODS)
    cluster.writes = 0
    client.items(PODS)
    assert cluster.asked == [f"GET {PODS}"] * 4


def test_errors_are_not_cached(cluster: Cluster, client: RememberingClient) -> None:
    for _ in range(2):
        assert client.get("/apis/gateway.networking.k8s.io/v1/gateways", accept=(404,)) == NOT_FOUND
    assert len(cluster.asked) == 2
