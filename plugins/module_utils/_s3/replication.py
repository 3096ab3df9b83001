# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Replication of a bucket to another one: one rule for new objects. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

RULE_ID = "opta"


def configuration(desired: Mapping[str, Any]) -> dict[str, Any]:
    """S3's ReplicationConfiguration of the option `replication`."""
    destination: dict[str, Any] = {"Bucket": desired["destination_bucket_arn"]}
    if desired.get("storage_class"):
        destination["StorageClass"] = desired["storage_class"]
    rule: dict[str, Any] = {
        "ID": RULE_ID,
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": desired.get("prefix") or ""},
        "DeleteMarkerReplication": {"Status": "Enabled" if desired.get("delete_markers_enabled") else "Disabled"},
    }
    if desired.get("kms_key_arn"):  # S3 wants both: that encrypted objects are replicated, and under which key
        rule["SourceSelectionCriteria"] = {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
        destination["EncryptionConfiguration"] = {"ReplicaKmsKeyID": desired["kms_key_arn"]}
    return {"Role": desired["role_arn"], "Rules": [{**rule, "Destination": destination}]}


def option(found: Mapping[str, Any] | None) -> dict[str, Any]:
    """The option `replication` of S3's configuration; empty when there is none. Several rules, or others than ours, are only named."""
    rules: Sequence[Mapping[str, Any]] = (found or {}).get("Rules") or []
    if not rules:
        return {}
    rule = rules[0]
    destination = rule["Destination"]
    shown: dict[str, Any] = {
        "role_arn": (found or {})["Role"],
        "destination_bucket_arn": destination["Bucket"],
        "kms_key_arn": (destination.get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID"),
        "prefix": (rule.get("Filter") or {}).get("Prefix") or rule.get("Prefix") or "",
        "storage_class": destination.get("StorageClass"),
        "delete_markers_enabled": (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled",
    }
    others = [each.get("ID", "") for each in rules[1:]]
    if rule.get("Status") != "Enabled":
        others.insert(0, f"{rule.get('ID', '')} is {rule.get('Status', '').lower()}")
    return {**shown, "others": others} if others else shown


def same(found: Mapping[str, Any], desired: Mapping[str, Any]) -> bool:
    """Whether two values of the option mean the same."""
    if not found or not desired:
        return not found and not desired
    return not found.get("others") and option(configuration(found)) == option(configuration(desired))
