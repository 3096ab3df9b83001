# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outputs of the roles aurora and documentdb, read from AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import _tags
from .._names import Identity
from .._stores.security_groups import security_group_ids
from . import api, role_entries
from .common import READY

#: a cluster in these states does not stand completely
INCOMPLETE = ("creating", "deleting")


def database_outputs(
    role: str,
    client: Callable[[str], Any],
    identity: Identity,
    stores: Sequence[Mapping[str, str]],
) -> dict[str, Any] | None:
    """Of all clusters of the environment, which their secrets name; None while one of them is not complete, empty maps without any."""
    kind = role_entries.KINDS[role]
    if not stores:
        return role_entries.outputs(role, [], [], [])
    names = [role_entries.cluster_name(kind, identity.prefix, identity.environment, store["name"]) for store in stores]
    groups = security_group_ids(client("ec2"), identity, names)
    database, clusters = client(kind.engine.service), []
    for store, name in zip(stores, names):  # noqa: B905
        cluster = api.describe_cluster(database, name)
        if cluster is None or not _tags.carries(cluster["tags"], identity.marks()):
            return None
        if cluster["Status"] in INCOMPLETE or name not in groups or not _has_an_instance(database, name):
            return None
        clusters.append(
            {
                "endpoint": cluster.get("Endpoint"),
                "reader_endpoint": cluster.get("ReaderEndpoint"),
                "port": cluster.get("Port"),
                "database_name": cluster.get("DatabaseName"),
                "secret_arn": store["secret_arn"],
                "security_group_id": groups[name],
            }
        )
    place = identity.partition, identity.region, identity.account_id
    return role_entries.outputs(
        role, [store["name"] for store in stores], clusters, [role_entries.cluster_arn(*place, name) for name in names]
    )


def _has_an_instance(database: Any, name: str) -> bool:
    """Whether one of them has been made; an instance that is changed now has been."""
    return any(each["DBInstanceStatus"] in READY or each.get("Endpoint") for each in api.describe_instances(database, name))
