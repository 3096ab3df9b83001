"""Instances are rebooted one after another, whatever AWS still shows of the time before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _wait
from ansible_collections.opta.platform.plugins.module_utils._errors import ResourceFailed
from ansible_collections.opta.platform.plugins.module_utils._rds import api, reboots
from ansible_collections.opta.platform.plugins.module_utils._rds.engine import AURORA
from ansible_collections.opta.platform.plugins.module_utils._rds.instance import DatabaseInstance

READER, WRITER = "main-2", "main-1"
BEFORE = ("available", "in-sync")
REBOOT = [BEFORE, ("available", "pending-reboot"), ("rebooting", "pending-reboot"), ("rebooting", "in-sync"), ("available", "in-sync")]


class Cluster:
    """What AWS shows of two instances, look by look, once they are rebooted: (status, status of the parameters)."""

    cluster_name, client = "main", None

    def __init__(self, *shown):
        self.happened, self._shown, self._at = [], shown, {READER: BEFORE, WRITER: BEFORE}
        self._to_come = {}

    def reboot(self, _client, name):
        self.happened.append(("reboot", name))
        self._to_come[name] = list(self._shown)

    def instances(self):
        for name, to_come in self._to_come.items():
            if to_come:
                self._at[name] = to_come.pop(0)
                self.happened.append((*self._at[name], name))
        return {name: {"DBInstanceArn": name, "DBInstanceStatus": status} for name, (status, _) in self._at.items()}

    def find(self):
        members = [{"DBInstanceIdentifier": name, "DBClusterParameterGroupStatus": shown} for name, (_, shown) in self._at.items()]
        return {"DBClusterMembers": members}


@pytest.fixture
def reboot(monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(_wait, "time", SimpleNamespace(sleep=slept.append, monotonic=lambda: float(sum(slept))))

    def run(*shown):
        cluster: Any = Cluster(*shown)
        monkeypatch.setattr(api, "reboot_instance", cluster.reboot)
        parts: Any = SimpleNamespace(
            client=None, cluster=cluster, given={"wait_timeout": 1800}, instance=lambda name: DatabaseInstance(cluster, AURORA, name)
        )
        reboots.reboot_all(parts, [READER, WRITER])
        return cluster.happened

    return run


def test_the_writer_is_rebooted_after_the_reboot_of_the_reader_completes(reboot):
    happened = reboot(*REBOOT)
    assert happened == [(*each, name) if each else ("reboot", name) for name in (READER, WRITER) for each in ((), *REBOOT)]


def test_a_reboot_missed_between_two_polls_counts_after_a_minute(reboot):
    assert [each for each in reboot(BEFORE) if each[0] == "reboot"] == [("reboot", READER), ("reboot", WRITER)]


def test_no_other_instance_is_rebooted_once_one_has_failed(reboot):
    with pytest.raises(ResourceFailed, match=f"DB instance {READER} has failed: incompatible-parameters"):
        reboot(BEFORE, ("rebooting", "pending-reboot"), ("incompatible-parameters", "pending-reboot"))
