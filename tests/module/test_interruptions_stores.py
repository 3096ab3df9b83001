"""A call for a store that is killed after any of its changes is finished by the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.module.database_foundation import Databases
from tests.module.interruptions import Case, Options, in_aws, killed_again_and_again, phases
from tests.support.standin import Standin


def aurora_cluster(standin: Standin, name: str) -> Sequence[Options]:
    create = Databases(standin).options(name, "aurora", engine_version="17", database_name="app", deletion_protection=True)
    change = {
        "instance_count": 2,
        "backup_retention_period": 8,
        "rotate_password": False,
        "parameters": {"log_min_duration_statement": 500},
    }
    return phases(create, change, {"deletion_protection": False})


def documentdb_cluster(standin: Standin, name: str) -> Sequence[Options]:
    create = Databases(standin).options(name, "documentdb", engine_version="5.0")
    return phases(create, {"backup_retention_period": 8, "enabled_cloudwatch_logs_exports": ["audit"]}, {"deletion_protection": False})


def elasticache_replication_group(standin: Standin, name: str) -> Sequence[Options]:
    databases = Databases(standin)
    options = databases.options(name, "elasticache")
    shared = ("name", "vpc_id", "subnet_ids", "allowed_cidr_blocks", "secret_name", "tags")
    create = {key: options[key] for key in shared} | {"node_type": "cache.t4g.micro", "kms_key_arn": options["kms_key_id"]}
    change = {"node_type": "cache.t4g.small", "replica_count": 1, "automatic_failover_enabled": True, "parameters": {"timeout": 60}}
    return phases(create, change)


OF_DATABASES = in_aws("rds", "secretsmanager")
CASES = [
    Case("aurora_cluster", aurora_cluster, OF_DATABASES),
    Case("documentdb_cluster", documentdb_cluster, OF_DATABASES),
    Case("elasticache_replication_group", elasticache_replication_group, in_aws("elasticache", "secretsmanager")),
]
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.module)


@EACH
def test_runs_interrupted_after_each_change_are_completed(standin: Standin, unique: Callable[[str], str], case: Case) -> None:
    assert killed_again_and_again(standin, case, unique)[0] > 5
