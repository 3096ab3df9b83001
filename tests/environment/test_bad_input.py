"""What cannot be right is told in one clear sentence before anything is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.environment.conftest import DEMO
from tests.support.playbooks import Playbooks, Run
from tests.support.standin import Standin

#: inputs, what the sentence holds; none of these needs an answer of AWS
WITHOUT_A_CALL: list[tuple[dict[str, Any], str]] = [
    ({"eks_verison": "1.35"}, "eks_verison is not known: did you mean eks_version?"),
    ({"opta_region": ""}, "opta_region is empty"),
    ({"network_cidr_block": "10.0.0.0/27"}, "network_cidr_block"),
    (
        {"network_public_subnet_cidr_blocks": ["10.0.0.0/20", "10.0.8.0/21", "10.0.32.0/20"]},
        "overlap",
    ),
    ({"eks_node_groups": [{"name": "default", "min_size": 5, "max_size": 2}]}, "min_size 5 is above max_size 2"),
    ({"network_nat_mode": "none"}, "network_nat_mode is none"),
    ({"opta_account_id": "12"}, "12 digits"),
    ({"aurora_clusters": [{"name": "main"}, {"name": "main"}]}, "aurora_clusters has two clusters named main"),
    ({"documentdb_clusters": [{"name": "Main"}]}, "documentdb_clusters, name is 'Main'"),
    ({"aurora_clusters": [{"name": "main", "database_name": ""}]}, "database_name is ''"),
    ({"documentdb_clusters": [{"name": "main", "backup_retention_days": 36}]}, "from 1 to 35"),
    ({"elasticache_replication_groups": [{"name": "main", "automatic_failover_enabled": True}]}, "needs a replica to fail over to"),
    ({"elasticache_replication_groups": [{"name": "main", "snapshot_retention_days": 36}]}, "allows 0 to 35"),
    ({"elasticache_replication_groups": [{"name": "main", "node_type": "t4g.small"}]}, "a right one is cache.t4g.small"),
    ({"s3_buckets": [{"name": "Uploads"}]}, "bucket Uploads: name must be lower-case letters"),
    ({"dns_cert_domain": "staging"}, "dns_cert_domain is 'staging', which is no domain"),
]

#: of a service
SERVICE_WITHOUT_A_CALL: list[tuple[dict[str, Any], str]] = [
    ({"opta_service_name": "Hello_World"}, "opta_service_name"),
    ({"opta_service_minimum_replicas": 5, "opta_service_maximum_replicas": 2}, "opta_service_minimum_replicas"),
    ({"opta_service_liveness_probe": {"path": "/", "command": ["true"]}}, "opta_service_liveness_probe"),
    ({"opta_service_environment": "nowhere"}, "nowhere"),
    ({"opta_service_links": [{"redis": "main"}]}, "opta_service_links[1] has redis, which no link has: write elasticache."),
    ({"opta_service_links": [{"s3": "main"}]}, "give permission: read or write"),
    ({"opta_service_public_addresses": ["https://hello.example.com"]}, "leave the scheme out, for example hello.example.com"),
    (
        {"opta_service_public_addresses": [], "opta_service_public_hash_key": "$cookie_session"},
        "opta_service_public_hash_key is given, and opta_service_public_addresses is not",
    ),
    ({"opta_service_links": [{"s3": "main", "permission": "admin"}]}, "permission is 'admin': it must be read or write"),
]

#: these are held against what AWS has
AFTER_LOOKING: list[tuple[dict[str, Any], str]] = [
    ({"network_zone_count": 5}, "network_zone_count is 5, but eu-west-1 has only 3"),
    ({"opta_account_id": "999999999999"}, "opta_account_id is 999999999999"),
    (
        {"aurora_clusters": [{"name": "main", "engine_version": "17", "instance_class": "db.t4g.hgue"}]},
        "aurora_clusters, cluster main: AWS offers no db_instance_class db.t4g.hgue for version 17.7; it offers, among others, db.t4g.",
    ),
    ({"documentdb_clusters": [{"name": "main", "engine_version": "9.9"}]}, "cluster main: AWS does not offer engine_version 9.9"),
    (
        {"elasticache_replication_groups": [{"name": "main", "engine_version": "9.9"}]},
        "elasticache_replication_groups, group main: engine_version is 9.9, but ElastiCache offers valkey in",
    ),
]


@pytest.mark.parametrize(("variables", "sentence"), WITHOUT_A_CALL, ids=[str(case[0]) for case in WITHOUT_A_CALL])
def test_an_environment_without_a_call(empty: Standin, play: Callable[..., Run], variables: dict[str, Any], sentence: str) -> None:
    mark = empty.mark()
    refused = play("env", fails=True, **variables)
    assert refused.returncode != 0
    assert sentence in refused.failure()
    assert empty.requests(mark) == []


@pytest.mark.parametrize(("variables", "sentence"), SERVICE_WITHOUT_A_CALL, ids=[str(case[0]) for case in SERVICE_WITHOUT_A_CALL])
def test_a_service_without_a_call(empty: Standin, play: Callable[..., Run], variables: dict[str, Any], sentence: str) -> None:
    mark = empty.mark()
    refused = play("service", fails=True, limit="hello,staging", **variables)
    assert refused.returncode != 0
    assert sentence in refused.failure()
    assert empty.requests(mark) == []


@pytest.mark.parametrize(("variables", "sentence"), AFTER_LOOKING, ids=[str(case[0]) for case in AFTER_LOOKING])
def test_before_anything_is_changed(empty: Standin, play: Callable[..., Run], variables: dict[str, Any], sentence: str) -> None:
    mark = empty.mark()
    refused = play("env", fails=True, **variables)
    assert refused.returncode != 0
    assert sentence in refused.failure()
    assert empty.mutating(mark) == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        pytest.param({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "No AWS credentials were found", id="no credentials"),
        pytest.param({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "AWS does not answer at http://127.0.0.1:9", id="dead endpoint"),
    ],
)
def test_nobody_to_ask(empty: Standin, ansible: Playbooks, settings: dict[str, str], sentence: str) -> None:
    refused = ansible.run("opta.platform.env", *DEMO, "--limit", "staging", environment=settings)
    assert refused.returncode != 0
    assert sentence in refused.failure()


def test_a_version_that_skips_a_minor_is_refused_before_anything_is_changed(empty: Standin, play: Callable[..., Run]) -> None:
    play("env", "--tags", "network,eks", eks_version="1.34", eks_node_groups=[])
    mark = empty.mark()
    refused = play("env", fails=True, eks_version="1.36", eks_node_groups=[], k8s_addons_linkerd_enabled=False)
    assert 'set "1.35" first' in refused.failure()
    assert empty.mutating(mark) == []


def test_names_over_the_limit_are_shortened(empty: Standin, play: Callable[..., Run]) -> None:
    long_name = "a" * 32
    planned = play("env", check=True, opta_name_prefix="platform-of-many-teams", opta_environment=long_name, dns_cert_domain="")
    roles = [task["result"] for task in planned.tasks if "role" in task["result"] and isinstance(task["result"].get("role"), dict)]
    names = [role["role"]["name"] for role in roles]
    assert names
    assert all(len(name) <= 64 for name in names)
