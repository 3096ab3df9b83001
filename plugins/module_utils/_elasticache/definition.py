# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The kind of store elasticache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import Refused
from .._stores.definition import ObservedEnvironment, Offers, Outputs, Retention, Store
from . import retained, role_rules
from .environment import elasticache_outputs
from .role_entries import KIND
from .rules import group_errors
from .versions import desired_engine

VARIABLE = "elasticache_replication_groups"
OFFER_OPTIONS = ("engine", "engine_version", "automatic_failover_enabled", "replica_count")


def _outputs(environment: ObservedEnvironment) -> Outputs | None:
    return elasticache_outputs(environment.client, environment.identity, environment.stores(KIND))


def _offer_error(client: Any, entry: Mapping[str, Any]) -> str | None:
    """A message when a new replication group cannot have these options. entry: its options as text."""
    where = f"{VARIABLE}, group {entry['name']}: "
    # an existing group keeps its replicas; a new one has none unless the inventory sets them
    if entry.get("automatic_failover_enabled") == "True" and not int(entry.get("replica_count") or 0):
        return " ".join(group_errors({"automatic_failover_enabled": True, "replica_count": 0}, where))
    if entry.get("engine_version"):
        try:
            desired_engine(client, None, entry.get("engine"), str(entry["engine_version"]))
        except Refused as refused:
            return f"{where}{refused}"
    return None


ELASTICACHE = Store(
    role="elasticache",
    module="elasticache_replication_group",
    variable=VARIABLE,
    kind=KIND,
    errors=role_rules.errors,
    outputs=_outputs,
    offers=Offers("elasticache", OFFER_OPTIONS, _offer_error),
    retention=Retention(retained.ARNS, retained.find, retained.expected),
)
