"""A whole store: what a plan says, what a run does, what is left of one that was killed."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._elasticache import api
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY
from ansible_collections.opta.platform.plugins.module_utils._response_cache import ResponseCache

from .conftest import actions, changed, planned_and_done

WITH_REPLICA = {"replica_count": 1, "automatic_failover_enabled": True, "multi_az_enabled": True}


def test_a_plan_on_an_empty_account_lists_the_actions_of_the_run(cache):
    done = planned_and_done(cache, **WITH_REPLICA)
    group = cache.group()
    assert (group["Status"], group["Engine"], len(group["MemberClusters"])) == ("available", "valkey", 2)
    assert (group["TransitEncryptionEnabled"], group["TransitEncryptionMode"]) == (True, "required")
    assert (group["AtRestEncryptionEnabled"], group["KmsKeyId"]) == (True, cache.whole["kms_key_arn"])
    assert group["UserGroupIds"] == [cache.name]
    assert cache.accepted() == [cache.password()]
    result = done[0].resource
    assert result["endpoint"] == group["NodeGroups"][0]["PrimaryEndpoint"]["Address"]
    assert (result["port"], result["engine_version"]) == (6379, "8.0.1")
    assert result["tags"] == cache.tags
    assert {outcome.kind for outcome in done} == {
        "cache replication group",
        "secret",
        "security group",
        "cache subnet group",
        "cache parameter group",
        "cache user",
        "cache user group",
    }


def test_a_plan_without_a_network_is_known_after_apply(cache):
    unknown = {"vpc_id": KNOWN_AFTER_APPLY, "subnet_ids": [KNOWN_AFTER_APPLY] * 3, "kms_key_arn": KNOWN_AFTER_APPLY}
    planned = cache.reconcile(check_mode=True, **unknown)
    assert {outcome.action for outcome in planned} == {"create"}
    result = planned[0].resource
    assert (result["endpoint"], result["secret_arn"], result["security_group_id"]) == (KNOWN_AFTER_APPLY,) * 3


def test_result_has_the_same_keys_in_a_plan(cache):
    planned = cache.reconcile(check_mode=True)[0].resource
    done = cache.reconcile()[0].resource
    assert planned.keys() == done.keys()
    assert "password" not in done


def test_only_the_port_is_open(cache):
    group_id = cache.reconcile()[0].resource["security_group_id"]
    group = cache.clients["ec2"].describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    (rule,) = group["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"], [each["CidrIp"] for each in rule["IpRanges"]]) == (6379, 6379, ["10.0.0.0/16"])
    assert group["IpPermissionsEgress"] == []


@pytest.mark.parametrize(
    ("change", "attributes"),
    [
        ({"description": "other"}, {"description"}),
        ({"node_type": "cache.t4g.small"}, {"node_type"}),
        ({"replica_count": 3}, {"replica_count"}),
        ({"replica_count": 0, "automatic_failover_enabled": False, "multi_az_enabled": False}, None),
        ({"automatic_failover_enabled": False, "multi_az_enabled": False}, {"automatic_failover_enabled", "multi_az_enabled"}),
        ({"snapshot_retention_days": 9}, {"snapshot_retention_days"}),
        ({"snapshot_window": "01:00-02:00"}, {"snapshot_window"}),
        ({"maintenance_window": "mon:01:00-mon:02:30"}, {"maintenance_window"}),
        ({"auto_minor_version_upgrade": False}, {"auto_minor_version_upgrade"}),
        ({"engine_version": "8.1"}, {"engine_version"}),
        ({"parameters": {"maxmemory-policy": "allkeys-lru", "timeout": 60, "activedefrag": True}}, {"parameters"}),
        ({"transit_encryption_mode": "preferred"}, {"transit_encryption_mode"}),
        ({"allowed_cidr_blocks": ["10.1.0.0/16"]}, {"allowed_cidr_blocks"}),
        (
            {"log_delivery": [{"log_type": "slow-log", "log_format": "json", "destination_type": "cloudwatch-logs", "destination": "/x"}]},
            {"log_delivery"},
        ),
    ],
    ids=lambda value: next(iter(value), "nothing") if isinstance(value, dict) else "",
)
def test_a_change_is_planned_and_applied_once(cache, change, attributes):
    cache.reconcile(**WITH_REPLICA)
    done = planned_and_done(cache, **{**WITH_REPLICA, **change})
    assert changed(done) == (set(change) if attributes is None else attributes)


def test_defaults_are_those_of_a_new_cache(cache):
    """What somebody has raised since stays, unless the inventory names it."""
    cache.reconcile(node_type=None)
    group, node = cache.group(), cache.node()
    assert (node["CacheNodeType"], len(group["MemberClusters"]), group["SnapshotRetentionLimit"]) == ("cache.t4g.small", 1, 5)
    cache.api.modify_replication_group(
        ReplicationGroupId=cache.name, SnapshotRetentionLimit=35, CacheNodeType="cache.t4g.medium", ApplyImmediately=True
    )
    assert actions(cache.reconcile(node_type=None)) == []
    assert cache.group()["SnapshotRetentionLimit"] == 35
    assert changed(cache.reconcile(node_type=None, snapshot_retention_days=5)) == {"snapshot_retention_days"}


def test_a_parameter_that_equals_its_default_is_no_change(cache, monkeypatch):
    """Whatever source AWS tells of it."""
    cache.reconcile(parameters={"timeout": 0, "maxmemory-policy": "allkeys-lru"})
    real = api.describe_parameters

    def reported(client, name):
        listed = real(client, name)
        return [{**each, "Source": "system"} if each["ParameterName"] == "timeout" else each for each in listed]

    monkeypatch.setattr(api, "describe_parameters", reported)
    assert actions(cache.reconcile(parameters={"timeout": 0, "maxmemory-policy": "allkeys-lru"})) == []
    assert changed(cache.reconcile(parameters={"timeout": 0})) == {"parameters"}


def test_nodes_with_data_tiering_are_created(cache):
    assert cache.reconcile(node_type="cache.r6gd.xlarge")[0].action == "create"


def test_maintenance_windows_are_compared_case_insensitively(cache):
    cache.reconcile(maintenance_window="Mon:01:00-Mon:02:30")
    assert actions(cache.reconcile(maintenance_window="Mon:01:00-Mon:02:30")) == []


def test_changes_reach_aws(cache):
    cache.reconcile(**WITH_REPLICA)
    change = {"replica_count": 2, "node_type": "cache.t4g.medium", "engine_version": "8.1", "snapshot_retention_days": 7}
    cache.reconcile(**{**WITH_REPLICA, **change, "parameters": {"timeout": "60"}})
    group, node = cache.group(), cache.node()
    assert (len(group["MemberClusters"]), group["SnapshotRetentionLimit"]) == (3, 7)
    assert (node["CacheNodeType"], node["EngineVersion"]) == ("cache.t4g.medium", "8.1.0")
    own = cache.api.describe_cache_parameters(CacheParameterGroupName=f"{cache.name}-valkey8", Source="user")["Parameters"]
    assert [(each["ParameterName"], each["ParameterValue"]) for each in own] == [("timeout", "60")]
    assert changed(planned_and_done(cache, **{**WITH_REPLICA, **change, "parameters": {}})) == {"parameters"}


def test_simultaneous_changes_are_applied_in_a_valid_order(cache):
    cache.reconcile()
    change = {**WITH_REPLICA, "node_type": "cache.t4g.small", "engine_version": "8.2", "snapshot_retention_days": 1}
    planned_and_done(cache, **change)
    back = {"replica_count": 0, "automatic_failover_enabled": False, "multi_az_enabled": False}
    planned_and_done(cache, **back)
    assert len(cache.group()["MemberClusters"]) == 1


def test_redis_becomes_valkey_with_a_parameter_group_of_its_family(cache):
    cache.reconcile(engine="redis", engine_version="7.1")
    assert cache.node()["CacheParameterGroup"]["CacheParameterGroupName"] == f"{cache.name}-redis7"
    done = planned_and_done(cache, engine="valkey", engine_version="8.0")
    assert ("delete", f"cache parameter group {cache.name}-redis7", ()) in actions(done)
    assert (cache.group()["Engine"], cache.node()["EngineVersion"]) == ("valkey", "8.0.1")
    assert f"{cache.name}-redis7" not in cache.account.parameter_groups
    with pytest.raises(Refused, match="ElastiCache cannot change valkey to redis"):
        cache.reconcile(engine="redis")
    assert cache.changing() == []


def test_unset_options_are_not_changed(cache):
    cache.reconcile(**WITH_REPLICA, engine_version="7.2", snapshot_retention_days=3, parameters={"timeout": "60"})
    outcomes = cache.reconcile(subnet_ids=None, allowed_cidr_blocks=None, kms_key_arn=None, vpc_id=None, node_type=None)
    assert actions(outcomes) == []
    assert outcomes[0].notes == [f"cache replication group {cache.name}: it has valkey 7.2.6; ElastiCache offers 8.2 now."]
    assert outcomes[0].resource["engine_version"] == "7.2.6"


def test_a_version_above_the_desired_one_is_reported_and_not_changed(cache):
    cache.reconcile(engine_version="8.1")
    outcomes = cache.reconcile(engine_version="8.0")
    assert actions(outcomes) == []
    assert "newer than the desired 8.0; it is left as it is" in outcomes[0].notes[0]


def test_changes_pending_for_the_maintenance_window_are_reported(cache):
    cache.reconcile(engine_version="7.2")
    change = {"engine_version": "8.0", "node_type": "cache.t4g.small", "apply_immediately": False}
    planned = cache.reconcile(check_mode=True, **change)
    assert actions(cache.reconcile(**change)) == actions(planned)
    again = cache.reconcile(**change)
    assert actions(again) == []
    assert "EngineVersion 8.0, CacheNodeType cache.t4g.small will be applied in the maintenance window" in again[0].notes[0]
    assert cache.node()["EngineVersion"] == "7.2.6"
    assert {"engine_version", "node_type"} <= changed(cache.reconcile(**{**change, "apply_immediately": True}))
    assert cache.node()["EngineVersion"] == "8.0.1"
    assert f"{cache.name}-valkey7" not in cache.account.parameter_groups


def test_parameters_that_need_a_reboot_are_reported_until_it_is_done(cache):
    cache.reconcile()
    done = planned_and_done(cache, parameters={"databases": 32})
    assert "after a reboot of its nodes" in str(done[0].notes)
    assert "after a reboot of its nodes" in str(cache.reconcile(parameters={"databases": 32})[0].notes), "on every run"
    cache.api.reboot_cache_cluster(CacheClusterId=f"{cache.name}-001", CacheNodeIdsToReboot=["0001"])
    assert "rebooted" not in str(cache.reconcile(parameters={"databases": 32})[0].notes)


def test_nodes_are_rebooted_on_confirmation_the_primary_last(cache, aws):
    cache.reconcile(**WITH_REPLICA)
    cache.reconcile(**WITH_REPLICA, parameters={"databases": 32})
    aws.world.faults.add({"operation": "RebootCacheCluster", "code": "InvalidCacheClusterState", "count": 1})
    mark = len(aws.log())
    done = planned_and_done(cache, **WITH_REPLICA, parameters={"databases": 32}, allow_reboot=True)
    primary, replica = (f"{cache.name}-00{number}" for number in (1, 2))
    assert actions(done) == [("update", f"cache node {node}", ("parameter_status",)) for node in (primary, replica)]
    tried = [each["parameters"]["CacheClusterId"] for each in aws.log()[mark:] if each["operation"] == "RebootCacheCluster"]
    assert list(dict.fromkeys(tried)) == [replica, primary]
    assert cache.account.groups[cache.name].reboot_pending == set()
    done = planned_and_done(cache, **WITH_REPLICA, parameters={"databases": 48}, allow_reboot=True)
    assert len(actions(done)) == 3, "the change and the reboots that it needs are planned together"
    done = planned_and_done(cache, **WITH_REPLICA, parameters={"databases": 48, "timeout": 60}, allow_reboot=True)
    assert len(actions(done)) == 1, "what holds at once needs none"
    assert cache.account.groups[cache.name].reboot_pending == set()


def test_tls_is_enabled_in_two_steps(cache):
    cache.reconcile(authentication="auth_token")
    settings = cache.account.groups[cache.name].settings
    settings.update(TransitEncryptionEnabled=False, TransitEncryptionMode=None)
    assert changed(planned_and_done(cache, authentication="auth_token")) == {"transit_encryption_mode"}
    assert cache.group()["TransitEncryptionMode"] == "required"


def test_an_auth_token_is_replaced_by_a_user(cache):
    cache.reconcile(authentication="auth_token")
    assert (cache.group()["AuthTokenEnabled"], cache.accepted()) == (True, [cache.password()])
    planned_and_done(cache, authentication="user_group")
    assert (cache.group()["AuthTokenEnabled"], cache.group()["UserGroupIds"]) == (False, [cache.name])
    assert cache.accepted() == [cache.password()]
    with pytest.raises(Refused, match="authentication cannot be changed from 'user_group' to 'auth_token': clients would lose access"):
        cache.reconcile(authentication="auth_token")


@pytest.mark.parametrize("engine", ["redis", "valkey"])
def test_the_only_user_is_ours_with_the_name_default(cache, engine):
    cache.reconcile(engine=engine)
    (user_id,) = cache.api.describe_user_groups(UserGroupId=cache.name)["UserGroups"][0]["UserIds"]
    user = cache.api.describe_users(UserId=user_id)["Users"][0]
    assert (user["UserId"], user["UserName"], user["Engine"]) == (cache.name, "default", engine)
    assert user["Authentication"] == {"Type": "password", "PasswordCount": 1}


def test_newly_created_resources_that_are_not_yet_visible_are_waited_for(cache, aws):
    for operation, code in (("CreateUserGroup", "UserNotFound"), ("CreateReplicationGroup", "InvalidUserGroupState")):
        aws.world.faults.add({"operation": operation, "code": code, "count": 2})
    assert cache.reconcile()[0].action == "create"
    assert cache.accepted() == [cache.password()]


def test_a_snapshot_that_starts_in_the_meantime_is_waited_for(cache, aws):
    cache.reconcile()
    aws.world.faults.add({"operation": "ModifyReplicationGroup", "code": "InvalidReplicationGroupState", "count": 2})
    assert changed(cache.reconcile(snapshot_retention_days=3)) == {"snapshot_retention_days"}
    assert cache.group()["SnapshotRetentionLimit"] == 3


def test_resources_are_tagged_in_the_creating_call(cache):
    for authentication in ("user_group", "auth_token"):
        cache.name = f"{cache.name[:30]}-{authentication[0]}"
        cache.reconcile(authentication=authentication, secret_name=f"{cache.secret}-{authentication}")
        assert not [call for call in cache.changing() if "Tags" in call]


def test_the_group_of_another_environment_is_refused(cache):
    cache.reconcile()
    others = {"tags": {**cache.tags, "opta:environment": "production"}}
    with pytest.raises(Refused, match=rf"exists, but it belongs to the environment {cache.tags['opta:environment']}"):
        cache.reconcile(more=others)
    (left,) = cache.remove(more=others)
    assert left.left_alone and "is left alone: it belongs to the environment" in left.notes[0]
    assert cache.changing() == []


def test_a_creating_group_of_another_environment_is_refused_once_its_tags_are_visible(cache, aws):
    cache.reconcile(secret_name=f"{cache.secret}-other")
    others = {**cache.tags, "opta:environment": "production"}
    cache.account.groups[cache.name].status = "creating"
    aws.world.clock.after("now", lambda: setattr(cache.account.groups[cache.name], "status", "available"))
    with pytest.raises(Refused, match="belongs to the environment"):
        cache.reconcile(more={"tags": others})


@pytest.mark.parametrize("status", ["creating", "modifying", "snapshotting"])
def test_an_operation_of_another_run_is_waited_for(cache, aws, status):
    cache.reconcile(**WITH_REPLICA)
    group = cache.account.groups[cache.name]
    group.status = status
    aws.world.clock.set_times({"elasticache:modification": 0.2})
    aws.world.clock.after("elasticache:modification", lambda: setattr(group, "status", "available"))
    aws.world.clock.set_times({"elasticache:modification": 0})
    planned = cache.reconcile(check_mode=True, **WITH_REPLICA)
    assert actions(planned) == []
    assert actions(cache.reconcile(**WITH_REPLICA)) == []
    assert cache.group()["Status"] == "available"


def test_a_group_that_is_being_deleted_is_waited_for_and_created_again(cache, aws):
    cache.reconcile()
    created = cache.group()["ReplicationGroupCreateTime"]
    aws.world.clock.set_times({"elasticache:replicationgroup": 0.2})
    try:
        cache.api.delete_replication_group(ReplicationGroupId=cache.name)
        planned = cache.reconcile(check_mode=True)
        assert planned[0].action == "create"
        assert cache.reconcile()[0].action == "create"
    finally:
        aws.world.clock.set_times({"elasticache:replicationgroup": 0})
    assert cache.group()["ReplicationGroupCreateTime"] > created


def test_a_group_that_failed_at_creation_is_replaced(cache, aws, place):
    key = aws.kms.create_key()["KeyMetadata"]["Arn"]
    cache.whole["kms_key_arn"] = key
    aws.world.clock.set_times({"elasticache:replicationgroup": 60})
    try:
        cache.reconcile(more={"wait": False})
        aws.kms.disable_key(KeyId=key)
        aws.pass_time()
    finally:
        aws.world.clock.set_times({"elasticache:replicationgroup": 0})
    (planned, *_more) = cache.reconcile(check_mode=True)
    assert planned.action == "replace"
    assert f"create-failed: Unable to access the KMS key {key}" in planned.notes[0]
    aws.kms.enable_key(KeyId=key)  # the cause is removed
    assert cache.reconcile()[0].action == "replace"
    assert cache.group()["Status"] == "available"
    cache.remove(skip_final_snapshot=True)
    assert cache.left() == []


def test_without_waiting_creation_is_started_and_completed_by_the_next_run(cache, aws):
    aws.world.clock.set_times({"elasticache:replicationgroup": 60})
    try:
        begun = cache.reconcile(more={"wait": False})
        assert cache.group()["Status"] == "creating"
        assert begun[0].action == "create"
        assert actions(cache.reconcile(more={"wait": False})) == []
    finally:
        aws.world.clock.set_times({"elasticache:replicationgroup": 0})
    aws.pass_time()
    assert actions(cache.reconcile()) == []
    assert cache.accepted() == [cache.password()]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"replica_count": 6}, "between 0 and 5"),
        ({"snapshot_retention_days": 36}, "between 0 and 35"),
        ({"node_type": "db.t3.small"}, "not a valid node type of ElastiCache"),
        ({"automatic_failover_enabled": True}, "needs a replica to fail over to"),
        ({"multi_az_enabled": True}, "needs automatic_failover_enabled"),
        ({"engine_version": "9.9"}, "ElastiCache offers valkey in 7.2, 8.0, 8.1, 8.2"),
        ({"subnet_ids": None}, "To create it, set subnet_ids"),
    ],
)
def test_bad_input_is_reported_before_any_change(cache, wrong, message):
    for check_mode in (True, False):
        with pytest.raises(Refused, match=message):
            cache.reconcile(check_mode=check_mode, **wrong)
        assert cache.changing() == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"port": 6380}, "port cannot be changed from 6379 to 6380"),
        ({"node_type": "cache.x9.huge"}, "can change from cache.t4g.micro to"),
        ({"replica_count": 0}, "needs a replica to fail over to"),
        ({"kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/other"}, "kms_key_arn cannot be changed"),
    ],
)
def test_immutable_attributes_are_reported_before_any_change(cache, wrong, message):
    cache.reconcile(**WITH_REPLICA)
    for check_mode in (True, False):
        with pytest.raises(Refused, match=message):
            cache.reconcile(check_mode=check_mode, **{**WITH_REPLICA, **wrong, "rotate_password": True})
        assert cache.changing() == []


def test_a_second_run_makes_few_read_only_calls(cache):
    cache.reconcile(**WITH_REPLICA)
    answers, sent = ResponseCache(), []
    events = [client.meta.events for client in cache.clients.values()]
    handlers = {
        "before-call": lambda model, params, context, **_more: answers.find(model, params, context),
        "after-call": answers.keep,
        "before-send": lambda request, **_more: sent.append(request.body),
    }
    for each in events:
        for event, handler in handlers.items():
            each.register(event, handler)
    try:
        cache.reconcile(**WITH_REPLICA)
    finally:
        for each in events:
            for event, handler in handlers.items():
                each.unregister(event, handler)
    assert cache.changing() == []
    assert len(sent) <= 20, sent
