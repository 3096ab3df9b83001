"""How a store ends, and what is left of a run that was killed."""

from __future__ import annotations

import pytest

from .conftest import actions, died


def test_absent_creates_a_final_snapshot_tagged_as_retained(cache):
    cache.reconcile()
    planned = cache.remove(check_mode=True)
    assert cache.changing() == []
    done = cache.remove()
    assert actions(done) == actions(planned)
    (snapshot,) = [name for action, name, _attributes in actions(done) if action == "create"]
    found = cache.api.describe_snapshots(SnapshotName=snapshot.removeprefix("cache snapshot "))["Snapshots"][0]
    assert (found["ReplicationGroupId"], found["KmsKeyId"]) == (cache.name, cache.whole["kms_key_arn"])
    tags = cache.api.list_tags_for_resource(ResourceName=found["ARN"])["TagList"]
    assert {"Key": "opta:retained", "Value": "true"} in tags
    assert cache.left() == [found["ARN"]]
    assert "DeletedDate" in cache.clients["secretsmanager"].describe_secret(SecretId=cache.secret)
    assert actions(cache.remove()) == []
    assert cache.changing() == []


def test_final_snapshots_have_unique_names(cache):
    for _ in range(2):
        cache.reconcile()
        cache.remove()
    names = [s["SnapshotName"] for s in cache.api.describe_snapshots()["Snapshots"] if s["ReplicationGroupId"] == cache.name]
    assert len(set(names)) == 2


def test_absent_without_a_final_snapshot_deletes_everything(cache):
    cache.reconcile(authentication="auth_token")
    cache.remove(skip_final_snapshot=True)
    assert cache.left() == []


def test_a_recreated_store_uses_its_restored_secret(cache):
    cache.reconcile()
    before = cache.password()
    cache.remove(skip_final_snapshot=True)
    cache.reconcile()
    assert cache.accepted() == [cache.password()] == [before]


@pytest.mark.parametrize("status", ["creating", "modifying", "snapshotting", "deleting"])
def test_deletion_waits_for_the_operation_of_another_run(cache, aws, status):
    cache.reconcile()
    group, clock = cache.account.groups[cache.name], aws.world.clock
    clock.set_times({"elasticache:modification": 0.1, "elasticache:replicationgroup": 0.1})
    try:
        if status == "deleting":
            cache.api.delete_replication_group(ReplicationGroupId=cache.name)
        else:
            group.status = status
            clock.after("elasticache:modification", lambda: setattr(group, "status", "available"))
        cache.remove(skip_final_snapshot=True)
    finally:
        clock.set_times({"elasticache:modification": 0, "elasticache:replicationgroup": 0})
    assert cache.left() == []


def test_interrupted_runs_of_a_store_with_an_auth_token_are_completed(cache):
    """Making, changing and removing it die after calls that change something; tests/module has one with users."""
    changes = {"replica_count": 1, "automatic_failover_enabled": True, "engine_version": "8.1", "parameters": {"timeout": "60"}}
    options = {"authentication": "auth_token", "engine_version": "7.2"}
    cut = {"bring": 0, "change": 0, "remove": 0}
    for life, number in enumerate(range(1, 14, 3), start=1):
        cut["bring"] += died(cache, number, lambda: cache.reconcile(**options))
        cache.reconcile(**options)
        assert actions(cache.reconcile(**options)) == []
        assert len(cache.account.groups[cache.name].members) == 1
        cut["change"] += died(cache, number, lambda: cache.reconcile(**{**options, **changes}))
        cache.reconcile(**{**options, **changes})
        assert actions(cache.reconcile(**{**options, **changes})) == []
        assert cache.accepted() == [cache.password()]
        cut["remove"] += died(cache, number, cache.remove)
        cache.remove()
        kept = [arn for arn in cache.left() if ":snapshot:" in arn]
        assert cache.left() == kept
        assert len(kept) == life, "each life of the store ends in one snapshot that says that it is kept"
    assert min(cut.values()) >= 2
    assert max(cut.values()) < 14
