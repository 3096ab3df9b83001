# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options that the modules for database clusters share, and their rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._cidr import source_error
from .._credentials.options import CREDENTIAL_ARGUMENTS
from .._credentials.options import check_options as check_credentials
from .._errors import Refused
from .._limits import DATABASE_BACKUP_RETENTION_DAYS, DATABASE_PORT, DATABASE_REPLICAS, Range
from .._resource import KNOWN_AFTER_APPLY
from . import rules
from .engine import DatabaseEngine

#: the writer and its replicas
INSTANCES = Range(DATABASE_REPLICAS.least + 1, (DATABASE_REPLICAS.most or 0) + 1, 2)
SERVERLESS: dict[str, dict[str, Any]] = {"min_capacity": {"type": "float"}, "max_capacity": {"type": "float"}}
#: documented in the fragment opta.platform.database_cluster
DATABASE_ARGUMENTS: dict[str, dict[str, Any]] = {
    "name": {"required": True},
    "engine_version": {},
    "default_engine_version": {},
    "allow_major_version_upgrade": {"type": "bool", "default": False},
    "db_instance_class": {},
    "instance_count": {"type": "int"},
    "vpc_id": {},
    "subnet_ids": {"type": "list", "elements": "str"},
    "allowed_cidr_blocks": {"type": "list", "elements": "str"},
    "allowed_security_group_ids": {"type": "list", "elements": "str"},
    "purge_rules": {"type": "bool", "default": False},
    "port": {"type": "int"},
    "master_username": {},
    "kms_key_id": {},
    "parameters": {"type": "dict"},
    "backup_retention_period": {"type": "int"},
    "preferred_backup_window": {},
    "preferred_maintenance_window": {},
    "auto_minor_version_upgrade": {"type": "bool"},
    "ca_certificate_identifier": {},
    "performance_insights_enabled": {"type": "bool"},
    "deletion_protection": {"type": "bool"},
    "skip_final_snapshot": {"type": "bool", "default": False},
    "allow_reboot": {"type": "bool", "default": False},
    "restore": {
        "type": "dict",
        "options": {
            "snapshot_identifier": {},
            "source_cluster_identifier": {},
            "restore_to_time": {},
            "use_latest_restorable_time": {"type": "bool"},
        },
    },
    **CREDENTIAL_ARGUMENTS,
}


def check_options(given: Mapping[str, Any], engine: DatabaseEngine) -> None:
    """Raise Refused for options that are wrong, whatever AWS has."""
    check_credentials(given)
    wrong = [
        rules.name("name", given["name"]),
        rules.version("engine_version", given["engine_version"], engine),
        rules.version("default_engine_version", given["default_engine_version"], engine),
        rules.between("instance_count", given["instance_count"], INSTANCES),
        rules.between("backup_retention_period", given["backup_retention_period"], DATABASE_BACKUP_RETENTION_DAYS),
        rules.between("port", given["port"], replace(DATABASE_PORT, example=engine.port)),
        rules.database_name("database_name", given.get("database_name")),
        rules.username("master_username", given["master_username"]),
        *rules.windows("", *((name, given[name]) for name in ("preferred_backup_window", "preferred_maintenance_window"))),
        rules.scaling("serverless_v2_scaling", given["serverless_v2_scaling"], given["db_instance_class"]),
        rules.restore("restore", given["restore"]),
        _parameters(given["parameters"], engine),
        *(source_error("allowed_cidr_blocks", block) for block in given["allowed_cidr_blocks"] or [] if block != KNOWN_AFTER_APPLY),
    ]
    sentences = [sentence for sentence in wrong if sentence]
    if sentences:
        raise Refused(" ".join(sentences))


def _parameters(parameters: Mapping[str, Any] | None, engine: DatabaseEngine) -> str | None:
    for name, value in engine.required.items():
        asked = (parameters or {}).get(name)
        if asked is not None and str(asked) not in (value, *engine.instead.get(name, ())):
            allowed = ", ".join((value, *engine.instead.get(name, ())))
            return f"parameters: {name} is {asked!r}, but connections are always encrypted: leave it out, or set it to one of {allowed}."
    return None


def normal(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as AWS writes their values: windows and classes in lower case."""
    lowered = ("preferred_backup_window", "preferred_maintenance_window", "db_instance_class")
    return {**given, **{name: given[name].lower() for name in lowered if given[name]}}


def parameters_of(given: Mapping[str, Any], engine: DatabaseEngine) -> dict[str, str]:
    """Return the parameters to set, as text: the desired ones, those that encrypt connections, and those that logs need."""
    logs = {
        parameter: "enabled"
        for log, parameter in engine.parameters_of_logs.items()
        if log in (given["enabled_cloudwatch_logs_exports"] or [])
    }
    return engine.parameters({**logs, **{name: _text(value) for name, value in (given["parameters"] or {}).items()}})


def _text(value: Any) -> str:
    """Return a value in RDS's form: 1 and 0, and several values separated by commas."""
    if isinstance(value, list):
        return ",".join(_text(each) for each in value)
    return str(int(value)) if isinstance(value, bool) else str(value)


def restore_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the source of a new cluster; empty without one."""
    return {key: value for key, value in (given["restore"] or {}).items() if value not in (None, False)}
