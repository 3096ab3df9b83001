"""Clusters of Aurora that are restored from a snapshot or to a point in time, on the emulated AWS."""

from __future__ import annotations

import pytest
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


def test_a_restore_sets_the_password_again(aws, reconcile, plan_and_do, databases, options, fresh):
    reconcile(MODULE, **options)
    remove(reconcile, options)
    (snapshot,) = databases.snapshots(options["name"])
    name = fresh("restored")
    restored = {**options, "name": name, "secret_name": f"opta/{name}/store", "tags": {**options["tags"], "opta:name": name}}
    del restored["engine_version"]
    restored["restore"] = {"snapshot_identifier": snapshot["DBClusterSnapshotIdentifier"]}
    mark = len(aws.log())
    assert reconcile(MODULE, **restored, wait=False)["actions"] == [], "a head start leaves it to the run that sets the password"
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
        remove(reconcile, each, skip_final_snapshot=True)
    missing = {**restored, "name": fresh("missing"), "restore": {"snapshot_identifier": "not-there"}}
    assert "no such snapshot" in refusal(reconcile, True, **missing)


def version_of(databases, name):
    return databases.cluster(name)["EngineVersion"]


def test_a_restore_keeps_the_version_of_its_snapshot(aws, reconcile, plan_and_do, databases, options, fresh):
    """Without a version AWS takes the engine's default, of another family than the snapshot's parameter group."""
    reconcile(MODULE, **{**options, "engine_version": "16.13"})
    remove(reconcile, options)
    (snapshot,) = databases.snapshots(options["name"])
    restored = []
    for asked in (None, "16"):  # 16.11 is the default of 16: lower than the snapshot's version, which AWS refuses
        name = fresh("restored")
        entry = {**options, "name": name, "secret_name": f"opta/{name}/store", "tags": {**options["tags"], "opta:name": name}}
        entry["restore"] = {"snapshot_identifier": snapshot["DBClusterSnapshotIdentifier"]}
        del entry["engine_version"]
        restored.append({**entry, **({"engine_version": asked} if asked else {})})
        plan_and_do(MODULE, "create", **restored[-1])
        assert version_of(databases, name) == "16.13"
    for entry in restored:
        remove(reconcile, entry, skip_final_snapshot=True)
    account = aws.world.rds["123456789012", "eu-west-1"]
    account.snapshots[snapshot["DBClusterSnapshotIdentifier"]].data["EngineVersion"] = "15.4"
    reported = reconcile(MODULE, check_mode=True, **restored[0])
    assert "restored with version 15.15: AWS no longer offers 15.4" in " ".join(reported["warnings"])
    reconcile(MODULE, **restored[0])
    assert version_of(databases, restored[0]["name"]) == "15.15"
    remove(reconcile, restored[0], skip_final_snapshot=True)


def test_a_point_in_time_restore_cannot_change_the_major_version(reconcile, databases, options, fresh):
    reconcile(MODULE, **{**options, "engine_version": "16"})
    name = fresh("pointintime")
    entry = {**options, "name": name, "secret_name": f"opta/{name}/store"}
    entry["restore"] = {"source_cluster_identifier": options["name"], "use_latest_restorable_time": True}
    assert "leave engine_version out" in refusal(reconcile, True, **entry)
    remove(reconcile, options, skip_final_snapshot=True)
