"""What the rest of the collection reads of caches: the outputs of the role, and what is kept on purpose."""

from __future__ import annotations

from functools import partial

from ansible_collections.opta.platform.plugins.module_utils._credentials.store_secrets import store_secrets
from ansible_collections.opta.platform.plugins.module_utils._elasticache import retained
from ansible_collections.opta.platform.plugins.module_utils._elasticache.environment import elasticache_outputs
from ansible_collections.opta.platform.plugins.module_utils._retained.resources import RetainedResources, delete_retained

from tests.support.identities import identity_of


def of(cache):
    return identity_of(cache.tags["opta:environment"])


def read(cache):
    stores = store_secrets(cache.clients["secretsmanager"], of(cache), "cache")
    return elasticache_outputs(cache.aws.client, of(cache), stores)


def test_outputs_are_read_back_as_the_role_publishes_them(cache):
    assert read(cache) == dict.fromkeys(
        ["replication_group_arns", "endpoints", "reader_endpoints", "ports", "secret_arns", "security_group_ids"], {}
    )
    made = cache.reconcile()[0].resource
    assert read(cache) == {
        "replication_group_arns": {"main": made["arn"]},
        "endpoints": {"main": made["endpoint"]},
        "reader_endpoints": {"main": made["reader_endpoint"]},
        "ports": {"main": "6379"},
        "secret_arns": {"main": made["secret_arn"]},
        "security_group_ids": {"main": made["security_group_id"]},
    }


def test_a_cache_that_is_not_complete_leaves_the_outputs_undefined(cache):
    cache.reconcile()
    cache.account.groups[cache.name].status = "creating"
    assert read(cache) is None
    cache.account.groups[cache.name].status = "available"
    cache.remove(skip_final_snapshot=True)
    assert read(cache)["endpoints"] == {}


def test_the_final_snapshot_is_listed_as_retained_and_expected_in_a_plan(cache):
    cache.reconcile()
    resources = RetainedResources(cache.aws.client, of(cache))
    (expected,) = retained.expected(cache.aws.client, of(cache), {"expect_cache_snapshots": True})
    assert (expected.kind, expected.kms_key_arn) == ("cache snapshot", cache.whole["kms_key_arn"])
    cache.remove()
    (kept,) = resources.find()
    assert (kept.kind, kept.name, kept.kms_key_arn) == ("cache snapshot", expected.name, cache.whole["kms_key_arn"])
    planned = delete_retained(resources, check_mode=True)
    assert [o.as_action() for o in delete_retained(resources, check_mode=False)] == [o.as_action() for o in planned]
    assert resources.find() == []
    assert cache.left() == []


def test_only_snapshots_with_the_retained_tag_are_retained(cache):
    cache.reconcile()
    cache.api.create_snapshot(CacheClusterId=cache.group()["MemberClusters"][0], SnapshotName=f"{cache.name}-own")
    client = partial(cache.aws.client)
    assert RetainedResources(client, of(cache)).find() == []
