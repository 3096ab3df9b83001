# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The EBS volumes that Kubernetes created: they are data, and are kept unless their deletion is requested."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import _tags
from .._errors import PlatformError
from .._lost_responses import create_once
from .._resource import Outcome
from .._wait import wait_for
from . import api

#: the tag that the EBS CSI driver puts on each volume it makes
DRIVER_TAG = {"ebs.csi.aws.com/cluster": "true"}
SOURCE_TAG = "opta:volume-id"


def find_volumes(client: Any, cluster_name: str, marks: Mapping[str, str]) -> list[dict[str, Any]]:
    """The volumes of a cluster: by the environment's tags, which the add-on puts on each; without such tags, by the cluster's name."""
    found = api.describe_volumes(client, {**DRIVER_TAG, **marks} if marks else _of_name(cluster_name))
    return sorted(found, key=lambda volume: str(volume["VolumeId"]))


def _of_name(cluster_name: str) -> dict[str, str]:
    return {f"kubernetes.io/cluster/{cluster_name}": "owned"}


def _foreign_resources(client: Any, cluster_name: str, marks: Mapping[str, str]) -> list[Outcome]:
    """Volumes of a cluster of that name that are not the environment's."""
    outcomes = []
    for volume in api.describe_volumes(client, _of_name(cluster_name)) if marks else []:
        reason = _tags.not_ours(_tags.as_dict(volume.get("Tags")), marks)
        if reason:
            note = f"EBS volume {volume['VolumeId']} is not changed: {reason}."
            outcomes.append(Outcome("EBS volume", volume["VolumeId"], notes=[note], left_alone=True))
    return outcomes


def remove_volumes(
    client: Any, cluster_name: str, *, tags: Mapping[str, str], delete_volumes: bool, check_mode: bool, timeout_seconds: float
) -> list[Outcome]:
    """Delete the volumes of a cluster; each is kept as a snapshot first, unless delete_volumes says that the data may go."""
    marks = _tags.marks(tags)
    outcomes = _foreign_resources(client, cluster_name, marks)
    for volume in find_volumes(client, cluster_name, marks):
        volume_id = volume["VolumeId"]
        if not delete_volumes:
            kept = retain_volume(client, volume_id, check_mode, {**tags, **_of_kubernetes(volume)}, timeout_seconds, "its cluster")
            outcomes.append(Outcome("EBS snapshot", f"of {volume_id}", action="create" if kept else None, after={"volume_id": volume_id}))
        if not check_mode:
            _wait_until_free(client, cluster_name, marks, volume_id, timeout_seconds)
            api.delete_volume(client, volume_id)
        note = [] if delete_volumes else [f"The data of volume {volume_id} is retained in a snapshot, tagged {_tags.RETAINED}."]
        outcomes.append(Outcome("EBS volume", volume_id, action="delete", before={"size_gib": volume.get("Size")}, notes=note))
    return outcomes


def _of_kubernetes(volume: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in _tags.as_dict(volume.get("Tags")).items() if key.startswith("kubernetes.io/created-for/")}


def retain_volume(client: Any, volume_id: str, check_mode: bool, tags: Mapping[str, str], timeout_seconds: float, user: str) -> bool:
    """Have a completed snapshot of a volume that nothing writes to any more; True when one had to be made. user: who had the volume."""
    made = not _snapshots(client, volume_id)
    if check_mode:
        return made
    if made:
        complete = {**tags, _tags.RETAINED: "true", SOURCE_TAG: volume_id}
        description = f"Retained when {user} was deleted: {volume_id}"
        create_once(
            lambda: api.create_snapshot(client, volume_id, description, _tags.as_list(complete)),
            lambda: bool(_snapshots(client, volume_id)),
            f"the snapshot of volume {volume_id}",
        )

    def poll() -> tuple[bool, str]:
        found = _snapshots(client, volume_id)
        state = found[0]["State"] if found else "not shown yet"
        if state == "error":
            raise PlatformError(f"The snapshot {found[0]['SnapshotId']} of volume {volume_id} failed: delete it and run again.")
        return state == "completed", state

    wait_for(poll, f"the snapshot of volume {volume_id}", timeout_seconds)
    return made


def _snapshots(client: Any, volume_id: str) -> list[dict[str, Any]]:
    return api.describe_snapshots(client, {SOURCE_TAG: volume_id, _tags.RETAINED: "true"})


def _wait_until_free(client: Any, cluster_name: str, marks: Mapping[str, str], volume_id: str, timeout_seconds: float) -> None:
    def poll() -> tuple[bool, str]:
        states = {v["VolumeId"]: v["State"] for v in find_volumes(client, cluster_name, marks)}
        state = states.get(volume_id, "gone")
        return state in ("available", "error", "gone"), state

    wait_for(poll, f"volume {volume_id} to be detached", timeout_seconds)
