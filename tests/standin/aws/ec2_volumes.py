"""EBS volumes and snapshots: encrypted by keys that are usable, snapshots complete by the clock."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends

from tests.standin.aws.ec2_common import backend, forget_tags, refused
from tests.standin.aws.operations import Call, answers


@answers("ec2", "CreateVolume")
def create_volume(call: Call) -> dict[str, Any]:
    key = call.get("KmsKeyId")
    if key and not call.get("Encrypted"):
        raise refused("InvalidParameterDependency", "The parameter KmsKeyId requires the parameter Encrypted to be set.")
    known = {item.arn: item for item in kms_backends[call.account][call.region].keys.values()}
    found = known.get(key) or next((item for item in known.values() if key in (item.id, f"arn:{item.id}")), None)
    if key and not key.startswith("alias/") and (found is None or found.key_state != "Enabled"):
        raise refused("InvalidParameterValue", f"The key {key} does not exist, or it is not enabled.")
    return call.moto()


@answers("ec2", "DeleteVolume")
def delete_volume(call: Call) -> dict[str, Any]:
    answer = call.moto()
    forget_tags(call, call.get("VolumeId"))
    return answer


@answers("ec2", "CreateSnapshot")
def create_snapshot(call: Call) -> dict[str, Any]:
    answer = call.moto()
    snapshot = backend(call).snapshots[answer["SnapshotId"]]
    snapshot.status = "pending"
    if snapshot.volume.kms_key_id:
        snapshot.kms_key_id = answer["KmsKeyId"] = snapshot.volume.kms_key_id

    def complete() -> None:
        snapshot.status = "completed"

    call.world.clock.after("ec2:snapshot", complete)
    answer["State"] = "pending"
    return answer


@answers("ec2", "RegisterImage")
def register_image(call: Call) -> dict[str, Any]:
    """An image is made of the snapshots that its block devices name; moto makes one of its own."""
    answer = call.moto()
    named = [(device.get("Ebs") or {}).get("SnapshotId") for device in call.get("BlockDeviceMappings", [])]
    for snapshot_id in filter(None, named):
        backend(call).amis[answer["ImageId"]].ebs_snapshot = backend(call).snapshots[snapshot_id]
    return answer
