"""A key stays as long as anything needs it, whoever made that, and while nobody may look."""

from __future__ import annotations

import pytest


def as_list(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.fixture
def tags(identity):
    return identity.tags("network", identity.name)


@pytest.fixture
def key_arn(run_module, identity, tags):
    return run_module("kms_key", name=identity.name, tags=tags)["key"]["arn"]


@pytest.fixture
def remove(run_module, identity, tags):
    def removed(**options):
        return run_module("kms_key", name=identity.name, state="absent", tags=tags, **options)

    return removed


def state(aws, key_arn):
    return aws.kms.describe_key(KeyId=key_arn)["KeyMetadata"]["KeyState"]


def volume(aws, key_arn, tags):
    zone = aws.ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    more = {"TagSpecifications": [{"ResourceType": "volume", "Tags": as_list(tags)}]} if tags else {}
    return aws.ec2.create_volume(AvailabilityZone=zone, Size=1, Encrypted=True, KmsKeyId=key_arn, **more)["VolumeId"]


def database(aws, key_arn, tags):
    """The ARN of a cluster; without instances, for the key does not ask for them."""
    rds, name = aws.client("rds"), aws.name("main")
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="main", SubnetIds=aws.network()[1])
    login = {"MasterUsername": "opta", "MasterUserPassword": "correct-horse", "DBSubnetGroupName": name}
    made = rds.create_db_cluster(
        DBClusterIdentifier=name, Engine="aurora-postgresql", StorageEncrypted=True, KmsKeyId=key_arn, Tags=as_list(tags), **login
    )
    return made["DBCluster"]["DBClusterArn"]


def cache(aws, key_arn, tags):
    elasticache, name = aws.client("elasticache"), aws.name("main")
    elasticache.create_cache_subnet_group(CacheSubnetGroupName=name, CacheSubnetGroupDescription="main", SubnetIds=aws.network()[1])
    made = elasticache.create_replication_group(
        ReplicationGroupId=name,
        ReplicationGroupDescription="main",
        Engine="valkey",
        CacheNodeType="cache.t4g.micro",
        NumCacheClusters=1,
        CacheSubnetGroupName=name,
        AtRestEncryptionEnabled=True,
        KmsKeyId=key_arn,
        Tags=as_list(tags),
    )
    return made["ReplicationGroup"]["ARN"]


def volume_snapshot(aws, key_arn):
    made = aws.ec2.create_snapshot(VolumeId=volume(aws, key_arn, {}))["SnapshotId"]
    aws.ec2.delete_volume(VolumeId=aws.ec2.describe_snapshots(SnapshotIds=[made])["Snapshots"][0]["VolumeId"])
    return made


def database_snapshot(aws, key_arn):
    name = database(aws, key_arn, {}).rpartition(":")[2]
    made = aws.client("rds").create_db_cluster_snapshot(DBClusterIdentifier=name, DBClusterSnapshotIdentifier=f"{name}-by-hand")
    aws.client("rds").delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    return made["DBClusterSnapshot"]["DBClusterSnapshotArn"]


def automated_backup(aws, key_arn):
    """Of a cluster that is gone."""
    rds, name = aws.client("rds"), database(aws, key_arn, {}).rpartition(":")[2]
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
    kept = rds.describe_db_cluster_automated_backups()["DBClusterAutomatedBackups"]
    return next(each["DBClusterAutomatedBackupsArn"] for each in kept if each["DBClusterIdentifier"] == name)


def recovery_point(aws, key_arn):
    backup, source, vault = aws.client("backup"), database(aws, key_arn, {}), aws.name("vault")
    backup.create_backup_vault(BackupVaultName=vault, EncryptionKeyArn=aws.kms.create_key()["KeyMetadata"]["Arn"])
    made = backup.start_backup_job(BackupVaultName=vault, ResourceArn=source, IamRoleArn=aws.role("backup.amazonaws.com"))
    aws.client("rds").delete_db_cluster(DBClusterIdentifier=source.rpartition(":")[2], SkipFinalSnapshot=True)
    return made["RecoveryPointArn"]


def cache_snapshot(aws, key_arn):
    elasticache, name = aws.client("elasticache"), cache(aws, key_arn, {}).rpartition(":")[2]
    made = elasticache.create_snapshot(ReplicationGroupId=name, SnapshotName=f"{name}-by-hand")["Snapshot"]["ARN"]
    elasticache.delete_replication_group(ReplicationGroupId=name)
    return made


def image(aws, key_arn):
    device = {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": volume_snapshot(aws, key_arn)}}
    return aws.ec2.register_image(Name=aws.name("golden"), RootDeviceName="/dev/xvda", BlockDeviceMappings=[device])["ImageId"]


def granted_cluster(aws, key_arn):
    name = aws.cluster()
    grantee = aws.role("ec2.amazonaws.com")
    aws.kms.create_grant(KeyId=key_arn, GranteePrincipal=grantee, Operations=["Decrypt"], Name=f"eks-grant-{name}")
    return f":cluster/{name}"


USERS = [volume_snapshot, database_snapshot, automated_backup, recovery_point, cache_snapshot, image, granted_cluster]
LIVING = [volume, database, cache]


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.__name__)
def test_resources_of_others_prevent_deletion_of_the_key(aws, key_arn, remove, user):
    name = user(aws, key_arn)
    for check_mode in (True, False):
        kept = remove(check_mode=check_mode)
        assert (kept["actions"], kept["key"]["arn"]) == ([], key_arn)
        assert name in str(kept["warnings"]) and "cannot be read without the key" in str(kept["warnings"])
    assert state(aws, key_arn) == "Enabled"


def test_a_deleting_snapshot_does_not_prevent_deletion_of_the_key(aws, key_arn, remove):
    arn = cache_snapshot(aws, key_arn)
    aws.world.clock.set_times({"elasticache:snapshot": 3600})
    aws.client("elasticache").delete_snapshot(SnapshotName=arn.rpartition(":")[2])
    aws.world.clock.set_times({"elasticache:snapshot": 0})
    assert [action["action"] for action in remove()["actions"]] == ["delete"]


@pytest.mark.parametrize("living", LIVING, ids=lambda living: living.__name__)
def test_resources_under_the_key_prevent_its_deletion_and_a_plan_excludes_deleted_ones(aws, identity, key_arn, remove, living):
    living(aws, key_arn, identity.marks())
    assert [action["action"] for action in remove(check_mode=True)["actions"]] == ["delete"]
    assert remove()["actions"] == []
    assert state(aws, key_arn) == "Enabled"


def test_a_plan_excludes_retained_resources_that_are_deleted_on_confirmation(aws, identity, key_arn, remove):
    snapshot = volume_snapshot(aws, key_arn)
    aws.ec2.create_tags(Resources=[snapshot], Tags=as_list({**identity.marks(), "opta:retained": "true"}))
    assert remove(check_mode=True)["actions"] == []
    assert [action["action"] for action in remove(check_mode=True, retained_deleted=True)["actions"]] == ["delete"]
    assert remove(retained_deleted=True)["actions"] == []


def test_other_grants_are_reported_and_do_not_prevent_deletion(aws, key_arn, remove):
    grantee = aws.role("ec2.amazonaws.com")
    aws.kms.create_grant(KeyId=key_arn, GranteePrincipal=grantee, Operations=["Decrypt"], Name="theirs")
    context = {"EncryptionContextSubset": {"aws:ebs:id": "vol-0123456789abcdef0"}}
    aws.kms.create_grant(KeyId=key_arn, GranteePrincipal=grantee, Operations=["Decrypt"], Constraints=context)
    done = remove()
    assert [action["action"] for action in done["actions"]] == ["delete"]
    assert f"(theirs) to {grantee}" in str(done["warnings"]) and str(done["warnings"]).count(grantee) == 1
    assert state(aws, key_arn) == "PendingDeletion"


@pytest.mark.parametrize(
    ("permission", "code"),
    [
        ("rds:DescribeDBClusterSnapshots", "AccessDenied"),
        ("ec2:DescribeSnapshots", "UnauthorizedOperation"),
        ("backup:ListBackupVaults", "AccessDeniedException"),
        ("kms:ListGrants", "AccessDeniedException"),
    ],
)
def test_the_key_is_retained_when_its_users_cannot_be_listed(aws, key_arn, remove, permission, code):
    aws.world.faults.add({"operation": permission, "code": code, "status": 400, "count": 2})
    kept = remove()
    aws.world.faults.clear()
    assert kept["actions"] == []
    assert f"without the permissions {permission}" in str(kept["warnings"])
    assert state(aws, key_arn) == "Enabled"
