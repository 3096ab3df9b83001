"""documentdb_cluster through Ansible, asked of AWS; every single change is in tests/integration/rds."""

from __future__ import annotations

import pytest

from tests.module.database_foundation import Databases
from tests.support.steps import twelve_steps

MODULE = "documentdb_cluster"


@pytest.fixture
def databases(standin):
    return Databases(standin)


@pytest.fixture
def options(databases, unique):
    return databases.options(unique("docdb"), "documentdb", engine_version="5.0")


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, databases, options):
    name = options["name"]

    def poll():
        cluster = databases.cluster(name)
        if cluster is None:
            return databases.groups_left(name), databases.security_groups(name), len(databases.snapshots(name))
        parameters = [databases.parameter(name, parameter) for parameter in ("tls", "audit_logs")]
        return cluster["Engine"], cluster["BackupRetentionPeriod"], cluster["EnabledCloudwatchLogsExports"], parameters

    changed = {**options, "backup_retention_period": 8, "enabled_cloudwatch_logs_exports": ["audit"]}
    delete = {**options, "deletion_protection": False}
    created, updated, deleted = twelve_steps(standin, run_module, MODULE, options, changed, poll, delete)
    assert created == ("docdb", 5, [], ["enabled", "disabled"])
    assert updated == ("docdb", 8, ["audit"], ["enabled", "enabled"])
    assert deleted == ([], [], 1)


def test_a_cluster_deleted_while_read_is_treated_as_absent(standin, run_module, options):
    run_module(MODULE, **options)
    absent = {**options, "state": "absent", "deletion_protection": False}
    standin.fault("ListTagsForResource", code="DBClusterNotFoundFault", message="gone", status=404, count=20)
    planned = run_module(MODULE, check_mode=True, **absent)
    assert [action for action in planned["actions"] if action["resource"].startswith("DocumentDB cluster")] == []
    standin.clear_faults()
    run_module(MODULE, **absent, skip_final_snapshot=True)


def test_invalid_input_is_reported_before_the_first_call(standin, run_module, options):
    before = standin.mark()
    failed = run_module(MODULE, expect_failure=True, **{**options, "parameters": {"tls": "disabled"}})
    assert "always encrypted" in failed["msg"]
    assert standin.requests(before) == []
