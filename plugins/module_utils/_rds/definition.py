# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The kinds of stores aurora and documentdb."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._errors import Refused
from .._stores.definition import ObservedEnvironment, Offers, Outputs, Retention, Store
from . import retained, role_rules, versions
from .classes import refuse_unknown_class
from .environment import database_outputs
from .role_entries import KINDS, DatabaseKind

RETENTION = Retention(retained.ARNS, retained.find, retained.expected)


def _outputs(kind: DatabaseKind, environment: ObservedEnvironment) -> Outputs | None:
    return database_outputs(kind.role, environment.client, environment.identity, environment.stores(kind.kind))


def _offer_error(kind: DatabaseKind, client: Any, entry: Mapping[str, Any]) -> str | None:
    """A message when AWS does not offer the version or the instance class of a new cluster."""
    what, version = f"{kind.option}, cluster {entry['name']}", entry.get("engine_version")
    try:
        full = versions.of_new_cluster(client, kind.engine, what, str(version)).effective if version else None
        if entry.get("instance_class"):
            refuse_unknown_class(client, kind.engine, what, str(entry["instance_class"]), full)
    except Refused as refused:
        return str(refused)
    return None


def _store(role: str) -> Store:
    kind = KINDS[role]
    return Store(
        role=role,
        module=f"{role}_cluster",
        variable=kind.option,
        kind=kind.kind,
        errors=partial(role_rules.errors, role),
        outputs=partial(_outputs, kind),
        offers=Offers(kind.engine.service, ("engine_version", "instance_class"), partial(_offer_error, kind)),
        retention=RETENTION,
    )


AURORA, DOCUMENTDB = _store("aurora"), _store("documentdb")
