"""Nodes are rebooted one after another, whatever AWS still shows of the time before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _wait
from ansible_collections.opta.platform.plugins.module_utils._elasticache import api, reboots, write_api

REPLICA, PRIMARY = "main-002", "main-001"
BEFORE = ("available", "in-sync")
REBOOT = [BEFORE, ("rebooting cluster nodes", "pending-reboot"), ("available", "pending-reboot"), BEFORE]


@pytest.mark.parametrize(("shown", "expected"), [(REBOOT, REBOOT), ([BEFORE], [BEFORE])])
def test_the_primary_is_rebooted_after_the_reboot_of_the_replica_completes(monkeypatch, shown, expected):
    """One that passes between two looks counts after a minute."""
    slept: list[float] = []
    happened: list[Any] = []
    to_come: list[tuple[str, str]] = []
    monkeypatch.setattr(_wait, "time", SimpleNamespace(sleep=slept.append, monotonic=lambda: float(sum(slept))))

    def reboot(_client, name):
        happened.append(("reboot", name))
        to_come.extend(shown)

    def describe(_client, name):
        status, parameters = to_come.pop(0) if to_come else BEFORE
        if len(happened) % (len(expected) + 1):
            happened.append((status, parameters))
        return {"CacheClusterStatus": status, "CacheParameterGroup": {"ParameterApplyStatus": parameters}}

    monkeypatch.setattr(write_api, "reboot_cache_cluster", reboot)
    monkeypatch.setattr(api, "describe_cache_cluster", describe)
    monkeypatch.setattr(api, "describe_replication_group", lambda _client, _name: {"Status": "available"})
    reboots.reboot(None, "main", [REPLICA, PRIMARY], 1800)
    assert happened == [each for name in (REPLICA, PRIMARY) for each in (("reboot", name), *expected)]
    assert (sum(slept) >= 2 * _wait.Started.GRACE_SECONDS) == (shown == [BEFORE])
