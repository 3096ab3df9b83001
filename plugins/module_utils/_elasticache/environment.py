# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outputs of the role elasticache, read from AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._names import Identity
from .._stores.security_groups import security_group_ids
from . import api, role_entries


def elasticache_outputs(client: Callable[[str], Any], identity: Identity, stores: Sequence[Mapping[str, str]]) -> dict[str, Any] | None:
    """Of all replication groups, which their secrets name; None while one of them is not complete, empty maps without any."""
    if not stores:
        return role_entries.outputs([], [], [])
    standing = {group["ReplicationGroupId"]: group for group in api.describe_replication_groups(client("elasticache"))}
    names = [role_entries.group_name(identity.prefix, identity.environment, store["name"]) for store in stores]
    security_groups = security_group_ids(client("ec2"), identity, names)
    groups = []
    for store, name in zip(stores, names):  # noqa: B905
        group = standing.get(name) or {}
        shard = next(iter(group.get("NodeGroups") or []), None)
        if group.get("Status") in {None, "creating", "deleting", "create-failed"} or shard is None or name not in security_groups:
            return None
        primary = shard["PrimaryEndpoint"]
        groups.append(
            {
                "endpoint": primary["Address"],
                "reader_endpoint": (shard.get("ReaderEndpoint") or primary)["Address"],
                "port": primary["Port"],
                "secret_arn": store["secret_arn"],
                "security_group_id": security_groups[name],
            }
        )
    place = identity.partition, identity.region, identity.account_id
    return role_entries.outputs([store["name"] for store in stores], groups, [role_entries.group_arn(*place, name) for name in names])
