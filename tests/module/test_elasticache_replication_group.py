"""The module elasticache_replication_group through Ansible, asked of ElastiCache, EC2 and Secrets Manager."""

from __future__ import annotations

import json

import pytest

from tests.module.eks_foundation import Foundation
from tests.support.identities import identity_of
from tests.support.standin import TIMES
from tests.support.steps import twelve_steps

MODULE = "elasticache_replication_group"


@pytest.fixture
def cache(standin):
    return standin.client("elasticache")


@pytest.fixture(scope="module")
def foundation(standin):
    return Foundation(standin)


@pytest.fixture
def options(standin, foundation, unique):
    name = unique("cache")
    vpc_id = foundation.ec2.describe_subnets(SubnetIds=foundation.subnet_ids)["Subnets"][0]["VpcId"]
    return {
        "name": name,
        "node_type": "cache.t4g.micro",
        "vpc_id": vpc_id,
        "subnet_ids": foundation.subnet_ids,
        "allowed_cidr_blocks": ["10.0.0.0/16"],
        "kms_key_arn": foundation.key_arn(),
        "secret_name": f"opta/{name}/cache/main",
        "secret_recovery_window_in_days": 7,
        "tags": identity_of(name).tags("elasticache", name),
    }


def described(cache, name):
    try:
        return cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]
    except cache.exceptions.ReplicationGroupNotFoundFault:
        return None


def secret(standin, options, label="AWSCURRENT"):
    found = standin.client("secretsmanager").get_secret_value(SecretId=options["secret_name"], VersionStage=label)
    return json.loads(found["SecretString"])


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, cache, options):
    name = options["name"]

    def poll():
        group = described(cache, name)
        if group is None:
            return [s["SnapshotName"] for s in cache.describe_snapshots()["Snapshots"] if s["ReplicationGroupId"] == name]
        node = cache.describe_cache_clusters(CacheClusterId=group["MemberClusters"][0])["CacheClusters"][0]
        return group["Status"], len(group["MemberClusters"]), group["AutomaticFailover"], node["CacheNodeType"], node["EngineVersion"]

    created = {**options, "engine_version": "8.0"}
    changed = {
        **created,
        "engine_version": "8.1",
        "node_type": "cache.t4g.small",
        "replica_count": 1,
        "automatic_failover_enabled": True,
        "multi_az_enabled": True,
        "snapshot_retention_days": 5,
        "parameters": {"maxmemory-policy": "allkeys-lru"},
        "tags": {**options["tags"], "team": "blue"},
    }
    gone = {"name": name, "secret_name": options["secret_name"], "secret_recovery_window_in_days": 7, "tags": options["tags"]}
    first, second, snapshots = twelve_steps(standin, run_module, MODULE, created, changed, poll, delete=gone)
    assert first == ("available", 1, "disabled", "cache.t4g.micro", "8.0.1")
    assert second == ("available", 2, "enabled", "cache.t4g.small", "8.1.0")
    assert len(snapshots) == 1
    arn = cache.describe_snapshots(SnapshotName=snapshots[0])["Snapshots"][0]["ARN"]
    assert {"Key": "opta:retained", "Value": "true"} in cache.list_tags_for_resource(ResourceName=arn)["TagList"]
    assert "DeletedDate" in standin.client("secretsmanager").describe_secret(SecretId=options["secret_name"])


def test_a_rotation_prints_no_password(standin, run_module, options):
    made = run_module(MODULE, **options)
    before = secret(standin, options)
    assert (before["username"], len(before["password"])) == ("default", 32)
    planned = run_module(MODULE, check_mode=True, **options, rotate_password=True)
    done = run_module(MODULE, **options, rotate_password=True)
    assert done["actions"] == planned["actions"]
    after = secret(standin, options)
    assert after["password"] != before["password"]
    again = run_module(MODULE, **options)
    assert again["actions"] == []
    shown = json.dumps([made, planned, done, again])
    assert before["password"] not in shown
    assert after["password"] not in shown
    log = (standin.directory / "requests.jsonl").read_text()
    assert before["password"] not in log


def test_a_run_without_waiting_is_completed_by_the_next(standin, run_module, cache, options):
    standin.set_times(elasticache_replicationgroup=2)
    try:
        begun = run_module(MODULE, **options, wait=False)
        assert begun["replication_group"]["status"] == "creating"
        assert run_module(MODULE, check_mode=True, **options)["actions"] == []
        ended = run_module(MODULE, **options)
    finally:
        standin.set_times(elasticache_replicationgroup=TIMES["elasticache:replicationgroup"])
    assert (ended["actions"], ended["replication_group"]["status"]) == ([], "available")
    cache.delete_replication_group(ReplicationGroupId=options["name"])
    assert run_module(MODULE, **options, state="absent", skip_final_snapshot=True)["changed"]
    assert described(cache, options["name"]) is None


def test_a_change_that_ends_while_the_group_is_read_is_not_refused(standin, run_module, cache, options):
    run_module(MODULE, **options)
    standin.set_times(elasticache_modification=0.5)
    try:
        cache.modify_replication_group(ReplicationGroupId=options["name"], CacheNodeType="cache.t4g.small", ApplyImmediately=True)
        standin.fault("DescribeReplicationGroups", kind="delay", seconds=1)
        assert run_module(MODULE, **{**options, "node_type": "cache.t4g.small"})["actions"] == []
    finally:
        standin.set_times(elasticache_modification=TIMES["elasticache:modification"])


def test_the_group_of_another_environment_is_refused_unless_adopted(run_module, cache, options):
    run_module(MODULE, **options)
    others = {**options, "tags": {**options["tags"], "opta:environment": "other"}}
    refused = run_module(MODULE, expect_failure=True, **others)
    assert f"belongs to the environment {options['name']}" in refused["msg"]
    assert run_module(MODULE, **others, adopt=True)["replication_group"]["tags"]["opta:environment"] == "other"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "Main"}, "name is 'Main'"),
        ({"replica_count": 9}, "between 0 and 5"),
        ({"secret_recovery_window_in_days": 3}, "between 7 and 30"),
    ],
)
def test_invalid_input_is_reported_before_the_first_call(standin, run_module, options, wrong, message):
    before = standin.mark()
    assert message in run_module(MODULE, expect_failure=True, **{**options, **wrong})["msg"]
    assert standin.requests(before) == []


MAKING = ("CreateSecret", "CreateSecurityGroup", "AuthorizeSecurityGroupIngress", "CreateUser", "CreateUserGroup", "CreateReplicationGroup")


def test_lost_responses_create_no_duplicates(standin, run_module, cache, options):
    for operation in MAKING:
        standin.fault(operation, kind="drop", carried_out=True)
    made = run_module(MODULE, **options)
    assert (made["actions"][0]["action"], described(cache, options["name"])["Status"]) == ("create", "available")


def test_stores_are_listed_by_their_secrets(run_module, options):
    run_module(MODULE, **options)
    stores = run_module("store_secrets_info", environment=options["name"], kind="cache")["stores"]
    assert [(store["name"], store["secret_name"]) for store in stores] == [("main", options["secret_name"])]
