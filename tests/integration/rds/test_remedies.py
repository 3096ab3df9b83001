"""What the message of a failure advises is done, and the next run succeeds."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import ResourceFailed

MODULE = "aurora_cluster"


@pytest.fixture
def options(databases, fresh):
    return databases.options(fresh("remedies"), "aurora", engine_version="17")


@pytest.fixture
def account(aws):
    """What the stand-in keeps of RDS, once there is any."""
    return lambda: aws.world.rds["123456789012", "eu-west-1"]


@pytest.fixture
def failure(reconcile):
    def failure(**options):
        with pytest.raises(ResourceFailed) as failed:
            reconcile(MODULE, **options)
        return str(failed.value)

    return failure


def remove(reconcile, options):
    reconcile(MODULE, **{**options, "state": "absent", "skip_final_snapshot": True, "deletion_protection": False})


def test_corrected_parameters_start_an_instance_again(aws, reconcile, plan_and_do, databases, options, failure):
    """AWS only reboots an instance that does not start with its parameters, so these are corrected before anything else."""
    options.update(instance_count=2)
    reader, writer = f"{options['name']}-2", f"{options['name']}-1"
    reconcile(MODULE, **options)
    mark = len(aws.log())
    wrong = {**options, "parameters": {"max_connections": 200000}, "allow_reboot": True}
    message = failure(**wrong)
    assert f"DB instance {reader} has failed: incompatible-parameters." in message
    assert "Correct the parameters and run again" in message
    rebooted = [each["parameters"]["DBInstanceIdentifier"] for each in aws.log()[mark:] if each["operation"] == "RebootDBInstance"]
    assert rebooted == [reader], "the writer goes on with its old parameters"
    assert failure(**wrong) == message, "as long as they are wrong"
    corrected = {**options, "parameters": {"max_connections": 500}, "backup_retention_period": 7}
    planned = reconcile(MODULE, check_mode=True, **corrected)
    assert f"{reader} does not start with its parameters: it is rebooted" in " ".join(planned["warnings"])
    assert "An apply stops here" not in " ".join(planned["warnings"])
    done = plan_and_do(MODULE, "update", **corrected)
    assert {(action["resource"], *action["attributes"]) for action in done["actions"]} == {
        (f"Aurora cluster {options['name']}", "backup_retention_period"),
        (f"DB instance {reader}", "status"),
        (f"DB cluster parameter group {options['name']}-aurora-postgresql17", "parameters"),
    }
    assert {each["DBInstanceStatus"] for each in databases.instances(options["name"]).values()} == {"available"}
    assert databases.pending_reboot(options["name"]) == [writer], "which needs its permission as ever"
    remove(reconcile, options)


@pytest.mark.parametrize(
    ("status", "advice", "change"),
    [
        ("failed", "Delete this instance in AWS and run again: the run creates it again", {}),
        ("insufficient-capacity", "and run again, with another db_instance_class", {"db_instance_class": "db.r7g.large"}),
    ],
)
def test_a_failed_instance_is_deleted_and_created_again(aws, reconcile, databases, options, account, failure, status, advice, change):
    """The only one of a cluster that is protected, too."""
    name, options = options["name"], {**options, "deletion_protection": True}
    reconcile(MODULE, **options)
    account().instances[f"{name}-1"].data["DBInstanceStatus"] = status
    assert f"DB instance {name}-1 has failed: {status}." in (message := failure(**options))
    assert advice in message
    databases.rds.modify_db_cluster(DBClusterIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    aws.until(lambda: databases.cluster(name)["DeletionProtection"] is False)
    databases.rds.delete_db_instance(DBInstanceIdentifier=f"{name}-1")
    reconcile(MODULE, **{**options, **change})
    assert databases.cluster(name)["DeletionProtection"] is True
    assert databases.instances(name)[f"{name}-1"]["DBInstanceStatus"] == "available"
    remove(reconcile, options)


@pytest.mark.parametrize("status", ["stopped", "inaccessible-encryption-credentials-recoverable"])
def test_a_stopped_cluster_is_started(reconcile, databases, options, account, failure, status):
    reconcile(MODULE, **options)
    account().clusters[options["name"]].data["Status"] = status
    assert "StartDBCluster" in failure(**options)
    databases.rds.start_db_cluster(DBClusterIdentifier=options["name"])
    assert reconcile(MODULE, **options)["actions"] == []
    remove(reconcile, options)


def test_a_failed_cluster_is_restored_under_another_name_or_created_again(reconcile, databases, options, account, failure, fresh):
    name = options["name"]
    reconcile(MODULE, **{**options, "deletion_protection": False})
    account().clusters[name].data["Status"] = "inaccessible-encryption-credentials"
    message = failure(**options)
    assert "Restore its data into a cluster of another name (option restore), or delete it with its instances in AWS" in message
    other = fresh("restored")
    restored = {**options, "name": other, "secret_name": f"opta/{other}/store", "tags": {**options["tags"], "opta:name": other}}
    reconcile(MODULE, **restored, restore={"source_cluster_identifier": name, "use_latest_restorable_time": True})
    assert databases.cluster(other)["Status"] == "available"
    databases.rds.delete_db_instance(DBInstanceIdentifier=f"{name}-1")
    databases.rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    reconcile(MODULE, **options)
    assert databases.cluster(name)["Status"] == "available"
    for each in (restored, options):
        remove(reconcile, each)
