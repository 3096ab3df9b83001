# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the parts of a database cluster share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._resource import State

#: Source: Amazon Aurora User Guide, DB cluster status and DB instance status
FAILED = {
    "failed": "AWS could not create it.",
    "cloning-failed": "AWS could not create the clone.",
    "migration-failed": "Its migration failed.",
    "inaccessible-encryption-credentials": "AWS cannot use its KMS key.",
    "inaccessible-encryption-credentials-recoverable": "AWS cannot use its KMS key.",
    "incompatible-credentials": "The password in the request is not allowed.",
    "incompatible-network": "Its subnets have no free IP address, or are not valid.",
    "incompatible-option-group": "Its option group is not valid for it.",
    "incompatible-parameters": "Its parameter group holds values that its instance class or version does not support.",
    "incompatible-restore": "It cannot be restored to the requested time.",
    "insufficient-capacity": "AWS has no instance of its class at the moment.",
    "restore-error": "AWS could not restore it.",
    "storage-full": "Its storage is full.",
    "stopped": "It is stopped.",
}
#: what AWS only reboots or deletes (AWS re:Post, Aurora in the incompatible-parameters status): a run corrects the parameters first
REPAIRABLE = "incompatible-parameters"
#: Source: AWS re:Post, an Aurora cluster in an inaccessible encryption state; Amazon Aurora User Guide, DB instance status
REMEDIES = {
    "inaccessible-encryption-credentials-recoverable": (
        "Within seven days enable the key or cancel its deletion, start the cluster (StartDBCluster), and run again."
    ),
    REPAIRABLE: "Correct the parameters and run again: the parameter group is changed first, then the instance is rebooted.",
    "insufficient-capacity": "Delete this instance in AWS and run again, with another db_instance_class or after some hours.",
    "stopped": "Start it (StartDBCluster) and run again.",
}
CLUSTER_REMEDY = (
    "Restore its data into a cluster of another name (option restore), or delete it with its instances in AWS and run again: "
    "the run creates it again, empty."
)
INSTANCE_REMEDY = (
    "Delete this instance in AWS and run again: the run creates it again, and the cluster keeps the data. "
    "AWS deletes the only instance of a cluster only without deletion protection of the cluster."
)
READY = {"available"}


def state_of(status: str) -> State:
    """Return the state of a cluster or an instance with this status."""
    if status in READY:
        return State.READY
    if status in FAILED:
        return State.FAILED
    return State.DELETING if status == "deleting" else State.IN_PROGRESS


def status_text(status: str, found: Mapping[str, Any]) -> str:
    """Return AWS's status, with its meaning and AWS's own messages."""
    messages = [info["Message"] for info in found.get("StatusInfos") or [] if info.get("Message")]
    known = [FAILED[status]] if status in FAILED else []
    return f"{status}. {' '.join([*known, *messages])}".rstrip() if known or messages else f"{status}"
