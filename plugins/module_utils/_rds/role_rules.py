# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules for the inputs of the roles aurora and documentdb. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._cidr import source_error
from .._limits import DATABASE_BACKUP_RETENTION_DAYS, DATABASE_REPLICAS
from . import rules
from .role_entries import KINDS, DatabaseKind


def errors(role: str, given: Mapping[str, Any]) -> list[str]:
    """A message for each invalid input of a role. given: inputs and literal defaults by name."""
    kind = KINDS[role]
    clusters = given.get(kind.option) or []
    messages = list(_entry_errors(kind, clusters))
    names = {str(cluster.get("name")) for cluster in clusters}
    for name in sorted(set(given.get(f"{role}_rotate_passwords") or []) - names):
        messages.append(f"{role}_rotate_passwords has {name}, but {kind.option} has no cluster of that name.")
    return messages


def _entry_errors(kind: DatabaseKind, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = [str(entry.get("name")) for entry in entries]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{kind.option} has two clusters named {name}: names must be unique."
    for entry in entries:
        where = f"{kind.option}, cluster {entry.get('name')}: "
        scaling, instance_class = entry.get("serverless"), entry.get("instance_class")
        found = [
            rules.name(f"{kind.option}, name", entry.get("name")),
            rules.version(f"{where}engine_version", entry.get("engine_version"), kind.engine),
            rules.between(f"{where}replica_count", entry.get("replica_count"), DATABASE_REPLICAS),
            rules.between(f"{where}backup_retention_days", entry.get("backup_retention_days"), DATABASE_BACKUP_RETENTION_DAYS),
            rules.database_name(f"{where}database_name", entry.get("database_name")),
            rules.username(f"{where}username", entry.get("username")),
            *rules.windows(where, *((name, entry.get(name)) for name in ("backup_window", "maintenance_window"))),
            rules.scaling(f"{where}serverless", scaling, instance_class),
            rules.restore(f"{where}restore", entry.get("restore")),
            *(source_error(f"{where}allowed_cidr_blocks", block) for block in entry.get("allowed_cidr_blocks") or []),
        ]
        yield from (sentence for sentence in found if sentence)
        if scaling and instance_class not in (None, "db.serverless"):
            yield f"{where}serverless requires instance_class: db.serverless, not {instance_class}: omit one of them."
        if instance_class == "db.serverless" and not scaling:
            yield f"{where}instance_class db.serverless requires serverless, for example {{min_capacity: 0.5, max_capacity: 4}}."
        for option in ("instance_class", "username", "engine_version"):
            if entry.get(option) == "":
                yield f"{where}{option} is empty: set a value, or omit the option."
