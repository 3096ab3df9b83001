"""ElastiCache of the stand-in: states by the clock, and what AWS refuses."""

from __future__ import annotations

import pytest

PASSWORD, OTHER = "a" * 32, "b" * 32


@pytest.fixture(scope="module")
def cache(aws):
    aws.world.clock.set_times({"elasticache:notice": 0})
    return aws.client("elasticache")


@pytest.fixture(scope="module")
def place(aws, cache):
    """A subnet group and a security group."""
    vpc, subnets = aws.network()
    cache.create_cache_subnet_group(CacheSubnetGroupName="standing", CacheSubnetGroupDescription="x", SubnetIds=subnets)
    group = aws.ec2.create_security_group(GroupName="cache", Description="x", VpcId=vpc)["GroupId"]
    return {"CacheSubnetGroupName": "standing", "SecurityGroupIds": [group]}


@pytest.fixture(scope="module")
def make(aws, cache, place):
    """Makes a replication group and gives its id."""

    def made(wait=True, **options):
        name = options.pop("ReplicationGroupId", None) or aws.name("cache")
        given = {"ReplicationGroupDescription": "x", "Engine": "valkey", "CacheNodeType": "cache.t4g.micro", **place, **options}
        cache.create_replication_group(ReplicationGroupId=name, **given)
        if wait:
            aws.until(lambda: described(cache, name)["Status"] == "available")
        return name

    return made


@pytest.fixture(scope="module")
def standing(make):
    """A group that tests only read or whose change they undo."""
    return make(TransitEncryptionEnabled=True, AuthToken=PASSWORD, NumCacheClusters=2)


def described(cache, name):
    return cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]


def node_of(cache, name):
    member = described(cache, name)["MemberClusters"][0]
    return cache.describe_cache_clusters(CacheClusterId=member)["CacheClusters"][0]


def user(aws, cache, engine="redis", name="default", **options):
    identifier = aws.name("user")
    given = {"UserName": name, "AccessString": "on ~* +@all", "Passwords": [PASSWORD], **options}
    cache.create_user(UserId=identifier, Engine=engine, **given)
    return identifier


def user_group(aws, cache, *users, engine="redis"):
    identifier = aws.name("users")
    cache.create_user_group(UserGroupId=identifier, Engine=engine, UserIds=list(users))
    aws.until(lambda: cache.describe_user_groups(UserGroupId=identifier)["UserGroups"][0]["Status"] == "active")
    return identifier


def test_a_group_is_created_by_the_clock_and_deleted_with_a_snapshot(aws, cache, make, place, refusal):
    name = make(wait=False, NumCacheClusters=3, Tags=[{"Key": "a", "Value": "b"}])
    group = described(cache, name)
    assert (group["Status"], "NodeGroups" in group) == ("creating", False)
    assert "InvalidReplicationGroupState" in refusal(cache.list_tags_for_resource, ResourceName=group["ARN"])
    assert "InvalidReplicationGroupState" in refusal(cache.modify_replication_group, ReplicationGroupId=name, SnapshotRetentionLimit=1)
    assert "InvalidReplicationGroupState" in refusal(cache.delete_replication_group, ReplicationGroupId=name)
    aws.until(lambda: described(cache, name)["Status"] == "available")
    group = described(cache, name)
    assert group["NodeGroups"][0]["PrimaryEndpoint"]["Address"].startswith(f"master.{name}.")
    assert group["NodeGroups"][0]["ReaderEndpoint"]["Address"].endswith("euw1.cache.amazonaws.com")
    assert [member["CurrentRole"] for member in group["NodeGroups"][0]["NodeGroupMembers"]] == ["primary", "replica", "replica"]
    assert len({member["PreferredAvailabilityZone"] for member in group["NodeGroups"][0]["NodeGroupMembers"]}) == 3
    assert cache.list_tags_for_resource(ResourceName=group["ARN"])["TagList"] == [{"Key": "a", "Value": "b"}]
    assert "DependencyViolation" in refusal(aws.ec2.delete_security_group, GroupId=place["SecurityGroupIds"][0])
    assert "CacheSubnetGroupInUse" in refusal(cache.delete_cache_subnet_group, CacheSubnetGroupName="standing")
    cache.delete_replication_group(ReplicationGroupId=name, FinalSnapshotIdentifier=f"{name}-final")
    assert described(cache, name)["Status"] == "deleting"
    aws.pass_time()
    assert "ReplicationGroupNotFoundFault" in refusal(described, cache=cache, name=name)
    snapshot = cache.describe_snapshots(SnapshotName=f"{name}-final")["Snapshots"][0]
    assert (snapshot["SnapshotStatus"], snapshot["ReplicationGroupId"]) == ("available", name)
    again = make()
    taken = refusal(cache.delete_replication_group, ReplicationGroupId=again, FinalSnapshotIdentifier=f"{name}-final")
    assert "SnapshotAlreadyExistsFault" in taken
    cache.delete_snapshot(SnapshotName=f"{name}-final")
    aws.pass_time()
    assert "SnapshotNotFoundFault" in refusal(cache.describe_snapshots, SnapshotName=f"{name}-final")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ReplicationGroupId": "a--b"}, "InvalidParameterValue: The parameter ReplicationGroupId is not a valid identifier"),
        ({"ReplicationGroupId": "a" * 41}, "is not a valid identifier"),
        ({"AutomaticFailoverEnabled": True}, "InvalidParameterCombination: Automatic failover is not supported"),
        ({"NumCacheClusters": 2, "MultiAZEnabled": True}, "Multi-AZ requires automatic failover"),
        ({"NumCacheClusters": 7}, "between 1 and 6"),
        ({"EngineVersion": "6.2"}, "Cannot find version 6.2 for valkey"),
        ({"Engine": "memcached"}, "Invalid engine"),
        ({"CacheNodeType": "db.t3.micro"}, "CacheNodeType db.t3.micro is not valid"),
        ({"CacheSubnetGroupName": "none"}, "CacheSubnetGroupNotFoundFault"),
        ({"CacheParameterGroupName": "none"}, "CacheParameterGroupNotFound"),
        ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "security group sg-0123456789abcdef0 does not exist"),
        ({"AuthToken": PASSWORD}, "AuthToken requires encryption-in-transit"),
        ({"AuthToken": "short", "TransitEncryptionEnabled": True}, "Invalid AuthToken"),
        ({"AuthToken": 'p@ssword/with"all', "TransitEncryptionEnabled": True}, "Invalid AuthToken"),
        ({"KmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/none"}, "InvalidKMSKeyFault"),
        ({"Engine": "redis", "KmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/none"}, "only be specified when AtRestEncryption"),
        ({"SnapshotRetentionLimit": 36}, "between 0 and 35"),
        ({"SnapshotWindow": "05:00-05:30"}, "at least 60 minutes"),
        ({"SnapshotWindow": "04:30-05:30"}, "must not overlap"),
        ({"PreferredMaintenanceWindow": "sunday"}, "Invalid maintenance window"),
        ({"UserGroupIds": ["none"], "TransitEncryptionEnabled": True}, "UserGroupNotFound"),
        ({"UserGroupIds": ["none"]}, "requires encryption-in-transit"),
        ({"CacheNodeType": "cache.r6gd.xlarge"}, "you must enable data tiering"),
        ({"DataTieringEnabled": True}, "Data tiering is not supported"),
    ],
)
def test_bad_groups_are_refused(aws, cache, place, refusal, options, message):
    given = {
        "ReplicationGroupId": aws.name("bad"),
        "ReplicationGroupDescription": "x",
        "Engine": "valkey",
        "CacheNodeType": "cache.t4g.micro",
    }
    assert message in refusal(cache.create_replication_group, **{**given, **place, **options})


def test_a_user_group_of_redis_needs_a_user_named_default(aws, cache, refusal):
    other, plain = user(aws, cache, name="app"), user(aws, cache)
    assert "DefaultUserRequired" in refusal(cache.create_user_group, UserGroupId="none", Engine="redis", UserIds=[other])
    group = user_group(aws, cache, plain, other)
    refused = refusal(cache.modify_user_group, UserGroupId=group, UserIdsToRemove=[plain])
    assert "DefaultUserRequired" in refused
    assert "DuplicateUserName" in refusal(cache.create_user_group, UserGroupId="none", Engine="redis", UserIds=[plain, user(aws, cache)])
    assert "DefaultUserAssociatedToUserGroup" in refusal(cache.delete_user, UserId=plain)
    assert user_group(aws, cache, user(aws, cache, engine="valkey", name="app"), engine="valkey")


def test_users_have_at_most_two_passwords(aws, cache, refusal):
    name = user(aws, cache)
    assert "at most 2 passwords" in refusal(cache.modify_user, UserId=name, Passwords=[PASSWORD, OTHER, "c" * 32])
    assert "between 16 and 128" in refusal(cache.modify_user, UserId=name, Passwords=["short"])
    cache.modify_user(UserId=name, Passwords=[PASSWORD, OTHER])
    assert "InvalidUserState" in refusal(cache.modify_user, UserId=name, Passwords=[OTHER])
    aws.until(lambda: cache.describe_users(UserId=name)["Users"][0]["Status"] == "active")
    found = cache.describe_users(UserId=name)["Users"][0]
    assert found["Authentication"] == {"Type": "password", "PasswordCount": 2}
    cache.delete_user(UserId=name)
    aws.pass_time()
    assert "UserNotFound" in refusal(cache.describe_users, UserId=name)
    without = {"UserName": "x", "AccessString": "on", "Engine": "redis"}
    assert "No password was provided" in refusal(cache.create_user, UserId="none", **without)
    assert "must use a password" in refusal(cache.create_user, UserId="none", **{**without, "Engine": "valkey"}, NoPasswordRequired=True)


def test_a_user_group_in_use_is_not_deleted(aws, cache, make, refusal):
    group = user_group(aws, cache, user(aws, cache))
    name = make(UserGroupIds=[group], TransitEncryptionEnabled=True)
    assert cache.describe_user_groups(UserGroupId=group)["UserGroups"][0]["ReplicationGroups"] == [name]
    assert "InvalidUserGroupState" in refusal(cache.delete_user_group, UserGroupId=group)
    cache.delete_replication_group(ReplicationGroupId=name)
    aws.pass_time()
    cache.delete_user_group(UserGroupId=group)
    assert cache.describe_user_groups(UserGroupId=group)["UserGroups"][0]["Status"] == "deleting"
    aws.pass_time()
    assert "UserGroupNotFound" in refusal(cache.describe_user_groups, UserGroupId=group)


def test_the_auth_token_is_rotated_then_set(aws, cache, standing, refusal):
    def change(strategy, token):
        cache.modify_replication_group(ReplicationGroupId=standing, AuthToken=token, AuthTokenUpdateStrategy=strategy)
        aws.until(lambda: described(cache, standing)["Status"] == "available")

    (group,) = [g for a in aws.world.elasticache.values() for g in a.groups.values() if g.name == standing]
    before = described(cache, standing)["AuthTokenLastModifiedDate"]
    early = {"ReplicationGroupId": standing, "AuthToken": OTHER, "AuthTokenUpdateStrategy": "SET"}
    assert "only allowed after ROTATE" in refusal(cache.modify_replication_group, **early)
    change("ROTATE", OTHER)
    assert group.tokens == [PASSWORD, OTHER]
    assert described(cache, standing)["AuthTokenLastModifiedDate"] > before
    change("SET", OTHER)
    assert group.tokens == [OTHER]
    change("ROTATE", PASSWORD)
    change("SET", PASSWORD)


def test_a_change_is_visible_later_and_blocks_further_changes(aws, cache, make, refusal):
    name = make(TransitEncryptionEnabled=True, AuthToken=PASSWORD)
    aws.world.clock.set_times({"elasticache:notice": 5, "elasticache:modification": 5})
    try:
        cache.modify_replication_group(ReplicationGroupId=name, AuthToken=OTHER, AuthTokenUpdateStrategy="ROTATE", ApplyImmediately=True)
        assert (described(cache, name)["Status"], described(cache, name)["PendingModifiedValues"]) == ("available", {})
        assert "InvalidReplicationGroupState" in refusal(cache.modify_replication_group, ReplicationGroupId=name, SnapshotRetentionLimit=2)
        aws.world.clock.advance(5)
        assert described(cache, name)["Status"] == "modifying"
        assert described(cache, name)["PendingModifiedValues"] == {"AuthTokenStatus": "ROTATING"}
        aws.world.clock.advance(5)
        assert (described(cache, name)["Status"], described(cache, name)["PendingModifiedValues"]) == ("available", {})
    finally:
        aws.world.clock.set_times({"elasticache:notice": 0, "elasticache:modification": 60})


def test_pending_changes_wait_for_the_maintenance_window(aws, cache, make):
    name = make(EngineVersion="8.0")
    cache.modify_replication_group(ReplicationGroupId=name, CacheNodeType="cache.t4g.small", EngineVersion="8.1")
    aws.until(lambda: described(cache, name)["Status"] == "available")
    assert described(cache, name)["CacheNodeType"] == "cache.t4g.micro"
    assert node_of(cache, name)["PendingModifiedValues"] == {"EngineVersion": "8.1", "CacheNodeType": "cache.t4g.small"}
    cache.modify_replication_group(ReplicationGroupId=name, CacheNodeType="cache.t4g.small", EngineVersion="8.1", ApplyImmediately=True)
    assert described(cache, name)["Status"] == "modifying"
    aws.until(lambda: described(cache, name)["Status"] == "available")
    assert (node_of(cache, name)["CacheNodeType"], node_of(cache, name)["EngineVersion"]) == ("cache.t4g.small", "8.1.0")
    assert not node_of(cache, name).get("PendingModifiedValues")
    assert "cache.t4g.micro" in cache.list_allowed_node_type_modifications(ReplicationGroupId=name)["ScaleDownModifications"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"EngineVersion": "7.2"}, "Downgrading"),
        ({"Engine": "redis"}, "from valkey to redis is not supported"),
        ({"MultiAZEnabled": True}, "Multi-AZ requires automatic failover"),
        ({"TransitEncryptionEnabled": False}, "must be preferred first"),
        ({"UserGroupIdsToAdd": ["none"]}, "UserGroupNotFound"),
        ({"SnapshotRetentionLimit": 36}, "between 0 and 35"),
        ({"AuthTokenUpdateStrategy": "DELETE"}, "transitioning to RBAC"),
        ({"CacheParameterGroupName": "default.valkey7"}, "CacheParameterGroupNotFound"),
    ],
)
def test_bad_changes_are_refused(cache, standing, refusal, change, message):
    assert message in refusal(cache.modify_replication_group, ReplicationGroupId=standing, ApplyImmediately=True, **change)


def test_tls_is_enabled_in_two_steps(aws, cache, make, refusal):
    name = make()
    assert "TransitEncryptionMode" not in node_of(cache, name)

    def change(**transit):
        cache.modify_replication_group(ReplicationGroupId=name, ApplyImmediately=True, **transit)
        aws.until(lambda: described(cache, name)["Status"] == "available")

    straight = {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "required"}
    assert "must be preferred" in refusal(cache.modify_replication_group, ReplicationGroupId=name, **straight)
    change(TransitEncryptionEnabled=True, TransitEncryptionMode="preferred")
    change(TransitEncryptionMode="required")
    assert [each["TransitEncryptionMode"] for each in (described(cache, name), node_of(cache, name))] == ["required", "required"]


def test_replicas_are_added_and_removed(aws, cache, standing, refusal):
    def change(call, count):
        call(ReplicationGroupId=standing, NewReplicaCount=count, ApplyImmediately=True)
        aws.until(lambda: described(cache, standing)["Status"] == "available")

    change(cache.increase_replica_count, 3)
    assert len(described(cache, standing)["MemberClusters"]) == 4
    change(cache.decrease_replica_count, 1)
    assert len(described(cache, standing)["MemberClusters"]) == 2
    assert "NoOperationFault" in refusal(
        cache.increase_replica_count, ReplicationGroupId=standing, NewReplicaCount=1, ApplyImmediately=True
    )
    assert "ApplyImmediately" in refusal(
        cache.increase_replica_count, ReplicationGroupId=standing, NewReplicaCount=2, ApplyImmediately=False
    )
    too_many = {"ReplicationGroupId": standing, "NewReplicaCount": 6, "ApplyImmediately": True}
    assert "between 0 and 5" in refusal(cache.increase_replica_count, **too_many)


def test_parameters_of_a_group_are_modified_and_validated(aws, cache, make, refusal):
    name = aws.name("parameters")
    cache.create_cache_parameter_group(CacheParameterGroupName=name, CacheParameterGroupFamily="valkey8", Description="x")
    value = [{"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}]
    cache.modify_cache_parameter_group(CacheParameterGroupName=name, ParameterNameValues=value)
    own = cache.describe_cache_parameters(CacheParameterGroupName=name, Source="user")["Parameters"]
    assert [(p["ParameterName"], p["ParameterValue"]) for p in own] == [("maxmemory-policy", "allkeys-lru")]
    for wrong, message in (
        ({"ParameterName": "none", "ParameterValue": "1"}, "not a valid parameter name"),
        ({"ParameterName": "timeout", "ParameterValue": "soon"}, "invalid value soon"),
        ({"ParameterName": "maxclients", "ParameterValue": "1"}, "cannot be modified"),
    ):
        assert message in refusal(cache.modify_cache_parameter_group, CacheParameterGroupName=name, ParameterNameValues=[wrong])
    group = make(CacheParameterGroupName=name)
    assert "InvalidCacheParameterGroupState" in refusal(cache.delete_cache_parameter_group, CacheParameterGroupName=name)
    cache.reset_cache_parameter_group(CacheParameterGroupName=name, ParameterNameValues=value)
    assert cache.describe_cache_parameters(CacheParameterGroupName=name, Source="user")["Parameters"] == []
    cache.delete_replication_group(ReplicationGroupId=group)
    aws.pass_time()
    cache.delete_cache_parameter_group(CacheParameterGroupName=name)
    assert "CacheParameterGroupNotFound" in refusal(cache.describe_cache_parameter_groups, CacheParameterGroupName=name)


def test_engine_versions_are_listed(cache):
    listed = cache.describe_cache_engine_versions(Engine="valkey")["CacheEngineVersions"]
    assert {"7.2", "8.0", "8.1"} <= {version["EngineVersion"] for version in listed}
    (default,) = cache.describe_cache_engine_versions(Engine="valkey", DefaultOnly=True)["CacheEngineVersions"]
    assert default["CacheParameterGroupFamily"] == "valkey8"


def test_subnet_groups_are_created_and_deleted(aws, cache, refusal):
    name, (_vpc, subnets) = aws.name("subnets"), aws.network()
    assert "InvalidSubnet" in refusal(
        cache.create_cache_subnet_group, CacheSubnetGroupName=name, CacheSubnetGroupDescription="x", SubnetIds=["subnet-1"]
    )
    cache.create_cache_subnet_group(CacheSubnetGroupName=name, CacheSubnetGroupDescription="x", SubnetIds=subnets[:2])
    cache.modify_cache_subnet_group(CacheSubnetGroupName=name, SubnetIds=subnets)
    found = cache.describe_cache_subnet_groups(CacheSubnetGroupName=name)["CacheSubnetGroups"][0]
    assert [subnet["SubnetIdentifier"] for subnet in found["Subnets"]] == subnets
    cache.delete_cache_subnet_group(CacheSubnetGroupName=name)
    assert "CacheSubnetGroupNotFoundFault" in refusal(cache.describe_cache_subnet_groups, CacheSubnetGroupName=name)


def test_a_group_fails_when_its_key_is_disabled_during_creation(aws, cache, make):
    key = aws.kms.create_key()["KeyMetadata"]["Arn"]
    name = make(wait=False, KmsKeyId=key)
    aws.kms.disable_key(KeyId=key)
    aws.pass_time()
    assert described(cache, name)["Status"] == "create-failed"
    events = cache.describe_events(SourceIdentifier=name, SourceType="replication-group")["Events"]
    assert "Unable to access the KMS key" in events[-1]["Message"]


def test_the_tagging_api_lists_groups(aws, cache, make):
    name = make(Tags=[{"Key": "own", "Value": aws.name("tag")}])
    tags = cache.list_tags_for_resource(ResourceName=described(cache, name)["ARN"])["TagList"]
    found = aws.client("resourcegroupstaggingapi").get_resources(TagFilters=[{"Key": "own", "Values": [tags[0]["Value"]]}])
    assert [item["ResourceARN"] for item in found["ResourceTagMappingList"]] == [described(cache, name)["ARN"]]


def test_a_failover_moves_the_primary(aws, cache, make):
    name = make(NumCacheClusters=2, AutomaticFailoverEnabled=True, MultiAZEnabled=True)
    first = described(cache, name)["NodeGroups"][0]["NodeGroupMembers"][0]["CacheClusterId"]
    cache.test_failover(ReplicationGroupId=name, NodeGroupId="0001")
    assert described(cache, name)["NodeGroups"][0]["NodeGroupMembers"][0]["CacheClusterId"] != first


def test_a_snapshot_is_created_with_tags(aws, cache, standing):
    node, name = described(cache, standing)["MemberClusters"][0], aws.name("snapshot")
    arn = cache.create_snapshot(CacheClusterId=node, SnapshotName=name, Tags=[{"Key": "a", "Value": "b"}])["Snapshot"]["ARN"]
    assert described(cache, standing)["Status"] == "snapshotting"
    aws.until(lambda: described(cache, standing)["Status"] == "available")
    cache.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "c", "Value": "d"}])
    cache.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
    assert cache.list_tags_for_resource(ResourceName=arn)["TagList"] == [{"Key": "c", "Value": "d"}]
    assert [s["SnapshotName"] for s in cache.describe_snapshots(ReplicationGroupId=standing)["Snapshots"]] == [name]
