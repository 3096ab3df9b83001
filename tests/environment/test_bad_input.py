"""What cannot be right is told in one clear sentence before anything is changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.support.modules import call_module
from tests.support.playbooks import Playbooks, Run
from tests.support.standin import REGION, ROOT, Standin

DEMO = ROOT / "inventories" / "demo"
#: inputs, and what the sentence holds
Cases = list[tuple[dict[str, Any], str]]

#: none of these needs an answer of AWS
WITHOUT_A_CALL: Cases = [
    ({"eks_verison": "1.35"}, "eks_verison is not a known variable: did you mean eks_version?"),
    ({"opta_region": ""}, "opta_region is empty"),
    ({"network_cidr_block": "10.0.0.0/27"}, "network_cidr_block"),
    (
        {"network_public_subnet_cidr_blocks": ["10.0.0.0/20", "10.0.8.0/21", "10.0.32.0/20"]},
        "overlap",
    ),
    ({"eks_node_groups": [{"name": "default", "min_size": 5, "max_size": 2}]}, "min_size 5 is higher than max_size 2"),
    ({"network_nat_mode": "none"}, "network_nat_mode is none"),
    ({"opta_account_id": "12"}, "12-digit account ID"),
    ({"aurora_clusters": [{"name": "main"}, {"name": "main"}]}, "aurora_clusters has two clusters named main"),
    ({"documentdb_clusters": [{"name": "Main"}]}, "documentdb_clusters, name is 'Main'"),
    ({"aurora_clusters": [{"name": "main", "database_name": ""}]}, "database_name is ''"),
    ({"documentdb_clusters": [{"name": "main", "backup_retention_days": 36}]}, "between 1 and 35"),
    ({"elasticache_replication_groups": [{"name": "main", "snapshot_retention_days": 36}]}, "between 0 and 35"),
    ({"elasticache_replication_groups": [{"name": "main", "node_type": "t4g.small"}]}, "for example cache.t4g.small"),
    ({"s3_buckets": [{"name": "Uploads"}]}, "bucket Uploads: name must be lower-case letters"),
    ({"s3_buckets": [{"name": "a"}, {"name": "a"}]}, "s3_buckets has two buckets named a"),
    ({"dns_cert_domain": "staging"}, "dns_cert_domain is 'staging', which is not a valid domain name"),
]

#: of a service
SERVICE_WITHOUT_A_CALL: Cases = [
    ({"opta_service_name": "Hello_World"}, "opta_service_name"),
    ({"opta_service_minimum_replicas": 5, "opta_service_maximum_replicas": 2}, "opta_service_minimum_replicas"),
    ({"opta_service_liveness_probe": {"path": "/", "command": ["true"]}}, "opta_service_liveness_probe"),
    ({"opta_service_environment": "nowhere"}, "nowhere"),
    ({"opta_service_links": [{"redis": "main"}]}, "opta_service_links[1] has redis, which is not an option of a link: write elasticache."),
    ({"opta_service_links": [{"s3": "main"}]}, "set permission: read or write"),
    ({"opta_service_public_addresses": ["https://hello.example.com"]}, "omit the scheme, for example hello.example.com"),
    (
        {"opta_service_public_addresses": [], "opta_service_public_hash_key": "$cookie_session"},
        "opta_service_public_hash_key is given, and opta_service_public_addresses is not",
    ),
    ({"opta_service_links": [{"s3": "main", "permission": "admin"}]}, "permission is 'admin': it must be read or write"),
]

#: these are held against what AWS has
AFTER_LOOKING: Cases = [
    ({"elasticache_replication_groups": [{"name": "main", "automatic_failover_enabled": True}]}, "needs a replica to fail over to"),
    ({"network_zone_count": 5}, "network_zone_count is 5, but eu-west-1 has only 3"),
    ({"opta_account_id": "999999999999"}, "opta_account_id is 999999999999"),
    ({"opta_region": "eu-west-99"}, "does not know. Use an existing region, for example eu-west-"),
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


def given(*places: str) -> dict[str, Any]:
    """The variables of directories or files of the demo's inventory."""
    files = [path for place in places for path in ([DEMO / place] if (DEMO / place).is_file() else sorted((DEMO / place).glob("*.yml")))]
    return {name: value for path in files for name, value in yaml.safe_load(path.read_text()).items()}


class Refused:
    """One run in which every host has one bad input of its own; calls: what it asked of AWS."""

    def __init__(self, run: Run, calls: list[dict[str, Any]]) -> None:
        self._run, self.calls = run, calls
        self.hosts = {task["host"] for task in run.tasks}

    def message(self, host: str) -> str:
        """What one host is told; it has no task after that."""
        told = [task for task in self._run.tasks if task["host"] == host]
        assert told[-1]["status"] == "failed", told[-1]
        return str(told[-1]["result"]["msg"])


@pytest.fixture(scope="module")
def refused(empty: Standin, ansible: Playbooks, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, Cases], Refused]:
    """Run a playbook on a copy of the demo's staging, or of its service hello, for each case: the hosts case-0, case-1, ..."""

    def run(playbook: str, group: str, cases: Cases) -> Refused:
        environment = given("group_vars/all.yml", "group_vars/environments.yml", "host_vars/staging")
        base = environment if group == "environments" else given("group_vars/all.yml", "host_vars/hello")
        hosts = {f"case-{number}": {**base, **variables} for number, (variables, _sentence) in enumerate(cases)}
        groups: dict[str, Any] = {"environments": {"hosts": {"staging": environment}}, "services": {"hosts": {}}}
        groups[group] = {"hosts": hosts}
        inventory = tmp_path_factory.mktemp(playbook) / "hosts.json"
        inventory.write_text(json.dumps({"all": {"children": groups}}))
        mark = empty.mark()
        done = ansible.run(f"opta.platform.{playbook}", "-i", str(inventory), "--forks", "20")
        assert done.returncode != 0
        refusals = Refused(done, empty.requests(mark))
        assert refusals.hosts == set(hosts), done.output[-3000:]
        return refusals

    return run


def of_each(cases: Cases) -> pytest.MarkDecorator:
    """One test for each case, with its host and sentence."""
    numbered = [(f"case-{number}", sentence) for number, (_variables, sentence) in enumerate(cases)]
    return pytest.mark.parametrize(("host", "sentence"), numbered, ids=[str(variables) for variables, _sentence in cases])


@pytest.fixture(scope="module")
def environments(refused: Callable[..., Refused]) -> Refused:
    return refused("env", "environments", WITHOUT_A_CALL)


@pytest.fixture(scope="module")
def services(refused: Callable[..., Refused]) -> Refused:
    return refused("service", "services", SERVICE_WITHOUT_A_CALL)


@pytest.fixture(scope="module")
def compared(refused: Callable[..., Refused]) -> Refused:
    return refused("env", "environments", AFTER_LOOKING)


@of_each(WITHOUT_A_CALL)
def test_invalid_environment_inputs_are_refused(environments: Refused, host: str, sentence: str) -> None:
    assert sentence in environments.message(host)


def test_invalid_environments_are_refused_before_the_first_call(environments: Refused) -> None:
    assert environments.calls == []


@of_each(SERVICE_WITHOUT_A_CALL)
def test_invalid_service_inputs_are_refused(services: Refused, host: str, sentence: str) -> None:
    assert sentence in services.message(host)


def test_invalid_services_are_refused_before_the_first_call(services: Refused) -> None:
    assert services.calls == []


@of_each(AFTER_LOOKING)
def test_an_environment_that_aws_does_not_support_is_refused(compared: Refused, host: str, sentence: str) -> None:
    assert sentence in compared.message(host)


def test_environments_that_aws_does_not_support_are_refused_before_any_change(compared: Refused) -> None:
    assert compared.calls
    assert [call["operation"] for call in compared.calls if call["mutating"]] == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        pytest.param({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "No AWS credentials were found", id="no credentials"),
        pytest.param({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "AWS does not answer at http://127.0.0.1:9", id="dead endpoint"),
    ],
)
def test_missing_credentials_or_endpoint_are_reported(empty: Standin, settings: dict[str, str], sentence: str) -> None:
    """By the module that opens every playbook."""
    result = call_module("environment_info", {"environment": "staging", "region": REGION}, {**empty.environment, **settings})
    assert result["failed"]
    assert sentence in result["msg"]
