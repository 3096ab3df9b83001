# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lists of clusters of the roles aurora and documentdb: names, defaults and outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .. import _names
from .._credentials.options import secret_name
from .._stores.outputs import CONNECTION, by_name
from . import rules
from .engine import AURORA, DOCUMENTDB, EVERY_DATABASE, EXTENDED_SUPPORT, WITHOUT_EXTENDED_SUPPORT, DatabaseEngine

#: what a role takes in every run for an entry that does not name it: what a run may do, and who reaches the port. All else has a default
#: at creation only, in the modules
DEFAULTS: dict[str, Any] = {
    "allowed_security_group_ids": [],
    "allow_major_version_upgrade": False,
    "allow_reboot": False,
    "skip_final_snapshot": False,
}


@dataclass(frozen=True)
class DatabaseKind:
    """A role's kind of cluster.

    kind: part of the names of its resources. option: the role's list. logs: the engine's part in names of log groups.
    default_version: the version of new clusters, with which the collection is tested.
    """

    role: str
    kind: str
    option: str
    engine: DatabaseEngine
    logs: str
    log_types: tuple[str, ...]
    default_version: str


KINDS = {
    "aurora": DatabaseKind(
        role="aurora",
        kind="aurora",
        option="aurora_clusters",
        engine=AURORA,
        logs="rds/cluster",
        log_types=("postgresql", "instance", "iam-db-auth-error"),
        default_version="17",
    ),
    "documentdb": DatabaseKind(
        role="documentdb",
        kind="docdb",
        option="documentdb_clusters",
        engine=DOCUMENTDB,
        logs="docdb",
        log_types=("audit", "profiler"),
        default_version="5.0",
    ),
}


def cluster_name(kind: DatabaseKind, prefix: str, environment: str, name: str) -> str:
    """Return the name of a cluster, and of its parts."""
    return _names.resource_name(prefix, environment, kind.kind, name, limit=rules.LONGEST_NAME)


def cluster_arn(partition: str, region: str, account_id: str, name: str) -> str:
    """Return the ARN of a cluster of this name."""
    return f"arn:{partition}:rds:{region}:{account_id}:cluster:{name}"


def completed(
    entries: Sequence[Mapping[str, Any]],
    role: str,
    prefix: str,
    environment: str,
    blocks: Sequence[str] | None,
    protected: Any,
    rotated: Sequence[str],
) -> list[dict[str, Any]]:
    """Return the entries with defaults, and with the names of their parts.

    blocks: CIDR blocks that may access a cluster without its own list. protected: the default of deletion protection. rotated: names of the
    clusters whose password is rotated.
    """
    kind = KINDS[role]
    return [
        {
            **DEFAULTS,
            "default_engine_version": kind.default_version,
            "deletion_protection": protected,
            "allowed_cidr_blocks": list(blocks or []),
            **_derived(entry),
            **{key: value for key, value in entry.items() if value is not None},
            "cluster_name": cluster_name(kind, prefix, environment, str(entry["name"])),
            "secret_name": secret_name(prefix, environment, kind.kind, str(entry["name"])),
            "rotate_password": entry["name"] in rotated,
        }
        for entry in entries
    ]


def _derived(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Options of the module that an entry names in its own words; nothing of what it does not name."""
    derived: dict[str, Any] = {}
    if entry.get("replica_count") is not None:
        derived["instance_count"] = 1 + int(entry["replica_count"])
    if entry.get("extended_support_enabled") is not None:
        derived["lifecycle_support"] = EXTENDED_SUPPORT if entry["extended_support_enabled"] else WITHOUT_EXTENDED_SUPPORT
    return derived


def to_remove(entries: Sequence[Mapping[str, Any]], stores: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return name, deletion protection and skipped snapshot of all clusters: configured ones, and others that AWS has."""
    described: dict[str, dict[str, Any]] = {str(entry["name"]): dict(entry) for entry in entries}
    for store in stores:
        described.setdefault(store["name"], {"name": store["name"]})
    return [described[name] for name in sorted(described)]


def without_snapshot(
    aurora: Sequence[Mapping[str, Any]], documentdb: Sequence[Mapping[str, Any]], prefix: str, environment: str
) -> list[str]:
    """Return the names of the clusters that are deleted without a final snapshot."""
    entries = [(KINDS["aurora"], entry) for entry in aurora] + [(KINDS["documentdb"], entry) for entry in documentdb]
    return [cluster_name(kind, prefix, environment, entry["name"]) for kind, entry in entries if entry.get("skip_final_snapshot")]


def log_groups(entries: Sequence[Mapping[str, Any]], role: str, every: bool = False) -> list[str]:
    """Return the names of the log groups of completed entries: of the exported logs, or of every kind of log."""
    kind = KINDS[role]
    return [
        f"/aws/{kind.logs}/{entry['cluster_name']}/{log}"
        for entry in entries
        for log in (kind.log_types if every else entry.get("log_exports") or [])
    ]


def outputs(role: str, names: Sequence[str], clusters: Sequence[Mapping[str, Any]], arns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the role's outputs: maps by the names of the entries. clusters: the module's result for each, in the same order."""
    kind = KINDS[role]
    values = {**CONNECTION, **({"database_names": "database_name"} if role == "aurora" else {})}
    return {"cluster_arns": dict(zip(names, arns, strict=True)), **by_name(values, names, clusters, partial(_shown, kind))}


def _shown(kind: DatabaseKind, key: str, value: Any) -> str:
    """A port that is not known yet is the engine's; a cluster without a database name has the engine's default database."""
    if key == "port" and not isinstance(value, int):
        return str(kind.engine.port)
    if key == "database_name" and not value:
        return EVERY_DATABASE
    return "" if value is None else str(value)
