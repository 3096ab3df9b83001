# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The requests that make, restore and change a database cluster. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._credentials.credentials import applied_tag
from .._resource import KNOWN_AFTER_APPLY

#: our attributes that a request carries under another name, and nothing more
PLAIN = {
    "backup_retention_period": "BackupRetentionPeriod",
    "copy_tags_to_snapshot": "CopyTagsToSnapshot",
    "db_cluster_parameter_group_name": "DBClusterParameterGroupName",
    "deletion_protection": "DeletionProtection",
    "enable_iam_database_authentication": "EnableIAMDatabaseAuthentication",
    "engine_lifecycle_support": "EngineLifecycleSupport",
    "engine_version": "EngineVersion",
    "port": "Port",
    "preferred_backup_window": "PreferredBackupWindow",
    "preferred_maintenance_window": "PreferredMaintenanceWindow",
    "storage_type": "StorageType",
    "vpc_security_group_ids": "VpcSecurityGroupIds",
}
ONLY_AT_CREATION = {
    "database_name": "DatabaseName",
    "db_subnet_group_name": "DBSubnetGroupName",
    "kms_key_id": "KmsKeyId",
    "master_username": "MasterUsername",
}
SERVERLESS = {"min_capacity": "MinCapacity", "max_capacity": "MaxCapacity", "seconds_until_auto_pause": "SecondsUntilAutoPause"}


def serverless_request(scaling: Mapping[str, Any]) -> dict[str, Any]:
    """ServerlessV2ScalingConfiguration."""
    return {theirs: scaling[ours] for ours, theirs in SERVERLESS.items() if scaling.get(ours) is not None}


def creation(desired: Mapping[str, Any], password: str | None) -> dict[str, Any]:
    """What CreateDBCluster and, as far as they have it, the calls that restore are given; tags are among it.

    password: None for a restore: the tag that says which one the cluster has is left out then.
    """
    request = {theirs: desired[ours] for ours, theirs in {**PLAIN, **ONLY_AT_CREATION}.items() if ours in desired}
    tags = dict(desired.get("tags") or {})
    if password is not None:
        request["MasterUserPassword"] = password
        tags.update(applied_tag(desired["master_user_password"]))
    if desired.get("enabled_cloudwatch_logs_exports"):
        request["EnableCloudwatchLogsExports"] = desired["enabled_cloudwatch_logs_exports"]
    if desired.get("serverless_v2_scaling"):
        request["ServerlessV2ScalingConfiguration"] = serverless_request(desired["serverless_v2_scaling"])
    return {**request, "StorageEncrypted": True, "Tags": _tags.as_list(tags)}


def restoration(desired: Mapping[str, Any], restore: Mapping[str, Any], engine: str) -> dict[str, Any]:
    """What RestoreDBClusterFromSnapshot or RestoreDBClusterToPointInTime is given."""
    request = creation(desired, None)
    for name in ("StorageEncrypted", "MasterUsername", "DatabaseName"):
        request.pop(name, None)
    if restore.get("snapshot_identifier"):
        return {**request, "SnapshotIdentifier": restore["snapshot_identifier"], "Engine": engine}
    when = {"RestoreToTime": restore["restore_to_time"]} if restore.get("restore_to_time") else {"UseLatestRestorableTime": True}
    request.pop("EngineVersion", None)
    return {**request, "SourceDBClusterIdentifier": restore["source_cluster_identifier"], **when}


def modification(found_logs: Sequence[str], desired: Mapping[str, Any], names: Sequence[str], password: str | None) -> dict[str, Any]:
    """What ModifyDBCluster is given to change the attributes of these names."""
    request = {theirs: desired[ours] for ours, theirs in PLAIN.items() if ours in names}
    if password is not None:
        request["MasterUserPassword"] = password
    if "enabled_cloudwatch_logs_exports" in names:
        on, off = set(desired["enabled_cloudwatch_logs_exports"]), set(found_logs)
        request["CloudwatchLogsExportConfiguration"] = {"EnableLogTypes": sorted(on - off), "DisableLogTypes": sorted(off - on)}
    if "serverless_v2_scaling" in names:
        request["ServerlessV2ScalingConfiguration"] = serverless_request(desired["serverless_v2_scaling"])
    return request


def is_known(values: Sequence[str] | str) -> bool:
    """Whether AWS has decided these values already."""
    return KNOWN_AFTER_APPLY not in values
