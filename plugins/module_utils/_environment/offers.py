# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether AWS offers what stores that are not there yet are described with. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .._elasticache.rules import group_errors
from .._elasticache.versions import desired_engine
from .._errors import Refused
from .._rds import versions
from .._rds.classes import refuse_unknown_class
from .._rds.role_entries import KINDS, DatabaseKind

CACHES = "elasticache_replication_groups"


def refusals(client: Callable[[str], Any], described: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """A sentence for each version or class that AWS does not offer. described: entries of new stores by the role's variable."""
    for kind in KINDS.values():
        for entry in described.get(kind.option) or []:
            yield from _told(_refuse_database, client(kind.engine.service), kind, entry)
    for entry in described.get(CACHES) or []:
        yield from _told(_refuse_cache, client("elasticache"), entry)


def _told(refuse: Callable[..., None], *arguments: Any) -> Iterator[str]:
    try:
        refuse(*arguments)
    except Refused as refused:
        yield str(refused)


def _refuse_database(client: Any, kind: DatabaseKind, entry: Mapping[str, Any]) -> None:
    what, version = f"{kind.option}, cluster {entry['name']}", entry.get("engine_version")
    full = versions.of_new_cluster(client, kind.engine, what, str(version)).effective if version else None
    if entry.get("instance_class"):
        refuse_unknown_class(client, kind.engine, what, str(entry["instance_class"]), full)


def _refuse_cache(client: Any, entry: Mapping[str, Any]) -> None:
    # as text; an existing group keeps its replicas, a new one has none unless the inventory names them
    if entry.get("automatic_failover_enabled") == "True" and not int(entry.get("replica_count") or 0):
        wrong = group_errors({"automatic_failover_enabled": True, "replica_count": 0}, f"{CACHES}, group {entry['name']}: ")
        raise Refused(" ".join(wrong))
    if not entry.get("engine_version"):
        return
    try:
        desired_engine(client, None, entry.get("engine"), str(entry["engine_version"]))
    except Refused as refused:
        raise Refused(f"{CACHES}, group {entry['name']}: {refused}") from refused
