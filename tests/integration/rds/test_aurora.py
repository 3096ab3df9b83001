"""A cluster of Aurora in this process: every single change, and what is left of a run that was cut. AWS is asked for the truth."""

from __future__ import annotations

import pytest
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError

MODULE = "aurora_cluster"


@pytest.fixture
def options(databases, fresh):
    return databases.options(fresh("aurora"), "aurora", engine_version="17", database_name="app", deletion_protection=True)


def remove(bring, options, **more):
    return bring(MODULE, **{**options, **more, "state": "absent", "deletion_protection": False})


def refusal(bring, check_mode=False, **options):
    """The sentence with which a module refuses."""
    with pytest.raises(PlatformError) as caught:
        bring(MODULE, check_mode=check_mode, **options)
    return str(caught.value)


def mutating(aws, since):
    return [each["operation"] for each in aws.log()[since:] if each["mutating"]]


CHANGES = {
    "backup days": ({"backup_retention_period": 7}, "BackupRetentionPeriod", 7),
    "protection": ({"deletion_protection": False}, "DeletionProtection", False),
    "backup window": ({"preferred_backup_window": "01:00-01:45"}, "PreferredBackupWindow", "01:00-01:45"),
    "logs": ({"enabled_cloudwatch_logs_exports": ["postgresql"]}, "EnabledCloudwatchLogsExports", ["postgresql"]),
    "storage": ({"storage_type": "aurora-iopt1"}, "StorageType", "aurora-iopt1"),
    "life": (
        {"engine_lifecycle_support": "open-source-rds-extended-support"},
        "EngineLifecycleSupport",
        "open-source-rds-extended-support",
    ),
    "identity": ({"enable_iam_database_authentication": True}, "IAMDatabaseAuthenticationEnabled", True),
    "minor version": ({"engine_version": "17.9"}, "EngineVersion", "17.9"),
}


def test_every_single_change_is_planned_and_done(aws, bring, plan_and_do, databases, options):
    name = options["name"]
    bring(MODULE, **options)
    for title, (change, member, value) in CHANGES.items():
        done = plan_and_do(MODULE, "update", **{**options, **change})
        assert [action["attributes"] for action in done["actions"]] == [list(change)], title
        options.update(change)
        assert databases.cluster(name)[member] == value, title

    logs = plan_and_do(MODULE, "update", **{**options, "enabled_cloudwatch_logs_exports": []})
    assert logs["diff"]["before"] != logs["diff"]["after"]
    options["enabled_cloudwatch_logs_exports"] = []
    assert databases.cluster(name)["EnabledCloudwatchLogsExports"] == []

    plan_and_do(MODULE, "update", **{**options, "preferred_maintenance_window": "tue:02:00-tue:02:30"})
    options["preferred_maintenance_window"] = "tue:02:00-tue:02:30"
    assert databases.cluster(name)["PreferredMaintenanceWindow"] == "tue:02:00-tue:02:30"
    assert databases.instances(name)[f"{name}-1"]["PreferredMaintenanceWindow"] == "tue:02:00-tue:02:30"

    done = plan_and_do(MODULE, "create", **{**options, "instance_count": 3})
    assert [action["resource"] for action in done["actions"]] == [f"DB instance {name}-2", f"DB instance {name}-3"]
    options["instance_count"] = 3

    plan_and_do(MODULE, "update", **{**options, "db_instance_class": "db.r7g.large", "performance_insights_enabled": True})
    options.update(db_instance_class="db.r7g.large", performance_insights_enabled=True)
    for instance in databases.instances(name).values():
        assert (instance["DBInstanceClass"], instance["PerformanceInsightsEnabled"]) == ("db.r7g.large", True)
        assert instance["PerformanceInsightsKMSKeyId"] == options["kms_key_id"]

    databases.rds.failover_db_cluster(DBClusterIdentifier=name, TargetDBInstanceIdentifier=f"{name}-3")
    done = plan_and_do(MODULE, "delete", **{**options, "instance_count": 1})
    assert sorted(databases.instances(name)) == [f"{name}-3"], "the writer stays"
    options["instance_count"] = 1

    done = plan_and_do(MODULE, "update", **{**options, "allowed_cidr_blocks": ["10.9.0.0/24"]})
    assert [action["resource"] for action in done["actions"]] == [f"security group {name}"]
    remove(bring, options, skip_final_snapshot=True)
    assert databases.snapshots(name) == []


def test_a_major_upgrade_needs_a_word_and_brings_a_parameter_group_of_its_own(aws, bring, plan_and_do, databases, options):
    options = {**options, "engine_version": "16", "parameters": {"log_statement": "ddl"}}
    name = options["name"]
    bring(MODULE, **options)
    assert databases.parameters(name) == {"rds.force_ssl": "1", "log_statement": "ddl"}
    options["engine_version"] = "17"
    for check_mode in (True, False):
        mark = len(aws.log())
        assert "allow_major_version_upgrade: true" in refusal(bring, check_mode, **options)
        assert mutating(aws, mark) == []
    options.update(allow_major_version_upgrade=True, allow_reboot=True)
    done = plan_and_do(MODULE, "update", **options)
    assert {action["resource"]: action["action"] for action in done["actions"]} == {
        f"Aurora cluster {name}": "update",
        f"DB instance {name}-1": "update",
        f"DB cluster parameter group {name}-aurora-postgresql17": "create",
        f"DB cluster parameter group {name}-aurora-postgresql16": "delete",
    }
    assert databases.cluster(name)["EngineVersion"].startswith("17.")
    assert databases.parameters(name) == {"rds.force_ssl": "1", "log_statement": "ddl"}
    assert databases.groups_left(name) == [name, f"{name}-aurora-postgresql17"]
    assert databases.pending_reboot(name) == []
    remove(bring, options, skip_final_snapshot=True)


def test_t6_a_version_that_moved_is_left_and_told(aws, bring, plan_and_do, databases, options):
    name = options["name"]
    bring(MODULE, **options)
    told = bring(MODULE, **options)
    assert "AWS offers 17.9" in " ".join(told["warnings"])
    databases.rds.modify_db_cluster(DBClusterIdentifier=name, EngineVersion="17.9", ApplyImmediately=True)
    for version in ("17", "17.7", "16.13", None):
        given = (
            {**options, "engine_version": version} if version else {key: value for key, value in options.items() if key != "engine_version"}
        )
        assert not bring(MODULE, **given)["changed"]
    assert databases.cluster(name)["EngineVersion"] == "17.9"
    assert "above the 16.13" in " ".join(bring(MODULE, **{**options, "engine_version": "16.13"})["warnings"])
    remove(bring, options, skip_final_snapshot=True)


def test_t17_static_parameters_wait_for_a_reboot_that_needs_a_word(aws, bring, plan_and_do, databases, options):
    name, options = options["name"], {**options, "instance_count": 2}
    bring(MODULE, **options)
    options["parameters"] = {"max_connections": 500, "log_statement": "all"}
    done = plan_and_do(MODULE, "update", **options)
    assert [action["resource"] for action in done["actions"]] == [f"DB cluster parameter group {name}-aurora-postgresql17"]
    assert "allow_reboot: true" in " ".join(done["warnings"])
    assert sorted(databases.pending_reboot(name)) == [f"{name}-1", f"{name}-2"]
    assert "allow_reboot: true" in " ".join(bring(MODULE, **options)["warnings"]), "told on every run"
    mark = len(aws.log())
    done = plan_and_do(MODULE, "update", **options, allow_reboot=True)
    assert {tuple(action["attributes"]) for action in done["actions"]} == {("parameter_status",)}
    rebooted = [r["parameters"]["DBInstanceIdentifier"] for r in aws.log()[mark:] if r["operation"] == "RebootDBInstance"]
    assert rebooted == [f"{name}-2", f"{name}-1"], "readers first"
    assert databases.pending_reboot(name) == []

    options.update(parameters={"max_connections": 600}, allow_reboot=True)
    done = plan_and_do(MODULE, "update", **options)
    assert len(done["actions"]) == 3, "the change and the reboots it needs are planned together"
    assert databases.parameters(name) == {"rds.force_ssl": "1", "max_connections": "600"}
    assert databases.pending_reboot(name) == []
    remove(bring, options, skip_final_snapshot=True)


def test_t16_a_restore_sets_the_password_again(aws, bring, plan_and_do, databases, options, fresh):
    bring(MODULE, **options)
    remove(bring, options)
    (snapshot,) = databases.snapshots(options["name"])
    name = fresh("restored")
    restored = {**options, "name": name, "secret_name": f"opta/{name}/store", "tags": {**options["tags"], "opta:name": name}}
    del restored["engine_version"]
    restored["restore"] = {"snapshot_identifier": snapshot["DBClusterSnapshotIdentifier"]}
    mark = len(aws.log())
    assert bring(MODULE, **restored, wait=False)["actions"] == [], "a head start leaves it to the run that sets the password"
    assert mutating(aws, mark) == []
    plan_and_do(MODULE, "create", **restored)
    assert databases.tags(name)["opta:secret-version-id"] == databases.current_version(restored["secret_name"])
    modified = [r["parameters"] for r in aws.log()[mark:] if r["operation"] == "ModifyDBCluster"]
    assert any("MasterUserPassword" in request for request in modified)
    assert databases.cluster(name)["EngineVersion"] == "17.7"

    again = fresh("pointintime")
    point = {**restored, "name": again, "secret_name": f"opta/{again}/store", "instance_count": 2}
    point["restore"] = {"source_cluster_identifier": name, "use_latest_restorable_time": True}
    plan_and_do(MODULE, "create", **point)
    assert len(databases.instances(again)) == 2
    for each in (restored, point):
        remove(bring, each, skip_final_snapshot=True)
    missing = {**restored, "name": fresh("missing"), "restore": {"snapshot_identifier": "not-there"}}
    assert "no such snapshot" in refusal(bring, True, **missing)


@pytest.mark.parametrize("module", [MODULE, "documentdb_cluster"])
def test_t13_everything_is_tagged_by_the_call_that_makes_it(aws, bring, databases, fresh, module):
    version = {MODULE: "17", "documentdb_cluster": "5.0"}[module]
    options = databases.options(fresh("tagged"), "databases", engine_version=version, deletion_protection=False)
    mark = len(aws.log())
    bring(module, **options)
    made = mutating(aws, mark)
    assert {"CreateDBCluster", "CreateDBInstance", "CreateDBSubnetGroup", "CreateDBClusterParameterGroup", "CreateSecret"} <= set(made)
    assert not [operation for operation in made if "Tag" in operation]
    bring(module, **options, state="absent", skip_final_snapshot=True)


def test_a_head_start_and_what_another_run_began_are_finished(aws, bring, plan_and_do, databases, options):
    name = options["name"]
    begun = bring(MODULE, **options, wait=False)
    assert begun["actions"][0]["action"] == "create"
    done = bring(MODULE, **options)
    assert [action["resource"] for action in done["actions"]] == [f"DB instance {name}-1"]
    assert not bring(MODULE, **options)["changed"]
    databases.rds.modify_db_cluster(DBClusterIdentifier=name, BackupRetentionPeriod=9, DeletionProtection=False, ApplyImmediately=True)
    assert bring(MODULE, **options)["changed"]
    assert databases.cluster(name)["BackupRetentionPeriod"] == 5
    databases.rds.modify_db_cluster(DBClusterIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    options["deletion_protection"] = False
    begun = bring(MODULE, **options, state="absent", wait=False, skip_final_snapshot=True)
    assert begun["changed"]
    bring(MODULE, **options)
    assert databases.cluster(name)["Status"] == "available", "what was being deleted is waited for, then made anew"
    remove(bring, options, skip_final_snapshot=True)


STEPS = [
    "CreateSecret",
    "CreateDBClusterParameterGroup",
    "ModifyDBClusterParameterGroup",
    "CreateDBSubnetGroup",
    "CreateSecurityGroup",
    "AuthorizeSecurityGroupIngress",
    "CreateDBCluster",
    "CreateDBInstance",
]
LAST_STEPS = [
    "ModifyDBCluster",
    "DeleteDBInstance",
    "DeleteDBCluster",
    "AddTagsToResource",
    "DeleteDBClusterParameterGroup",
    "DeleteDBSubnetGroup",
    "DeleteSecurityGroup",
    "DeleteSecret",
]


def test_a_run_that_is_cut_at_any_call_is_finished_by_the_next(aws, bring, plan_and_do, databases, options):
    name = options["name"]
    for step in STEPS:
        aws.world.faults.add({"operation": step, "code": "AccessDenied", "message": "cut here", "status": 403})
        with pytest.raises(AnsibleAWSError):
            bring(MODULE, **options)
        aws.world.faults.clear()
    bring(MODULE, **options)
    assert not bring(MODULE, **options)["changed"]
    assert list(databases.instances(name)) == [f"{name}-1"]
    assert len(databases.security_groups(name)) == 1
    absent = {**options, "state": "absent", "deletion_protection": False}
    for step in LAST_STEPS:
        aws.world.faults.add({"operation": step, "code": "AccessDenied", "message": "cut here", "status": 403})
        with pytest.raises(AnsibleAWSError):
            bring(MODULE, **absent)
        aws.world.faults.clear()
    bring(MODULE, **absent)
    assert not bring(MODULE, **absent)["changed"]
    assert (databases.cluster(name), databases.groups_left(name), databases.security_groups(name)) == (None, [], [])
    (snapshot,) = databases.snapshots(name)
    assert "opta:retained" in {tag["Key"] for tag in snapshot["TagList"]}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"engine_version": "99"}, "does not offer engine_version 99"),
        ({"db_instance_class": "db.t1.huge"}, "no db_instance_class db.t1.huge"),
        ({"parameters": {"log_statment": "all"}}, "did you mean log_statement?"),
        ({"parameters": {"log_statement": "some"}}, "one of none, ddl, mod, all"),
    ],
)
def test_what_aws_does_not_offer_is_refused_before_anything_is_changed(aws, bring, options, wrong, message):
    mark = len(aws.log())
    for check_mode in (True, False):
        assert message in refusal(bring, check_mode, **{**options, **wrong})
    assert mutating(aws, mark) == []


def test_what_has_failed_is_told_with_what_can_be_done(aws, bring, plan_and_do, databases, options):
    bring(MODULE, **options)
    databases.rds.stop_db_cluster(DBClusterIdentifier=options["name"])
    failed = refusal(bring, **options)
    assert "It is stopped." in failed and "StartDBCluster" in failed
    databases.rds.start_db_cluster(DBClusterIdentifier=options["name"])
    remove(bring, options, skip_final_snapshot=True)
