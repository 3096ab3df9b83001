"""What is refused before AWS is asked, by tables; names and outputs of the role."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._elasticache import requests, role_entries, rules, versions
from ansible_collections.opta.platform.plugins.module_utils._elasticache.role_rules import errors
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY

RIGHT = {
    "node_type": "cache.r7g.large",
    "replica_count": 1,
    "automatic_failover_enabled": True,
    "multi_az_enabled": True,
    "engine": "redis",
    "engine_version": "7.1",
    "snapshot_retention_days": 35,
    "snapshot_window": "23:00-00:30",
    "maintenance_window": "sat:23:00-sun:00:00",
    "port": 6379,
}
RIGHT["maintenance_window"] = "sat:21:00-sat:22:30"


def test_valid_inputs_are_accepted():
    assert rules.group_errors(RIGHT) == []
    assert rules.group_errors({}) == []
    assert errors({"elasticache_replication_groups": [{"name": "main", **RIGHT}]}) == []
    assert errors({}) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"replica_count": -1}, "replica_count is -1: it must be between 0 and 5"),
        ({"replica_count": 6}, "between 0 and 5, for example 1."),
        ({"replica_count": 0}, "needs a replica to fail over to"),
        ({"automatic_failover_enabled": False}, "multi_az_enabled needs automatic_failover_enabled"),
        ({"snapshot_retention_days": 36}, "between 0 and 35"),
        ({"node_type": "t3.small"}, "for example cache.t4g.small"),
        ({"engine_version": 7.1}, ""),
        ({"engine_version": "latest"}, "write it in quotes"),
        ({"engine_version": 7}, "write it in quotes"),
        ({"engine_version": "5.0.6"}, "needs Redis OSS 6.0"),
        ({"snapshot_window": "3-4"}, "snapshot_window is '3-4'"),
        ({"snapshot_window": "03:00-03:30"}, "at least 60 minutes of a day"),
        ({"snapshot_window": "24:00-25:00"}, "snapshot_window is"),
        ({"maintenance_window": "sunday"}, "maintenance_window is 'sunday'"),
        ({"maintenance_window": "sun:05:00-sun:05:30"}, "at least 60 minutes of a week"),
        ({"maintenance_window": "sun:23:30-mon:01:00"}, "overlap, which ElastiCache refuses"),
        ({"port": 0}, "between 1 and 65535"),
        ({"allowed_cidr_blocks": ["10.8.0.5/16", "10.8"]}, "allowed_cidr_blocks has '10.8': it must be an IPv4 CIDR block"),
    ],
)
def test_invalid_inputs_are_reported(wrong, sentence):
    reported = rules.group_errors({**RIGHT, **wrong})
    assert len(reported) == (1 if sentence else 0), reported
    assert not sentence or sentence in reported[0]


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ([{"name": "a"}, {"name": "a"}], "has two groups named a: names must be unique."),
        ([{"name": "Main"}], "elasticache_replication_groups, name is 'Main'"),
        ([{"name": "a--b"}], "single hyphens"),
        (
            [{"name": "main", "automatic_failover_enabled": True, "replica_count": 0}],
            "group main: automatic_failover_enabled needs a replica",
        ),
    ],
)
def test_the_preflight_names_the_group(groups, sentence):
    (reported,) = errors({"elasticache_replication_groups": groups})
    assert sentence in reported


def test_names_of_a_long_environment_fit_the_limit():
    name = role_entries.group_name("opta", "a" * 32, "b" * 20)
    assert rules.name_error("name", name) == []
    assert len(name) == rules.NAME_LIMIT
    assert name != role_entries.group_name("opta", "a" * 32, "b" * 19)


def test_entries_get_names_and_omit_unset_options():
    (entry,) = role_entries.with_names([{"name": "main", "replica_count": 2}], "opta", "staging")
    assert (entry["group_name"], entry["secret_name"]) == ("opta-staging-cache-main", "opta/staging/cache/main")
    assert entry["replica_count"] == 2
    assert "node_type" not in entry


def test_outputs_of_a_plan_are_known_after_apply():
    group = dict.fromkeys(["endpoint", "reader_endpoint", "port", "secret_arn", "security_group_id"], KNOWN_AFTER_APPLY)
    found = role_entries.outputs(["main"], [group], ["arn"])
    assert found["endpoints"] == {"main": KNOWN_AFTER_APPLY}
    assert found["ports"] == {"main": "6379"}
    assert all(value == {} for value in role_entries.outputs([], [], []).values())


@pytest.mark.parametrize(
    ("found", "desired", "same", "above"),
    [("8.0.1", "8.0", True, False), ("8.0", "8.0.1", True, False), ("8.10", "8.1", False, True), ("7.2.6", "8.0", False, False)],
)
def test_engine_versions_are_compared(found, desired, same, above):
    assert (versions.same_version(found, desired), versions.is_above(found, desired)) == (same, above)


def test_steps_are_in_a_valid_order():
    found = {"MemberClusters": ["a"], "TransitEncryptionEnabled": False}
    desired = {"transit_encryption_mode": "required", "replica_count": 2, "automatic_failover_enabled": True, "node_type": "x"}
    steps = requests.steps(found, desired, list(desired))
    assert [step.replicas or sorted(step.request) for step in steps] == [
        ["TransitEncryptionEnabled", "TransitEncryptionMode"],
        ["TransitEncryptionEnabled", "TransitEncryptionMode"],
        2,
        ["AutomaticFailoverEnabled"],
        ["CacheNodeType"],
    ]
    assert [step.shows for step in steps] == [
        {"transit_encryption_mode": "preferred"},
        {"transit_encryption_mode": "required"},
        {"replica_count": 2},
        {"automatic_failover_enabled": True},
        {"node_type": "x"},
    ]
    fewer = requests.Step(replicas=0, shows={"replica_count": 0})
    assert requests.steps({"MemberClusters": ["a", "b"]}, {"replica_count": 0}, ["replica_count"]) == [fewer]


def test_undesired_log_delivery_is_disabled():
    slow = {"log_type": "slow-log", "log_format": "json", "destination_type": "cloudwatch-logs", "destination": "/x"}
    stream = {"log_type": "engine-log", "log_format": "text", "destination_type": "kinesis-firehose", "destination": "y"}
    request = requests.log_delivery_request([slow], [stream])
    assert request[0]["DestinationDetails"] == {"KinesisFirehoseDetails": {"DeliveryStream": "y"}}
    assert request[1] == {"LogType": "slow-log", "Enabled": False}
    group = {"LogDeliveryConfigurations": [{**each, "Status": "active"} for each in request[:1]]}
    assert requests.same_log_delivery(requests.found_log_delivery({"LogDeliveryConfigurations": []}), [])
    assert requests.found_log_delivery(
        {"LogDeliveryConfigurations": [{k: v for k, v in each.items() if k != "Enabled"} for each in group["LogDeliveryConfigurations"]]}
    ) == [stream]
