"""A cluster of Aurora in this process: every single change, and what is left of a run that was cut. AWS is asked for the truth."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError

MODULE = "aurora_cluster"


@pytest.fixture
def options(databases, fresh):
    return databases.options(fresh("aurora"), "aurora", engine_version="17", database_name="app", deletion_protection=True)


def remove(reconcile, options, **more):
    return reconcile(MODULE, **{**options, **more, "state": "absent", "deletion_protection": False})


def refusal(reconcile, check_mode=False, **options):
    """The sentence with which a module refuses."""
    with pytest.raises(PlatformError) as caught:
        reconcile(MODULE, check_mode=check_mode, **options)
    return str(caught.value)


def mutating(aws, since):
    return [each["operation"] for each in aws.log()[since:] if each["mutating"]]


CHANGES: dict[str, tuple[dict[str, Any], str, Any]] = {
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


def test_every_single_change_is_planned_and_done(aws, reconcile, plan_and_do, databases, options):
    name = options["name"]
    reconcile(MODULE, **options)
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
    remove(reconcile, options, skip_final_snapshot=True)
    assert databases.snapshots(name) == []


def test_an_existing_performance_insights_key_is_kept(aws, reconcile, plan_and_do, databases, options):
    name = options["name"]
    reconcile(MODULE, **options)
    databases.rds.modify_db_instance(DBInstanceIdentifier=f"{name}-1", EnablePerformanceInsights=True, ApplyImmediately=True)
    # the change by hand, with the account's default key
    aws.until(lambda: databases.instances(name)[f"{name}-1"]["PerformanceInsightsEnabled"])
    first = databases.instances(name)[f"{name}-1"]["PerformanceInsightsKMSKeyId"]
    assert first != options["kms_key_id"]
    assert reconcile(MODULE, **options, performance_insights_enabled=True)["actions"] == [], "as it is"
    options["performance_insights_enabled"] = True
    for change in (
        ("performance_insights_retention_period", 31),
        ("performance_insights_enabled", False),
        ("performance_insights_enabled", True),
    ):
        options.update([change])
        plan_and_do(MODULE, "update", **options)
    instance = databases.instances(name)[f"{name}-1"]
    assert (instance["PerformanceInsightsEnabled"], instance["PerformanceInsightsKMSKeyId"]) == (True, first)
    assert instance["PerformanceInsightsRetentionPeriod"] == 31


def test_a_major_upgrade_requires_a_confirmation_and_creates_a_parameter_group(aws, reconcile, plan_and_do, databases, options):
    options = {**options, "engine_version": "16", "parameters": {"log_statement": "ddl"}}
    name = options["name"]
    reconcile(MODULE, **options)
    assert databases.parameters(name) == {"rds.force_ssl": "1", "log_statement": "ddl"}, "1 is no default of 16"
    options["engine_version"] = "17"
    for check_mode in (True, False):
        mark = len(aws.log())
        assert "allow_major_version_upgrade: true" in refusal(reconcile, check_mode, **options)
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
    assert databases.parameters(name) == {"log_statement": "ddl"}
    assert databases.parameter(name, "rds.force_ssl") == "1"
    assert databases.groups_left(name) == [name, f"{name}-aurora-postgresql17"]
    assert databases.pending_reboot(name) == []
    remove(reconcile, options, skip_final_snapshot=True)


def test_a_newer_observed_version_is_kept_and_reported(aws, reconcile, plan_and_do, databases, options):
    name = options["name"]
    reconcile(MODULE, **options)
    reported = reconcile(MODULE, **options)
    assert "AWS offers 17.9" in " ".join(reported["warnings"])
    databases.rds.modify_db_cluster(DBClusterIdentifier=name, EngineVersion="17.9", ApplyImmediately=True)
    aws.until(lambda: databases.cluster(name)["Status"] == "upgrading")
    for version in ("17", "17.7", "16.13", None):
        given = (
            {**options, "engine_version": version} if version else {key: value for key, value in options.items() if key != "engine_version"}
        )
        assert not reconcile(MODULE, **given)["changed"]
    assert databases.cluster(name)["EngineVersion"] == "17.9"
    assert "newer than the desired 16.13" in " ".join(reconcile(MODULE, **{**options, "engine_version": "16.13"})["warnings"])
    remove(reconcile, options, skip_final_snapshot=True)


def test_static_parameters_wait_for_a_reboot_that_requires_a_confirmation(aws, reconcile, plan_and_do, databases, options):
    name, options = options["name"], {**options, "instance_count": 2}
    reconcile(MODULE, **options)
    options["parameters"] = {"max_connections": 500, "log_statement": "all"}
    done = plan_and_do(MODULE, "update", **options)
    assert [action["resource"] for action in done["actions"]] == [f"DB cluster parameter group {name}-aurora-postgresql17"]
    assert "allow_reboot: true" in " ".join(done["warnings"])
    assert sorted(databases.pending_reboot(name)) == [f"{name}-1", f"{name}-2"]
    assert "allow_reboot: true" in " ".join(reconcile(MODULE, **options)["warnings"]), "told on every run"
    mark = len(aws.log())
    done = plan_and_do(MODULE, "update", **options, allow_reboot=True)
    assert {tuple(action["attributes"]) for action in done["actions"]} == {("parameter_status",)}
    rebooted = [r["parameters"]["DBInstanceIdentifier"] for r in aws.log()[mark:] if r["operation"] == "RebootDBInstance"]
    assert rebooted == [f"{name}-2", f"{name}-1"], "readers first"
    assert databases.pending_reboot(name) == []

    options.update(parameters={"max_connections": 600}, allow_reboot=True)
    done = plan_and_do(MODULE, "update", **options)
    assert len(done["actions"]) == 3, "the change and the reboots it needs are planned together"
    assert databases.parameters(name) == {"max_connections": "600"}
    assert databases.pending_reboot(name) == []
    remove(reconcile, options, skip_final_snapshot=True)


def test_a_parameter_that_equals_its_default_is_no_change(plan_and_do, databases, options, reconcile):
    name = options["name"]
    options["parameters"] = {"timezone": "UTC", "log_statement": "ddl"}
    plan_and_do(MODULE, "create", **options)
    assert databases.parameters(name) == {"log_statement": "ddl"}
    options["parameters"] = {"timezone": "CET", "log_statement": "ddl"}
    plan_and_do(MODULE, "update", **options)
    options["parameters"] = {"timezone": "UTC", "log_statement": "ddl"}
    plan_and_do(MODULE, "update", **options)
    assert databases.parameter(name, "timezone") == "UTC"
    remove(reconcile, options, skip_final_snapshot=True)


def test_a_list_parameter_accepts_several_values(plan_and_do, databases, options, reconcile):
    name = options["name"]
    options["parameters"] = {"shared_preload_libraries": "pg_stat_statements, pgaudit", "pgaudit.log": ["ddl", "role"]}
    plan_and_do(MODULE, "create", **options)
    assert databases.parameters(name) == {"shared_preload_libraries": "pg_stat_statements,pgaudit", "pgaudit.log": "ddl,role"}
    options["parameters"]["shared_preload_libraries"] = ["pg_stat_statements", "pg_cron"]
    plan_and_do(MODULE, "update", **options, allow_reboot=True)
    assert databases.parameter(name, "shared_preload_libraries") == "pg_stat_statements,pg_cron"
    remove(reconcile, options, skip_final_snapshot=True)


def test_a_cluster_of_a_deprecated_version_can_grow_and_be_upgraded(aws, reconcile, plan_and_do, databases, options):
    name = options["name"]
    reconcile(MODULE, **{**options, "engine_version": "15.15"})
    account = aws.world.rds["123456789012", "eu-west-1"]
    account.clusters[name].data["EngineVersion"] = "15.4"
    options["engine_version"] = "15"
    reported = reconcile(MODULE, **options)
    assert not reported["changed"]
    assert f"{name} has version 15.4, which AWS has deprecated: upgrade it." in " ".join(reported["warnings"])
    plan_and_do(MODULE, "create", **{**options, "instance_count": 2})
    options.update(instance_count=2, db_instance_class="db.r7g.large")
    plan_and_do(MODULE, "update", **options)
    options["engine_version"] = "15.17"
    plan_and_do(MODULE, "update", **options)
    assert databases.cluster(name)["EngineVersion"] == "15.17"
    remove(reconcile, options, skip_final_snapshot=True)


def test_a_class_changes_one_instance_after_another(aws, reconcile, databases, options):
    """RDS calls an instance available for a moment after ModifyDBInstance."""
    name, options = options["name"], {**options, "instance_count": 2}
    reconcile(MODULE, **options)
    mark = len(aws.log())
    reconcile(MODULE, **{**options, "db_instance_class": "db.r7g.large"})
    calls = [each for each in aws.log()[mark:] if each["operation"] in ("ModifyDBInstance", "DescribeDBInstances")]
    modified = [place for place, each in enumerate(calls) if each["operation"] == "ModifyDBInstance"]
    assert [calls[place]["parameters"]["DBInstanceIdentifier"] for place in modified] == [f"{name}-2", f"{name}-1"], "the writer last"
    assert modified[1] - modified[0] > 2, "the first one is looked at until it has its class"
    assert {each["DBInstanceClass"] for each in databases.instances(name).values()} == {"db.r7g.large"}
    remove(reconcile, options, skip_final_snapshot=True)


def test_serverless_capacity_is_increased_from_zero(plan_and_do, reconcile, databases, options):
    """AWS drops the pause with the least capacity of 0 that it belongs to."""
    options.update(db_instance_class="db.serverless", serverless_v2_scaling={"min_capacity": 0, "max_capacity": 4})
    reconcile(MODULE, **options)
    options["serverless_v2_scaling"] = {"min_capacity": 0.5, "max_capacity": 4}
    plan_and_do(MODULE, "update", **options)
    assert databases.cluster(options["name"])["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 4}
    remove(reconcile, options, skip_final_snapshot=True)


def test_defaults_are_those_of_a_new_cluster(aws, reconcile, databases, options):
    """What somebody has raised since stays, unless the inventory names it."""
    name = options["name"]
    for option in ("db_instance_class", "backup_retention_period"):
        del options[option]
    reconcile(MODULE, **options)
    cluster = databases.cluster(name)
    assert (cluster["BackupRetentionPeriod"], cluster["EnabledCloudwatchLogsExports"]) == (5, [])
    assert [each["DBInstanceClass"] for each in databases.instances(name).values()] == ["db.t4g.medium"]
    raised = {"BackupRetentionPeriod": 35, "EnableIAMDatabaseAuthentication": True, "PreferredBackupWindow": "04:00-05:00"}
    logs = {"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["postgresql"]}}
    support = {"EngineLifecycleSupport": "open-source-rds-extended-support"}
    databases.rds.modify_db_cluster(DBClusterIdentifier=name, **raised, **logs, **support, ApplyImmediately=True)
    larger = {"DBInstanceClass": "db.r7g.large", "EnablePerformanceInsights": True}
    databases.rds.modify_db_instance(DBInstanceIdentifier=f"{name}-1", **larger, ApplyImmediately=True)
    parameter = {"ParameterName": "log_statement", "ParameterValue": "ddl", "ApplyMethod": "immediate"}
    databases.rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=cluster["DBClusterParameterGroup"], Parameters=[parameter])
    aws.until(lambda: databases.cluster(name)["BackupRetentionPeriod"] == 35)
    assert not reconcile(MODULE, **options)["changed"]
    assert databases.instances(name)[f"{name}-1"]["DBInstanceClass"] == "db.r7g.large"
    lowered = reconcile(MODULE, **options, backup_retention_period=5, parameters={})
    assert [action["attributes"] for action in lowered["actions"]] == [["backup_retention_period"], ["parameters"]]
    remove(reconcile, options, skip_final_snapshot=True)


def test_a_publicly_accessible_instance_is_made_private_again(aws, plan_and_do, reconcile, databases, options):
    name = options["name"]
    reconcile(MODULE, **options)
    databases.rds.modify_db_instance(DBInstanceIdentifier=f"{name}-1", PubliclyAccessible=True, ApplyImmediately=True)
    aws.until(lambda: databases.instances(name)[f"{name}-1"]["PubliclyAccessible"])
    aws.until(lambda: databases.instances(name)[f"{name}-1"]["DBInstanceStatus"] == "available")
    done = plan_and_do(MODULE, "update", **options)
    assert [action["attributes"] for action in done["actions"]] == [["publicly_accessible"]]
    remove(reconcile, options, skip_final_snapshot=True)


def test_windows_and_classes_are_compared_case_insensitively(plan_and_do, reconcile, databases, options):
    options.update(preferred_maintenance_window="Sun:04:00-Sun:05:00", db_instance_class="db.R7G.large")
    plan_and_do(MODULE, "create", **options)
    assert databases.cluster(options["name"])["PreferredMaintenanceWindow"] == "sun:04:00-sun:05:00"
    remove(reconcile, options, skip_final_snapshot=True)


@pytest.mark.parametrize("module", [MODULE, "documentdb_cluster"])
def test_resources_are_tagged_in_the_creating_call(aws, reconcile, databases, fresh, module):
    version = {MODULE: "17", "documentdb_cluster": "5.0"}[module]
    options = databases.options(fresh("tagged"), "databases", engine_version=version, deletion_protection=False)
    mark = len(aws.log())
    reconcile(module, **options)
    made = mutating(aws, mark)
    assert {"CreateDBCluster", "CreateDBInstance", "CreateDBSubnetGroup", "CreateDBClusterParameterGroup", "CreateSecret"} <= set(made)
    assert not [operation for operation in made if "Tag" in operation]
    reconcile(module, **options, state="absent", skip_final_snapshot=True)


def test_a_head_start_and_operations_of_another_run_are_completed(aws, reconcile, plan_and_do, databases, options):
    name = options["name"]
    begun = reconcile(MODULE, **options, wait=False)
    assert begun["actions"][0]["action"] == "create"
    done = reconcile(MODULE, **options)
    assert [action["resource"] for action in done["actions"]] == [f"DB instance {name}-1"]
    assert not reconcile(MODULE, **options)["changed"]
    databases.rds.modify_db_cluster(DBClusterIdentifier=name, BackupRetentionPeriod=9, DeletionProtection=False, ApplyImmediately=True)
    aws.until(lambda: databases.cluster(name)["Status"] == "modifying")
    assert reconcile(MODULE, **options)["changed"]
    assert databases.cluster(name)["BackupRetentionPeriod"] == 5
    databases.rds.modify_db_cluster(DBClusterIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    aws.until(lambda: databases.cluster(name)["Status"] == "modifying")
    options["deletion_protection"] = False
    begun = reconcile(MODULE, **options, state="absent", wait=False, skip_final_snapshot=True)
    assert begun["changed"]
    reconcile(MODULE, **options)
    assert databases.cluster(name)["Status"] == "available", "what was being deleted is waited for, then made anew"
    remove(reconcile, options, skip_final_snapshot=True)


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


def test_a_run_interrupted_at_any_call_is_completed_by_the_next(aws, reconcile, plan_and_do, databases, options):
    name = options["name"]
    for step in STEPS:
        aws.world.faults.add({"operation": step, "code": "AccessDenied", "message": "cut here", "status": 403})
        with pytest.raises(AnsibleAWSError):
            reconcile(MODULE, **options)
        aws.world.faults.clear()
    reconcile(MODULE, **options)
    assert not reconcile(MODULE, **options)["changed"]
    assert list(databases.instances(name)) == [f"{name}-1"]
    assert len(databases.security_groups(name)) == 1
    absent = {**options, "state": "absent", "deletion_protection": False}
    for step in LAST_STEPS:
        aws.world.faults.add({"operation": step, "code": "AccessDenied", "message": "cut here", "status": 403})
        with pytest.raises(AnsibleAWSError):
            reconcile(MODULE, **absent)
        aws.world.faults.clear()
    reconcile(MODULE, **absent)
    assert not reconcile(MODULE, **absent)["changed"]
    assert (databases.cluster(name), databases.groups_left(name), databases.security_groups(name)) == (None, [], [])
    (snapshot,) = databases.snapshots(name)
    assert "opta:retained" in {tag["Key"] for tag in snapshot["TagList"]}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"engine_version": "99"}, "does not offer engine_version 99"),
        ({"db_instance_class": "db.t1.huge"}, "no db_instance_class db.t1.huge"),
        ({"parameters": {"log_statment": "all"}}, "did you mean log_statement?"),
        ({"parameters": {"log_statement": "some"}}, "some is not one of none, ddl, mod, all; for example none"),
        ({"parameters": {"shared_preload_libraries": "pgaudit,pg_audit"}}, "pg_audit is not one of auto_explain"),
    ],
)
def test_unavailable_versions_and_classes_are_refused_before_any_change(aws, reconcile, options, wrong, message):
    mark = len(aws.log())
    for check_mode in (True, False):
        assert message in refusal(reconcile, check_mode, **{**options, **wrong})
    assert mutating(aws, mark) == []


def test_a_failed_cluster_is_reported_with_its_remedy(aws, reconcile, plan_and_do, databases, options):
    reconcile(MODULE, **options)
    databases.rds.stop_db_cluster(DBClusterIdentifier=options["name"])
    failed = refusal(reconcile, **options)
    assert "It is stopped." in failed and "StartDBCluster" in failed
    databases.rds.start_db_cluster(DBClusterIdentifier=options["name"])
    remove(reconcile, options, skip_final_snapshot=True)
