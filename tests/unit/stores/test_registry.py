"""The registry of the kinds of stores."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._stores import registry
from ansible_collections.opta.platform.plugins.module_utils._stores.registry import STORES

NO_ENTRIES: dict[str, list[dict[str, Any]]] = {store.role: [] for store in STORES}
NO_OUTPUTS: dict[str, dict[str, Any]] = {store.role: {} for store in STORES}


def unused(service: str) -> None:
    pytest.fail(f"a client of {service} was created")


def test_a_store_with_more_entries_than_outputs_is_missing() -> None:
    entries = {**NO_ENTRIES, "aurora": [{"name": "a"}, {"name": "b"}], "documentdb": [{"name": "a"}]}
    outputs = {**NO_OUTPUTS, "aurora": {"endpoints": {"a": "x"}}, "documentdb": {"endpoints": {"a": "x"}}}
    assert registry.missing(entries, outputs) == ["aurora"]


def test_stores_without_a_head_start_are_never_missing() -> None:
    assert registry.missing({**NO_ENTRIES, "s3": [{"name": "a"}]}, NO_OUTPUTS) == []


def test_offers_are_checked_for_named_entries_with_the_options_that_they_need() -> None:
    given = {
        "aurora_clusters": [{"name": "main", "engine_version": 17, "username": "opta", "replica_count": 2}, {"engine_version": "16"}],
        "elasticache_replication_groups": [{"name": "main", "replica_count": 1, "automatic_failover_enabled": True}],
        "s3_buckets": [{"name": "uploads"}],
    }
    assert registry.offer_entries(given) == {
        "aurora_clusters": [{"name": "main", "engine_version": "17"}],
        "elasticache_replication_groups": [{"name": "main", "replica_count": "1", "automatic_failover_enabled": "True"}],
    }


def test_without_entries_aws_is_not_asked() -> None:
    assert registry.offer_errors(unused, {"aurora_clusters": []}) == []


def test_stores_with_the_same_snapshots_share_their_retention() -> None:
    assert len(registry.retentions()) == len({store.retention for store in STORES if store.retention}) == 3
