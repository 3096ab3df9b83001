"""What rotate.yml decides."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY
from ansible_collections.opta.platform.plugins.module_utils._service import rotation
from ansible_collections.opta.platform.plugins.module_utils._service.inputs import Inputs
from ansible_collections.opta.platform.plugins.module_utils._service.link_values import stored_values

DESCRIBED: dict[str, list[dict[str, Any]]] = {
    "aurora": [{"name": "main"}, {"name": "reports"}],
    "documentdb": [],
    "elasticache": [{"name": "main"}],
}
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:opta/staging/aurora/main-AbCdEf"


@pytest.mark.parametrize(
    ("store", "used"),
    [("aurora/main", True), ("elasticache/main", False), ("aurora/reports", False), ("s3/uploads", True), ("main", False)],
)
def test_services_that_use_a_store_are_those_whose_links_name_it(store: str, used: bool) -> None:
    assert rotation.uses([{"aurora": "main", "as": "db"}, {"s3": "uploads", "permission": "read"}, {"documentdb": None}], store) is used


@pytest.mark.parametrize(
    ("store", "environment", "narrowed", "sentence"),
    [
        ("aurora/main", "staging", "", None),
        ("aurora/main", "", "", "rotate_environment is not set: set it to the environment"),
        (
            "aurora/main",
            "stage",
            "",
            "rotate_environment is 'stage', and the inventory has no such environment (there is production, staging).",
        ),
        (
            "aurora/main",
            "staging",
            "--limit",
            "rotate.yml does not support --limit: a service that is left out could not log in afterwards.",
        ),
        ("", "staging", "", "rotate_store is not set: set it to kind and name"),
        (
            "main",
            "staging",
            "",
            "rotate_store is 'main': it must be kind and name, for example aurora/main; kinds are aurora, documentdb, elasticache.",
        ),
        ("redis/main", "staging", "", "rotate_store is 'redis/main': it must be kind and name"),
        ("aurora/", "staging", "", "rotate_store is 'aurora/': it must be kind and name"),
        ("aurora/orders", "staging", "", "aurora_clusters of staging has no entry of that name (there is main, reports)."),
        ("documentdb/main", "staging", "", "documentdb_clusters of staging has no entry of that name (there is none)."),
    ],
)
def test_bad_input_is_reported_in_one_sentence(store: str, environment: str, narrowed: str, sentence: str | None) -> None:
    reported = rotation.input_errors(store, environment, ["staging", "production"], DESCRIBED, narrowed)
    assert len(reported) == (1 if sentence else 0)
    assert not sentence or sentence in reported[0]


def test_a_listed_store_that_does_not_exist_is_not_created_by_a_rotation() -> None:
    assert rotation.missing("aurora/main", {"aurora": {"secret_arns": {"main": ARN}}}) == []
    several: list[dict[str, Any]] = [
        {},
        {"aurora": {}},
        {"aurora": {"secret_arns": {"reports": ARN}}},
        {"elasticache": {"secret_arns": {"main": ARN}}},
    ]
    for stores in several:
        (reported,) = rotation.missing("aurora/main", stores)
        assert "run opta.platform.env for the environment first" in reported


def test_a_plan_knows_everything_except_the_new_password() -> None:
    outputs = {
        "endpoints": {"main": "db.example.com"},
        "ports": {"main": "5432"},
        "secret_arns": {"main": ARN},
        "database_names": {"main": "app"},
    }
    given = Inputs({"opta_service_name": "hello", "opta_service_layer": "shop", "opta_service_links": [{"aurora": "main"}]})

    def secrets_by_key(stored: dict[str, Any]) -> dict[str, str]:
        return {entry["key"]: entry["secret_id"] for entry in stored_values(given, {"aurora": stored})}

    assert set(secrets_by_key(outputs).values()) == {ARN}
    assert secrets_by_key(rotation.planned(outputs, "aurora/reports")) == secrets_by_key(outputs)
    assert secrets_by_key(rotation.planned(outputs, "aurora/main")) == {
        "main_db_user": ARN,
        "main_db_password": KNOWN_AFTER_APPLY,
        "main_db_url": KNOWN_AFTER_APPLY,
    }
