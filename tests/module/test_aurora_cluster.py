"""aurora_cluster on the stand-in: through its life, every single change, and what is left of a run that was cut. AWS is asked."""

from __future__ import annotations

import pytest

from tests.module.database_foundation import BLOCK, Databases
from tests.support.steps import plan_and_do

MODULE = "aurora_cluster"


@pytest.fixture
def databases(standin):
    return Databases(standin)


@pytest.fixture
def options(databases, unique):
    return databases.options(unique("aurora"), "aurora", engine_version="17", database_name="app", deletion_protection=True)


def remove(run_module, options, **more):
    return run_module(MODULE, **{**options, **more, "state": "absent", "deletion_protection": False})


def test_a_cluster_is_created_updated_and_deleted(standin, run_module, databases, options):
    name = options["name"]
    done = plan_and_do(standin, run_module, MODULE, "create", **options)
    kinds = [action["resource"].rsplit(" ", 1)[0] for action in done["actions"]]
    assert sorted(kinds) == sorted(
        ["Aurora cluster", "DB instance", "DB cluster parameter group", "DB subnet group", "security group", "secret"]
    )
    cluster = databases.cluster(name)
    assert (cluster["Status"], cluster["Engine"], cluster["EngineVersion"], cluster["Port"]) == (
        "available",
        "aurora-postgresql",
        "17.7",
        5432,
    )
    assert (cluster["StorageEncrypted"], cluster["KmsKeyId"]) == (True, options["kms_key_id"])
    assert (cluster["BackupRetentionPeriod"], cluster["DeletionProtection"], cluster["CopyTagsToSnapshot"]) == (5, True, True)
    assert (cluster["DatabaseName"], cluster["EngineLifecycleSupport"]) == ("app", "open-source-rds-extended-support-disabled")
    assert databases.parameter(name, "rds.force_ssl") == "1"
    (group,) = databases.security_groups(name)
    assert cluster["VpcSecurityGroups"] == [{"VpcSecurityGroupId": group["GroupId"], "Status": "active"}]
    (rule,) = group["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"], [each["CidrIp"] for each in rule["IpRanges"]]) == (5432, 5432, [BLOCK])
    assert group["IpPermissionsEgress"] == []
    assert list(databases.instances(name)) == [f"{name}-1"]
    credentials = databases.credentials(options["secret_name"])
    assert credentials["username"] == cluster["MasterUsername"] == "opta"
    assert len(credentials["password"]) == 32 and credentials["password"].isalnum()
    assert databases.tags(name)["opta:secret-version-id"] == databases.current_version(options["secret_name"])
    assert options["tags"].items() <= databases.tags(name).items()
    assert credentials["password"] not in str(done)
    assert done["cluster"]["secret_arn"] == databases.secret(options["secret_name"])["ARN"]
    assert done["cluster"]["security_group_id"] == group["GroupId"]

    refused = run_module(MODULE, check_mode=True, expect_failure=True, **{**options, "state": "absent"})
    assert "deletion_protection: false" in refused["msg"]
    absent = {**options, "state": "absent", "deletion_protection": False}
    plan_and_do(standin, run_module, MODULE, "delete", **absent)
    assert databases.cluster(name) is None
    assert databases.instances(name) == {}
    assert databases.groups_left(name) == []
    assert databases.security_groups(name) == []
    assert "DeletedDate" in databases.secret(options["secret_name"])
    (snapshot,) = databases.snapshots(name)
    tags = {tag["Key"]: tag["Value"] for tag in snapshot["TagList"]}
    assert options["tags"].items() <= tags.items()
    assert "opta:retained" in tags, "T1: the key stays while the snapshot needs it"
    assert snapshot["KmsKeyId"] == options["kms_key_id"]


def test_a_rotation_and_an_interrupted_rotation_are_completed(standin, run_module, databases, options):
    name, secret = options["name"], options["secret_name"]
    run_module(MODULE, **options)
    first = databases.credentials(secret)["password"]
    planned = run_module(MODULE, check_mode=True, **options, rotate_password=True)
    done = run_module(MODULE, **options, rotate_password=True)
    assert planned["actions"] == done["actions"]
    assert done["actions"][0]["attributes"] == ["master_user_password"]
    second = databases.credentials(secret)["password"]
    assert second != first
    assert databases.tags(name)["opta:secret-version-id"] == databases.current_version(secret)
    assert first not in str(done) and second not in str(done)

    standin.fault("ModifyDBCluster", "error", code="AccessDenied", message="cut", status=403)
    run_module(MODULE, expect_failure=True, **options, rotate_password=True)
    standin.clear_faults()
    assert databases.credentials(secret)["password"] == second, "clients keep the password that works"
    done = plan_and_do(standin, run_module, MODULE, "update", **options)
    third = databases.credentials(secret)["password"]
    assert third not in (first, second)
    assert databases.tags(name)["opta:secret-version-id"] == databases.current_version(secret)
    remove(run_module, options, skip_final_snapshot=True)


def test_clusters_of_another_environment_or_engine_are_refused(standin, run_module, databases, options):
    run_module(MODULE, **options)
    others = {**options, "tags": {**options["tags"], "opta:environment": "other"}}
    mark = standin.mark()
    for check_mode in (True, False):
        refused = run_module(MODULE, check_mode=check_mode, expect_failure=True, **others)
        assert f"belongs to the environment {options['name']}" in refused["msg"]
        removal = run_module(MODULE, check_mode=check_mode, **others, state="absent")
        assert (removal["actions"], removal["left_alone"]) == ([], True)
        assert f"is left alone: it belongs to the environment {options['name']}" in str(removal["warnings"][0])
    document = {key: value for key, value in options.items() if key not in ("database_name", "engine_version")}
    refused = run_module("documentdb_cluster", expect_failure=True, **document, engine_version="5.0")
    assert "its engine is aurora-postgresql" in refused["msg"]
    assert standin.mutating(mark) == []
    adopted = run_module(MODULE, **others, adopt=True)
    assert adopted["changed"]
    assert databases.tags(options["name"])["opta:environment"] == "other"
    remove(run_module, others, skip_final_snapshot=True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "-x"}, "lower-case letters"),
        ({"engine_version": "17.x"}, 'in quotes, for example "17"'),
        ({"backup_retention_period": 40}, "between 1 and 35"),
        ({"instance_count": 20}, "between 1 and 16"),
        ({"database_name": ""}, "1 to 63 letters"),
        ({"master_username": "admin"}, "database reserves"),
        ({"preferred_backup_window": "2-3"}, "02:00-03:00"),
        ({"parameters": {"rds.force_ssl": 0}}, "always encrypted"),
        ({"restore": {"restore_to_time": "now"}}, "either snapshot_identifier"),
        ({"secret_recovery_window_in_days": 3}, "between 7 and 30"),
    ],
)
def test_invalid_input_is_reported_before_the_first_call(standin, run_module, options, wrong, message):
    before = standin.mark()
    assert message in run_module(MODULE, expect_failure=True, **{**options, **wrong})["msg"]
    assert standin.requests(before) == []
