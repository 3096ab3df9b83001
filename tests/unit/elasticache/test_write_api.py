"""A change of a store has ended once AWS shows it, whatever it still shows of the time before."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _wait
from ansible_collections.opta.platform.plugins.module_utils._elasticache import api, requests, write_api
from ansible_collections.opta.platform.plugins.module_utils._elasticache.replication_group import ReplicationGroup
from ansible_collections.opta.platform.plugins.module_utils._elasticache.users import User
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from botocore.exceptions import ClientError

#: status, node type, number of nodes, time of the last change of the token, status of the token
BEFORE = ("available", "cache.t4g.micro", 1, "old", None)


@pytest.fixture
def slept(monkeypatch):
    """Seconds that passed; nobody waits for them."""
    passed: list[float] = []
    monkeypatch.setattr(_wait, "time", SimpleNamespace(sleep=passed.append, monotonic=lambda: float(sum(passed))))
    return passed


@pytest.fixture
def aws(monkeypatch, slept):
    """ElastiCache that answers these in turn, the last one from then on; `calls` has what was changed, and how many looks came after it."""
    known = SimpleNamespace(to_come=[BEFORE], calls=[])

    def describe(_client, name):
        known.calls[-1:] = [(known.calls[-1][0], known.calls[-1][1] + 1)] if known.calls else []
        status, node_type, count, changed, token = known.to_come.pop(0) if len(known.to_come) > 1 else known.to_come[0]
        known.node = {"CacheNodeType": node_type}
        group = {"ReplicationGroupId": name, "Status": status, "MemberClusters": ["main-001", "main-002"][:count]}
        return {**group, "AuthTokenLastModifiedDate": changed, "PendingModifiedValues": {"AuthTokenStatus": token} if token else {}}

    def change(name):
        return lambda *_args, **_more: known.calls.append((name, 0))

    monkeypatch.setattr(api, "describe_replication_group", describe)
    monkeypatch.setattr(api, "describe_cache_cluster", lambda _client, _name: known.node)
    for name in ("modify_replication_group", "increase_replica_count", "modify_user"):
        monkeypatch.setattr(write_api, name, change(name))
    return known


@pytest.mark.parametrize(
    ("change", "answers"),
    [
        ({"node_type": "m7g"}, [BEFORE, BEFORE, ("modifying", *BEFORE[1:]), ("available", "m7g", *BEFORE[2:])]),
        ({"node_type": "m7g"}, [BEFORE, ("available", "m7g", *BEFORE[2:])]),
    ],
)
def test_a_node_type_is_waited_for_until_the_nodes_have_it(aws, slept, change, answers):
    aws.to_come = list(answers)
    ReplicationGroup(None, "main").change({"MemberClusters": ["main-001"]}, change, list(change))
    assert aws.calls == [("modify_replication_group", len(answers))]
    assert sum(slept) < _wait.Started.GRACE_SECONDS


def test_replicas_are_waited_for_until_they_are_listed(aws):
    aws.to_come = [BEFORE, BEFORE, ("modifying", *BEFORE[1:]), ("available", BEFORE[1], 2, *BEFORE[3:])]
    ReplicationGroup(None, "main").change({"MemberClusters": ["main-001"]}, {"replica_count": 1}, ["replica_count"])
    assert aws.calls == [("increase_replica_count", 3)]


@pytest.mark.parametrize(("now", "is_refused"), [("cache.m7g.large", False), ("cache.t4g.micro", True)])
def test_a_node_type_reached_concurrently_is_not_refused(aws, monkeypatch, now, is_refused):
    """ElastiCache does not list the present type among those that a group can change to."""
    monkeypatch.setattr(api, "list_allowed_node_types", lambda _client, _name: {"ScaleUpModifications": ["cache.t4g.small"]})
    aws.to_come = [("available", now, 1, "old", None)]
    found = {"Status": "available", "node": {"CacheNodeType": "cache.t4g.micro"}, "tags_known": False}
    with pytest.raises(Refused) if is_refused else nullcontext():
        ReplicationGroup(None, "main").check(found, {"node_type": "cache.m7g.large"})


@pytest.mark.parametrize("call", [write_api.increase_replica_count, write_api.decrease_replica_count])
def test_a_replica_count_reached_concurrently_is_not_a_failure(call):
    """The change of a run that was killed can end between the look and the call."""

    class Nothing:
        calls = 0

        def answer(self, **request):
            self.calls += 1
            raise ClientError({"Error": {"Code": "NoOperationFault", "Message": "no changes were required"}}, "IncreaseReplicaCount")

        increase_replica_count = decrease_replica_count = answer

    client = Nothing()
    call(client, "main", 2)
    assert client.calls == 1


def test_changes_that_aws_never_shows_do_not_block_the_run(aws, slept):
    ReplicationGroup(None, "main").change({"MemberClusters": ["main-001"]}, {"node_type": "m7g"}, ["node_type"])
    assert _wait.Started.GRACE_SECONDS <= sum(slept) < 2 * _wait.Started.GRACE_SECONDS


@pytest.mark.parametrize(
    "answers",
    [
        [BEFORE, BEFORE, BEFORE, ("modifying", *BEFORE[1:]), ("available", *BEFORE[1:3], "new", None)],
        [BEFORE, BEFORE, ("available", *BEFORE[1:4], "ROTATING"), BEFORE],
        [BEFORE, BEFORE, ("available", *BEFORE[1:3], "new", None)],
    ],
)
def test_a_token_rotation_is_not_complete_before_aws_has_started_it(aws, slept, answers):
    aws.to_come = list(answers)
    ReplicationGroup(None, "main")._change_token(AuthToken="x" * 16, AuthTokenUpdateStrategy="ROTATE")
    assert aws.calls == [("modify_replication_group", len(answers) - 1)]
    assert sum(slept) < _wait.Started.GRACE_SECONDS


@pytest.mark.parametrize(
    "answers", [[("active", 1), ("active", 1), ("modifying", 1), ("active", 2)], [("active", 1), ("active", 1), ("active", 2)]]
)
def test_a_user_change_is_not_complete_before_aws_has_started_it(monkeypatch, aws, answers):
    to_come = list(answers)

    def describe(_client, _name):
        status, passwords = to_come.pop(0)
        return {"Status": status, "AccessString": "on ~* +@all", "Authentication": {"PasswordCount": passwords}}

    monkeypatch.setattr(api, "describe_user", describe)
    User(None, "main")._modify(Passwords=["x" * 16, "y" * 16])
    assert to_come == []


def test_every_step_defines_how_its_result_is_observed():
    found = {"MemberClusters": ["a"], "TransitEncryptionEnabled": True, "node": {}}
    desired = {
        "replica_count": 1,
        "description": "x",
        "log_delivery": [],
        "engine": "valkey",
        "engine_version": "8.0",
        "parameter_group_name": "p",
        "node_type": "m7g",
        "authentication": "user_group",
        "user_group_id": "main",
        "transit_encryption_mode": "preferred",
    }
    shown = [name for step in requests.steps(found, desired, list(desired)) for name in step.shows]
    assert sorted(shown) == sorted(desired)
