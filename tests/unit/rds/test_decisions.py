"""The pure decisions about clusters of databases, by tables."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._rds import cluster, cluster_requests, role_entries, versions
from ansible_collections.opta.platform.plugins.module_utils._rds.engine import AURORA, DOCUMENTDB
from ansible_collections.opta.platform.plugins.module_utils._rds.instance import names_of
from ansible_collections.opta.platform.plugins.module_utils._rds.role_rules import errors
from ansible_collections.opta.platform.plugins.module_utils._rds.teardown import final_name
from ansible_collections.opta.platform.plugins.module_utils._resource import Change

TARGETS = [{"EngineVersion": version} for version in ("17.9", "18.3", "17.10")]


@pytest.mark.parametrize(
    ("asked", "desired", "note"),
    [
        (None, None, "offers 17.10"),
        ("17", None, "offers 17.10"),
        ("17.7", None, "offers 17.10"),
        ("17.9", "17.9", ""),
        ("16", None, "newer than the desired 16"),
        ("17.2", None, "newer than the desired 17.2"),
        ("18", "18.3", ""),
        ("18.3", "18.3", ""),
    ],
)
def test_the_version_of_an_existing_cluster_is_chosen(asked, desired, note):
    decided = versions.upgrade(AURORA, "it", "17.7", asked, True, TARGETS)
    assert decided.desired == desired
    assert note in " ".join(decided.notes)
    assert bool(decided.notes) == bool(note)


@pytest.mark.parametrize(("asked", "message"), [("18", "allow_major_version_upgrade"), ("17.8", "it offers 17.9, 17.10, 18.3")])
def test_unsupported_version_changes_are_refused(asked, message):
    with pytest.raises(Refused, match=message):
        versions.upgrade(AURORA, "it", "17.7", asked, False, TARGETS)


@pytest.mark.parametrize(
    ("found", "count", "writer", "made", "removed"),
    [
        ([], 2, None, ["c-1", "c-2"], []),
        (["c-1", "c-3"], 3, "c-1", ["c-2"], []),
        (["c-1", "c-2", "c-3"], 1, "c-1", [], ["c-3", "c-2"]),
        (["c-1", "c-2", "c-3"], 1, "c-3", [], ["c-2", "c-1"]),
        (["c-1", "application-autoscaling-1"], 1, "c-1", [], []),
        ([f"c-{number}" for number in range(1, 12)], 10, "c-1", [], ["c-11"]),
    ],
)
def test_missing_instances_are_created_and_surplus_ones_deleted(found, count, writer, made, removed):
    assert names_of("c", found, count, writer) == (made, removed)


def test_engines_define_families_parameter_groups_and_parameters():
    assert (AURORA.family("17.7"), AURORA.group_name("c", "17.7")) == ("aurora-postgresql17", "c-aurora-postgresql17")
    assert (DOCUMENTDB.family("5.0.0"), DOCUMENTDB.group_name("c", "5.0.0")) == ("docdb5.0", "c-docdb5-0")
    assert DOCUMENTDB.is_group_of("c-docdb5-0", "c")
    assert not DOCUMENTDB.is_group_of("c-2-docdb5-0", "c")
    assert not AURORA.is_group_of("c-docdb5-0", "c")
    assert AURORA.parameters({"rds.force_ssl": "0", "a": "1"}) == {"rds.force_ssl": "1", "a": "1"}
    assert DOCUMENTDB.parameters({"tls": "tls1.3+"}) == {"tls": "tls1.3+"}
    assert DOCUMENTDB.parameters({"tls": "disabled"}) == {"tls": "enabled"}


def test_a_final_snapshot_never_reuses_an_existing_name():
    first = final_name("c", "cluster-A", [])
    assert first != final_name("c", "cluster-B", [])
    assert final_name("c", "cluster-A", [first]) == f"{first}-2"
    assert final_name("c", "cluster-A", [first, f"{first}-2"]) == f"{first}-3"


def test_each_attribute_is_changed_in_place_or_refused():
    changes = {attribute.name: attribute.change for attribute in cluster.attributes()}
    refused = {name for name, change in changes.items() if change is Change.REFUSED}
    assert refused == {"database_name", "master_username", "db_subnet_group_name", "kms_key_id"}
    assert {name for name, change in changes.items() if change is not Change.IN_PLACE} == refused
    assert [attribute.name for attribute in cluster.attributes() if attribute.secret] == ["master_user_password"]


def test_requests_contain_the_desired_attributes():
    desired = {
        "engine_version": "17.7",
        "master_username": "opta",
        "master_user_password": "v1",
        "tags": {"a": "1"},
        "database_name": "app",
    }
    table = cluster.attributes()
    made = cluster_requests.creation(table, desired, "secret")
    assert {"Key": "opta:secret-version-id", "Value": "v1"} in made["Tags"]
    assert (made["StorageEncrypted"], made["MasterUserPassword"]) == (True, "secret")
    source = {"source_cluster_identifier": "c", "restore_to_time": "2026-01-01T00:00:00Z"}
    restored = cluster_requests.restoration(table, desired, source, "docdb")
    assert not {"MasterUserPassword", "MasterUsername", "DatabaseName", "EngineVersion", "StorageEncrypted"} & set(restored)
    assert restored["Tags"] == [{"Key": "a", "Value": "1"}], "T16: no tag says that the password is set"
    logs = cluster_requests.modification(
        table, ["a", "b"], {"enabled_cloudwatch_logs_exports": ["b", "c"]}, ["enabled_cloudwatch_logs_exports"], None
    )
    assert logs == {"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["c"], "DisableLogTypes": ["a"]}}


@pytest.mark.parametrize("role", ["aurora", "documentdb"])
@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([{"name": "a"}, {"name": "a"}], "has two clusters named a"),
        ([{"name": "A b"}], "lower-case letters"),
        ([{"name": "a" * 61}], "1 to 60"),
        ([{"name": "a", "database_name": ""}], "database_name is ''"),
        ([{"name": "a", "backup_retention_days": 0}], "between 1 and 35"),
        ([{"name": "a", "backup_retention_days": 36}], "between 1 and 35"),
        ([{"name": "a", "replica_count": 16}], "between 0 and 15"),
        ([{"name": "a", "replica_count": -1}], "between 0 and 15"),
        ([{"name": "a", "engine_version": 17}], "in quotes"),
        ([{"name": "a", "username": "admin"}], "database reserves"),
        ([{"name": "a", "backup_window": "2-3"}], "02:00-03:00"),
        ([{"name": "a", "maintenance_window": "sunday"}], "sun:04:00-sun:05:00"),
        ([{"name": "a", "backup_window": "02:00-02:20"}], "at least 30 minutes of a day"),
        ([{"name": "a", "maintenance_window": "Sun:04:00-Sun:04:20"}], "at least 30 minutes of a week"),
        (
            [{"name": "a", "backup_window": "03:30-04:30", "maintenance_window": "Sun:04:00-Sun:05:00"}],
            "cluster a: backup_window 03:30-04:30 and maintenance_window sun:04:00-sun:05:00 overlap",
        ),
        ([{"name": "a", "instance_class": "db.serverless"}], "requires serverless"),
        ([{"name": "a", "serverless": {"min_capacity": 0.3, "max_capacity": 4}}], "min_capacity is 0.3: it must be 0 to 256"),
        ([{"name": "a", "serverless": {"min_capacity": 0.5, "max_capacity": 0.5}}], "max_capacity is 0.5: it must be 1 to 256"),
        ([{"name": "a", "serverless": {"min_capacity": 1, "max_capacity": 300}}], "max_capacity is 300.0"),
        (
            [{"name": "a", "serverless": {"min_capacity": 0.5, "max_capacity": 4, "seconds_until_auto_pause": 300}}],
            "requires min_capacity: 0",
        ),
        ([{"name": "a", "serverless": {"min_capacity": 0, "max_capacity": 4, "seconds_until_auto_pause": 60}}], "between 300 and 86400"),
        ([{"name": "a", "serverless": {"min_capacity": 4, "max_capacity": 1}}], "above max_capacity"),
        ([{"name": "a", "restore": {"restore_to_time": "now"}}], "either snapshot_identifier"),
        ([{"name": "a", "instance_class": ""}], "instance_class is empty"),
        ([{"name": "a", "allowed_cidr_blocks": ["10.8.0/16"]}], "cluster a: allowed_cidr_blocks has '10.8.0/16'"),
        ([{"name": "a", "allowed_cidr_blocks": ["2001:db8::/32"]}], "must be an IPv4 CIDR block"),
    ],
)
def test_the_preflight_reports_invalid_inputs(role, entries, message):
    (sentence, *_more) = errors(role, {role_entries.KINDS[role].option: entries})
    assert message in sentence


def test_the_preflight_accepts_valid_inputs():
    good = [
        {
            "name": "main",
            "replica_count": 15,
            "backup_retention_days": 35,
            "backup_window": "23:30-00:30",
            "maintenance_window": "Sun:00:30-Sun:01:00",
            "serverless": {"min_capacity": 0, "max_capacity": 1, "seconds_until_auto_pause": 86400},
            "allowed_cidr_blocks": ["10.8.0.5/16"],
        }
    ]
    assert errors("aurora", {"aurora_clusters": good, "aurora_rotate_passwords": ["main"]}) == []
    assert errors("documentdb", {"documentdb_clusters": good}) == []
    assert "has no cluster of that name" in errors("aurora", {"aurora_rotate_passwords": ["main"]})[0]


def test_entries_are_completed_with_names_and_defaults():
    entries = [{"name": "main", "backup_retention_days": 7, "engine_version": None}, {"name": "x", "deletion_protection": False}]
    first, second = role_entries.completed(entries, "documentdb", "opta", "staging", ["10.0.0.0/16", "100.64.0.0/16"], True, ["x"])
    assert (first["cluster_name"], first["secret_name"]) == ("opta-staging-docdb-main", "opta/staging/docdb/main")
    assert first["backup_retention_days"] == 7
    assert first["allowed_cidr_blocks"] == ["10.0.0.0/16", "100.64.0.0/16"], "every block that nodes can be in"
    assert not {"instance_class", "instance_count", "parameters", "log_exports"} & set(first), "a cluster keeps what is not named"
    assert "engine_version" not in first
    assert [(entry["deletion_protection"], entry["rotate_password"]) for entry in (first, second)] == [(True, False), (False, True)]
    assert role_entries.to_remove([{"name": "a"}], [{"name": "b"}, {"name": "a"}]) == [{"name": "a"}, {"name": "b"}]
    assert role_entries.log_groups([{**first, "log_exports": ["audit"]}], "documentdb") == ["/aws/docdb/opta-staging-docdb-main/audit"]
    skipping = [{"name": "main", "skip_final_snapshot": True}]
    assert role_entries.without_snapshot(skipping, [{"name": "y"}], "opta", "staging") == ["opta-staging-aurora-main"]
    assert len(role_entries.cluster_name(role_entries.KINDS["aurora"], "opta", "e" * 32, "n" * 60)) == 60


def test_outputs_are_strings():
    unknown = dict.fromkeys(("endpoint", "reader_endpoint", "port", "secret_arn", "security_group_id"), "(known after apply)")
    published = role_entries.outputs("aurora", ["a"], [{**unknown, "database_name": None}], ["arn"])
    assert published["ports"] == {"a": "5432"}
    assert published["database_names"] == {"a": "postgres"}, "which every cluster has"
    assert published["endpoints"] == {"a": "(known after apply)"}
    assert all(isinstance(value, str) for values in published.values() for value in values.values())
    assert role_entries.outputs("documentdb", [], [], [])["cluster_arns"] == {}
