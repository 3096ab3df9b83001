# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Snapshots of replication groups that are retained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from .. import _tags
from .._names import Identity
from .._retained import api
from .._retained.retained_resource import RetainedResource, retained_answers
from .snapshots import KIND, final_snapshot_name

ARNS = (("elasticache", "snapshot"),)
#: a replication group with these statuses is deleted without a final snapshot
WITHOUT_SNAPSHOT = ("deleting", "create-failed")


def find(client: Callable[[str], Any], identity: Identity) -> list[RetainedResource]:
    """The snapshots with the environment's tags and opta:retained."""
    elasticache = client("elasticache")
    found = []
    for snapshot in api.describe_cache_snapshots(elasticache):
        name, arn = snapshot["SnapshotName"], snapshot["ARN"]
        answer = {**snapshot, "Tags": api.list_cache_tags(elasticache, arn)}
        if retained_answers(identity, [answer], "Tags") and snapshot.get("SnapshotStatus") != "deleting":
            remove = partial(api.delete_cache_snapshot, elasticache, name)
            found.append(RetainedResource(KIND, name, arn, snapshot.get("KmsKeyId") or "", remove))
    return found


def expected(client: Callable[[str], Any], identity: Identity, options: Mapping[str, Any]) -> list[RetainedResource]:
    """The final snapshots that a run will create. options: expect_cache_snapshots."""
    if not options["expect_cache_snapshots"]:
        return []
    elasticache = client("elasticache")
    groups = [group for group in api.describe_replication_groups(elasticache) if group["Status"] not in WITHOUT_SNAPSHOT]
    ours = [group for group in groups if _tags.carries(_tags.as_dict(api.list_cache_tags(elasticache, group["ARN"])), identity.marks())]
    return [RetainedResource(KIND, final_snapshot_name(group), group["ARN"], group.get("KmsKeyId") or "") for group in ours]
