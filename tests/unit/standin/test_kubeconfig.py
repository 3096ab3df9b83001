"""The kubeconfig that `env` writes."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from tests.standin.kubeconfig import write_clusters


def cluster(name: str) -> dict[str, object]:
    arn = f"arn:aws:eks:eu-west-1:123456789012:cluster/{name}"
    return {"name": name, "arn": arn, "endpoint": "https://127.0.0.1:1", "certificateAuthority": {"data": "QQ=="}}


def current(path: Path) -> str:
    return str(json.loads(path.read_text())["current-context"])


def test_the_current_context_is_kept_while_its_cluster_exists(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    write_clusters(path, [], "eu-west-1")
    assert current(path) == ""
    write_clusters(path, [cluster("a"), cluster("b")], "eu-west-1")
    assert current(path) == "a"
    path.write_text(yaml.safe_dump({**json.loads(path.read_text()), "current-context": "b"}))  # as kubectl writes it
    write_clusters(path, [cluster("a"), cluster("b")], "eu-west-1")
    assert current(path) == "b"
    write_clusters(path, [cluster("a")], "eu-west-1")
    assert current(path) == "a"
