# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The final snapshot of a replication group: its name, and the tags that mark it as retained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import _tags
from .._names import digest
from .._resource import Outcome
from .._wait import wait_for
from . import api, write_api

KIND = "cache snapshot"


def final_snapshot_name(group: Mapping[str, Any]) -> str:
    """Return a name that no earlier group of the same name has used: it depends on the time of creation."""
    made = group.get("ReplicationGroupCreateTime")
    return f"{group['ReplicationGroupId']}-final-{digest(group['ARN'], made.isoformat() if made else '')}"


def planned(name: str, tags: Mapping[str, str]) -> Outcome:
    """Return the outcome of the snapshot that a deletion takes."""
    return Outcome(KIND, name, action="create", attributes=["tags"], after={"name": name, "tags": dict(tags)})


def retained_tags(tags: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a retained snapshot."""
    return {**{key: str(value) for key, value in tags.items()}, _tags.RETAINED: "true"}


def tag_final_snapshots(client: Any, group: str, tags: Mapping[str, str], check_mode: bool, timeout_seconds: float) -> list[Outcome]:
    """Tag the final snapshots of a group that are not tagged as retained yet.

    DeleteReplicationGroup sets no tags; an interrupted run leaves a snapshot without them, which a later run finds by its name.
    """
    outcomes = []
    for snapshot in api.describe_snapshots(client):
        name, arn = snapshot["SnapshotName"], snapshot.get("ARN")
        if snapshot.get("ReplicationGroupId") != group or not name.startswith(f"{group}-final-") or not arn:
            continue
        before = api.list_tags(client, arn)
        if before is None or _tags.RETAINED in before:
            continue
        outcomes.append(Outcome(KIND, name, action="update", attributes=["tags"], before={"tags": before}, after={"tags": dict(tags)}))
        if not check_mode:
            _wait_until_available(client, name, timeout_seconds)
            write_api.add_tags(client, arn, tags)
    return outcomes


def _wait_until_available(client: Any, name: str, timeout_seconds: float) -> None:
    def poll() -> tuple[bool, str]:
        status = next((each["SnapshotStatus"] for each in api.describe_snapshots(client) if each["SnapshotName"] == name), "gone")
        return status not in {"creating", "copying"}, status

    wait_for(poll, f"{KIND} {name} to be available", timeout_seconds, str)
