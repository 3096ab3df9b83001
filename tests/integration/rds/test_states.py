"""What a run finds in the middle of something, or broken: it is waited for or told, and never trips a run."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._rds.common import FAILED

#: statuses of a cluster and of an instance in which AWS takes no order. Source: Amazon Aurora User Guide, DB cluster and DB instance status
CLUSTER_AT_WORK = ("creating", "modifying", "maintenance", "failing-over")
INSTANCE_AT_WORK = ("creating", "upgrading", "maintenance", "configuring-log-exports")
CLUSTER_FAILED = ("failed", "inaccessible-encryption-credentials", "stopped")
INSTANCE_FAILED = ("failed", "incompatible-network", "storage-full")


@pytest.fixture(params=["aurora_cluster", "documentdb_cluster"])
def module(request):
    return request.param


class Standing:
    """A cluster with its one instance, as the stand-in keeps them."""

    def __init__(self, aws, name):
        self._clock = aws.world.clock
        self._account = aws.world.rds["123456789012", "eu-west-1"]
        self._name = name

    def cluster_has(self, status):
        self._account.clusters[self._name].data["Status"] = status

    def instance_has(self, status):
        self._account.instances[f"{self._name}-1"].data["DBInstanceStatus"] = status

    def is_at_work(self, has, status):
        """For a moment."""
        has(status)
        self._clock.after("rds:modify", lambda: has("available"))


@pytest.fixture
def options(module, databases, fresh):
    version = {"aurora_cluster": "17", "documentdb_cluster": "5.0"}[module]
    return databases.options(fresh("states"), "databases", engine_version=version, deletion_protection=False)


@pytest.fixture
def standing(module, aws, reconcile, options):
    reconcile(module, **options)
    yield Standing(aws, options["name"])
    reconcile(module, **options, state="absent", skip_final_snapshot=True)


def test_transitional_states_are_waited_for(module, reconcile, databases, options, standing):
    for has, statuses in ((standing.cluster_has, CLUSTER_AT_WORK), (standing.instance_has, INSTANCE_AT_WORK)):
        for status in statuses:
            standing.is_at_work(has, status)
            for check_mode in (True, False):
                assert reconcile(module, check_mode=check_mode, **options)["actions"] == [], status
            assert databases.cluster(options["name"])["Status"] == "available", status
    for number, (has, status) in enumerate(((standing.cluster_has, "maintenance"), (standing.instance_has, "maintenance")), start=7):
        options["backup_retention_period"] = number
        standing.is_at_work(has, status)
        planned, done = reconcile(module, check_mode=True, **options), reconcile(module, **options)
        assert planned["actions"] == done["actions"] != []
        assert databases.cluster(options["name"])["BackupRetentionPeriod"] == number


def test_failed_states_are_reported_with_their_remedy(module, aws, reconcile, options, standing):
    for has, statuses in ((standing.cluster_has, CLUSTER_FAILED), (standing.instance_has, INSTANCE_FAILED)):
        for status in statuses:
            has(status)
            mark = len(aws.log())
            with pytest.raises(PlatformError) as failed:
                reconcile(module, **options)
            assert f"has failed: {status}. {FAILED[status]}" in str(failed.value)
            assert any(f"has failed: {status}" in warning for warning in reconcile(module, check_mode=True, **options)["warnings"])
            assert not [each for each in aws.log()[mark:] if each["mutating"]]
            has("available")


def test_an_instance_that_is_deleted_is_created_again(module, reconcile, databases, options, standing):
    first, second = f"{options['name']}-1", f"{options['name']}-2"
    reconcile(module, **{**options, "instance_count": 2})
    databases.rds.delete_db_instance(DBInstanceIdentifier=second)
    planned = reconcile(module, check_mode=True, **options, instance_count=2)
    done = reconcile(module, **options, instance_count=2)
    assert planned["actions"] == done["actions"]
    assert [(action["action"], action["resource"]) for action in done["actions"]] == [("create", f"DB instance {second}")]
    assert sorted(databases.instances(options["name"])) == [first, second]


@pytest.mark.parametrize("status", ["maintenance", "deleting"])
def test_deletion_waits_for_transitional_states(module, reconcile, databases, options, standing, status):
    if status == "deleting":
        reconcile(module, **options, state="absent", skip_final_snapshot=True, wait=False)
    else:
        standing.is_at_work(standing.cluster_has, status)
    reconcile(module, **options, state="absent", skip_final_snapshot=True)
    assert databases.cluster(options["name"]) is None
    assert databases.groups_left(options["name"]) == []
