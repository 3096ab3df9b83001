# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The requests that create, restore and change a database cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._credentials.credentials import applied_tag
from .._resource import Attribute, request_of

SERVERLESS = {"min_capacity": "MinCapacity", "max_capacity": "MaxCapacity", "seconds_until_auto_pause": "SecondsUntilAutoPause"}


def serverless_request(scaling: Mapping[str, Any]) -> dict[str, Any]:
    """Return ServerlessV2ScalingConfiguration."""
    return {theirs: scaling[ours] for ours, theirs in SERVERLESS.items() if scaling.get(ours) is not None}


def creation(attributes: Sequence[Attribute], desired: Mapping[str, Any], password: str | None) -> dict[str, Any]:
    """Return the parameters of CreateDBCluster and, as far as they have them, of the calls that restore; including tags.

    password: None for a restore; then the tag of the applied version is left out.
    """
    request = request_of(attributes, desired)
    tags = dict(desired.get("tags") or {})
    if password is not None:
        request["MasterUserPassword"] = password
        tags.update(applied_tag(desired["master_user_password"]))
    if desired.get("enabled_cloudwatch_logs_exports"):
        request["EnableCloudwatchLogsExports"] = desired["enabled_cloudwatch_logs_exports"]
    if desired.get("serverless_v2_scaling"):
        request["ServerlessV2ScalingConfiguration"] = serverless_request(desired["serverless_v2_scaling"])
    return {**request, "StorageEncrypted": True, "Tags": _tags.as_list(tags)}


def restoration(attributes: Sequence[Attribute], desired: Mapping[str, Any], restore: Mapping[str, Any], engine: str) -> dict[str, Any]:
    """Return the parameters of RestoreDBClusterFromSnapshot or RestoreDBClusterToPointInTime."""
    request = creation(attributes, desired, None)
    for name in ("StorageEncrypted", "MasterUsername", "DatabaseName"):
        request.pop(name, None)
    if restore.get("snapshot_identifier"):
        return {**request, "SnapshotIdentifier": restore["snapshot_identifier"], "Engine": engine}
    when = {"RestoreToTime": restore["restore_to_time"]} if restore.get("restore_to_time") else {"UseLatestRestorableTime": True}
    request.pop("EngineVersion", None)
    return {**request, "SourceDBClusterIdentifier": restore["source_cluster_identifier"], **when}


def modification(
    attributes: Sequence[Attribute], found_logs: Sequence[str], desired: Mapping[str, Any], names: Sequence[str], password: str | None
) -> dict[str, Any]:
    """Return the parameters of ModifyDBCluster that change the attributes of these names."""
    request = request_of(attributes, desired, names)
    if password is not None:
        request["MasterUserPassword"] = password
    if "enabled_cloudwatch_logs_exports" in names:
        on, off = set(desired["enabled_cloudwatch_logs_exports"]), set(found_logs)
        request["CloudwatchLogsExportConfiguration"] = {"EnableLogTypes": sorted(on - off), "DisableLogTypes": sorted(off - on)}
    if "serverless_v2_scaling" in names:
        request["ServerlessV2ScalingConfiguration"] = serverless_request(desired["serverless_v2_scaling"])
    return request
