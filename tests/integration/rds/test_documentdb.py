"""A cluster of DocumentDB in this process: what is its own. AWS is asked for the truth."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError

MODULE = "documentdb_cluster"


@pytest.fixture
def options(databases, fresh):
    return databases.options(fresh("docdb"), "documentdb", engine_version="5.0", deletion_protection=True)


def remove(reconcile, options, **more):
    return reconcile(MODULE, **{**options, **more, "state": "absent", "deletion_protection": False})


def test_a_cluster_with_logs_is_created_updated_and_deleted(plan_and_do, databases, options):
    name = options["name"]
    options["enabled_cloudwatch_logs_exports"] = ["audit"]
    plan_and_do(MODULE, "create", **options)
    cluster = databases.cluster(name)
    assert (cluster["Engine"], cluster["EngineVersion"], cluster["Port"], cluster["Status"]) == ("docdb", "5.0.0", 27017, "available")
    assert (cluster["StorageEncrypted"], cluster["KmsKeyId"]) == (True, options["kms_key_id"])
    assert databases.parameters(name) == {"audit_logs": "enabled"}
    assert databases.parameter(name, "tls") == "enabled"
    (rule,) = databases.security_groups(name)[0]["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"]) == (27017, 27017)
    assert databases.credentials(options["secret_name"])["username"] == cluster["MasterUsername"]
    options.update(enabled_cloudwatch_logs_exports=["audit", "profiler"], backup_retention_period=9, instance_count=3, storage_type="iopt1")
    plan_and_do(MODULE, "update", **options)
    cluster = databases.cluster(name)
    assert (cluster["BackupRetentionPeriod"], cluster["StorageType"], len(databases.instances(name))) == (9, "iopt1", 3)
    assert databases.parameters(name) == {"audit_logs": "enabled", "profiler": "enabled"}
    options["deletion_protection"] = False
    assert plan_and_do(MODULE, "update", **options)["actions"][0]["attributes"] == ["deletion_protection"]
    options["instance_count"] = 2
    plan_and_do(MODULE, "delete", **options)
    assert (databases.cluster(name)["DeletionProtection"], len(databases.instances(name))) == (False, 2)
    plan_and_do(MODULE, "delete", **{**options, "state": "absent", "deletion_protection": False})
    assert (databases.cluster(name), databases.groups_left(name), databases.security_groups(name)) == (None, [], [])
    (snapshot,) = databases.snapshots(name)
    assert "opta:retained" in {tag["Key"] for tag in snapshot["TagList"]}


def test_the_tls_parameter_requires_a_reboot(aws, reconcile, plan_and_do, databases, options):
    name = options["name"]
    options["instance_count"] = 3
    reconcile(MODULE, **options)
    options["parameters"] = {"tls": "tls1.3+"}
    done = plan_and_do(MODULE, "update", **options)
    assert "allow_reboot: true" in " ".join(done["warnings"])
    assert len(databases.pending_reboot(name)) == 3
    account = aws.world.rds["123456789012", "eu-west-1"]
    assert {instance.in_force["tls"] for instance in account.instances.values() if instance.name.startswith(name)} == {"enabled"}
    mark = len(aws.log())
    plan_and_do(MODULE, "update", **options, allow_reboot=True)
    order = [each["parameters"]["DBInstanceIdentifier"] for each in aws.log()[mark:] if each["operation"] == "RebootDBInstance"]
    assert order == [f"{name}-2", f"{name}-3", f"{name}-1"], "readers first"
    assert databases.pending_reboot(name) == []
    assert {instance.in_force["tls"] for instance in account.instances.values() if instance.name.startswith(name)} == {"tls1.3+"}
    remove(reconcile, options, skip_final_snapshot=True)


def test_parameters_equal_to_their_defaults_cause_no_change_or_reboot(aws, reconcile, databases, options):
    options.update(parameters={"ttl_monitor": "enabled", "tls": "enabled", "profiler_threshold_ms": 100}, allow_reboot=True)
    reconcile(MODULE, **options)
    assert databases.parameters(options["name"]) == {}
    mark = len(aws.log())
    for check_mode in (True, False):
        again = reconcile(MODULE, check_mode=check_mode, **options)
        assert (again["actions"], again["warnings"]) == ([], [])
    assert [each["operation"] for each in aws.log()[mark:] if each["mutating"]] == []
    remove(reconcile, options, skip_final_snapshot=True)


def test_a_new_password_is_published_after_the_cluster_has_it(aws, reconcile, clients, databases, options):
    """DocumentDB stays available for a moment after ModifyDBCluster, and tells nothing of what is pending."""
    name, secret = options["name"], options["secret_name"]
    reconcile(MODULE, **options)
    cluster = aws.world.rds["123456789012", "eu-west-1"].clusters[name]
    published = []

    def note(model, **_context):
        if model.name == "UpdateSecretVersionStage":
            published.append((cluster.password, cluster.data["Status"]))

    events = clients("secretsmanager").meta.events
    events.register("before-call", note)
    reconcile(MODULE, **options, rotate_password=True)
    events.unregister("before-call", note)
    assert set(published) == {(databases.credentials(secret)["password"], "available")}
    remove(reconcile, options, skip_final_snapshot=True)


def test_a_deprecated_version_is_upgraded_although_aws_reports_no_targets(aws, reconcile, plan_and_do, databases, options):
    """DocumentDB's DescribeDBEngineVersions cannot be asked for all versions."""
    options["engine_version"] = "4.0"
    reconcile(MODULE, **options)
    aws.world.rds["123456789012", "eu-west-1"].clusters[options["name"]].data["EngineVersion"] = "3.6.0"
    options.update(engine_version="5.0", allow_major_version_upgrade=True, allow_reboot=True)
    plan_and_do(MODULE, "update", **options)
    assert databases.cluster(options["name"])["EngineVersion"] == "5.0.0"
    remove(reconcile, options, skip_final_snapshot=True)


def test_purging_parameters_keeps_those_of_exported_logs(reconcile, databases, options):
    reconcile(MODULE, **options, enabled_cloudwatch_logs_exports=["audit"], parameters={"ttl_monitor": "disabled"})
    reconcile(MODULE, **options, parameters={})
    assert databases.parameters(options["name"]) == {"audit_logs": "enabled"}
    reconcile(MODULE, **options, parameters={}, enabled_cloudwatch_logs_exports=[])
    assert databases.parameters(options["name"]) == {}
    remove(reconcile, options, skip_final_snapshot=True)


def test_a_major_version_upgrade_requires_a_confirmation(reconcile, plan_and_do, databases, options):
    options["engine_version"] = "4.0"
    reconcile(MODULE, **options)
    options["engine_version"] = "5.0"
    with pytest.raises(PlatformError, match="allow_major_version_upgrade: true"):
        reconcile(MODULE, **options)
    plan_and_do(MODULE, "update", **options, allow_major_version_upgrade=True, allow_reboot=True)
    assert databases.cluster(options["name"])["EngineVersion"] == "5.0.0"
    assert databases.groups_left(options["name"]) == [options["name"], f"{options['name']}-docdb5-0"]
    remove(reconcile, options, skip_final_snapshot=True)


def test_a_point_in_time_restore_gets_its_parameter_group_and_password(aws, reconcile, plan_and_do, databases, options, fresh):
    """DocumentDB's call takes no parameter group: it is set afterwards."""
    reconcile(MODULE, **options)
    name = fresh("restored")
    restored = {**options, "name": name, "secret_name": f"opta/{name}/store", "backup_retention_period": 8}
    restored["restore"] = {"source_cluster_identifier": options["name"], "use_latest_restorable_time": True}
    plan_and_do(MODULE, "create", **restored, allow_reboot=True)
    cluster = databases.cluster(name)
    assert (cluster["DBClusterParameterGroup"], cluster["BackupRetentionPeriod"]) == (f"{name}-docdb5-0", 8)
    assert databases.tags(name)["opta:secret-version-id"] == databases.current_version(restored["secret_name"])
    for each in (restored, options):
        remove(reconcile, each, skip_final_snapshot=True)


def test_the_name_of_an_aurora_cluster_is_refused(reconcile, databases, options):
    aurora = {key: value for key, value in options.items() if key != "engine_version"}
    reconcile("aurora_cluster", **aurora, engine_version="17")
    for state in ("present", "absent"):
        with pytest.raises(PlatformError, match="its engine is aurora-postgresql"):
            reconcile(MODULE, **options, state=state)
    reconcile("aurora_cluster", **{**aurora, "deletion_protection": False}, state="absent", skip_final_snapshot=True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"parameters": {"tls": "disabled"}}, "always encrypted"),
        ({"engine_version": "5"}, 'for example "5.0"'),
        ({"engine_version": "9.9"}, "does not offer engine_version 9.9"),
        ({"db_instance_class": "db.r7g.large"}, "no db_instance_class db.r7g.large"),
    ],
)
def test_unsupported_options_are_refused(reconcile, options, wrong, message):
    with pytest.raises(PlatformError, match=message):
        reconcile(MODULE, check_mode=True, **{**options, **wrong})
