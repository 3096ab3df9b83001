# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The requests to ElastiCache that create and change a replication group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import Refused
from .._resource import Attribute

#: attribute: its name in CreateReplicationGroup
CREATED = {
    "description": "ReplicationGroupDescription",
    "engine": "Engine",
    "engine_version": "EngineVersion",
    "node_type": "CacheNodeType",
    "automatic_failover_enabled": "AutomaticFailoverEnabled",
    "multi_az_enabled": "MultiAZEnabled",
    "parameter_group_name": "CacheParameterGroupName",
    "subnet_group_name": "CacheSubnetGroupName",
    "security_group_ids": "SecurityGroupIds",
    "port": "Port",
    "kms_key_arn": "KmsKeyId",
    "at_rest_encryption_enabled": "AtRestEncryptionEnabled",
    "snapshot_retention_days": "SnapshotRetentionLimit",
    "snapshot_window": "SnapshotWindow",
    "maintenance_window": "PreferredMaintenanceWindow",
    "auto_minor_version_upgrade": "AutoMinorVersionUpgrade",
}
#: those that one ModifyReplicationGroup changes together
SETTINGS = (
    "description",
    "automatic_failover_enabled",
    "multi_az_enabled",
    "security_group_ids",
    "snapshot_retention_days",
    "snapshot_window",
    "maintenance_window",
    "auto_minor_version_upgrade",
)
ENGINE = ("engine", "engine_version", "parameter_group_name")
LOG_DESTINATIONS = {
    "cloudwatch-logs": ("CloudWatchLogsDetails", "LogGroup"),
    "kinesis-firehose": ("KinesisFirehoseDetails", "DeliveryStream"),
}


@dataclass(frozen=True)
class Step:
    """One change: a ModifyReplicationGroup, or a new number of replicas. shows: the attributes by which AWS shows that it is done."""

    request: Mapping[str, Any] = field(default_factory=dict)
    replicas: int | None = None
    shows: Mapping[str, Any] = field(default_factory=dict)


def create_request(desired: Mapping[str, Any]) -> dict[str, Any]:
    """Return CreateReplicationGroup without name, tags and token."""
    request = {theirs: desired[ours] for ours, theirs in CREATED.items() if desired.get(ours) is not None}
    request["NumCacheClusters"] = desired.get("replica_count", 0) + 1
    request["TransitEncryptionEnabled"] = True
    if ".r6gd." in desired.get("node_type", ""):  # ElastiCache has these nodes with data tiering only
        request["DataTieringEnabled"] = True
    if desired.get("transit_encryption_mode") == "preferred":  # required is what it is without; older versions know no mode
        request["TransitEncryptionMode"] = "preferred"
    if desired.get("user_group_id"):
        request["UserGroupIds"] = [desired["user_group_id"]]
    if desired.get("log_delivery"):
        request["LogDeliveryConfigurations"] = log_delivery_request([], desired["log_delivery"])
    return request


def steps(found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> list[Step]:
    """Return the calls that change a group, in the order that AWS requires.

    TLS is enabled before what needs it, replicas are added before a failover that needs them and removed after it; the nodes are changed
    last.
    """
    requests = transit_requests(found, desired) if "transit_encryption_mode" in names else []
    changed = [Step(request, shows={"transit_encryption_mode": request["TransitEncryptionMode"]}) for request in requests]
    before = max(len(found.get("MemberClusters") or []) - 1, 0)
    replicas = desired["replica_count"] if "replica_count" in names else before
    another_number = [Step(replicas=replicas, shows={"replica_count": replicas})]
    changed += another_number if replicas > before else []
    settings = {CREATED[name]: desired[name] for name in SETTINGS if name in names}
    if "log_delivery" in names:
        settings["LogDeliveryConfigurations"] = log_delivery_request(found_log_delivery(found), desired["log_delivery"])
    changed += [Step(settings, shows=_of(desired, (*SETTINGS, "log_delivery"), names))] if settings else []
    changed += another_number if replicas < before else []
    if {"authentication", "user_group_id"} & set(names) and desired.get("user_group_id"):
        request = user_group_request(found, desired["user_group_id"])
        changed.append(Step(request, shows=_of(desired, ("authentication", "user_group_id"), names)))
    engine = {CREATED[name]: desired[name] for name in ENGINE if name in names}
    if "engine" in names:
        engine["EngineVersion"] = desired["engine_version"]
    changed += [Step(engine, shows=_of(desired, ENGINE, names))] if engine else []
    changed += [Step({"CacheNodeType": desired["node_type"]}, shows=_of(desired, ("node_type",), names))] if "node_type" in names else []
    return changed


def _of(desired: Mapping[str, Any], some: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    """Return the desired values of some attributes, as far as they change."""
    return {name: desired[name] for name in some if name in names}


def may_wait(step: Step) -> bool:
    """Return whether a change can wait for the maintenance window: that of versions and node types. AWS does not let TLS and users wait."""
    return any(CREATED[name] in step.request for name in (*ENGINE, "node_type"))


def transit_requests(found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[dict[str, Any]]:
    """From no TLS to TLS only, and back, a mode in between accepts both kinds of clients."""
    mode = desired["transit_encryption_mode"]
    if found.get("TransitEncryptionEnabled"):
        return [{"TransitEncryptionEnabled": True, "TransitEncryptionMode": mode}]
    first = {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "preferred"}
    return [first] if mode == "preferred" else [first, {"TransitEncryptionEnabled": True, "TransitEncryptionMode": mode}]


def user_group_request(found: Mapping[str, Any], user_group_id: str) -> dict[str, Any]:
    """Use the one desired user group, instead of others or of a token."""
    others = [each for each in found.get("UserGroupIds") or [] if each != user_group_id]
    request: dict[str, Any] = {"UserGroupIdsToAdd": [user_group_id]}
    if others:
        request["UserGroupIdsToRemove"] = others
    if found.get("AuthTokenEnabled"):
        request["AuthTokenUpdateStrategy"] = "DELETE"
    return request


def found_log_delivery(group: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the destinations of a group's logs, in the option's form."""
    found = []
    for each in group.get("LogDeliveryConfigurations") or []:
        if each.get("Status") == "disabling":
            continue
        details, key = LOG_DESTINATIONS[each["DestinationType"]]
        destination = ((each.get("DestinationDetails") or {}).get(details) or {}).get(key, "")
        found.append(
            {
                "log_type": each["LogType"],
                "log_format": each.get("LogFormat", "json"),
                "destination_type": each["DestinationType"],
                "destination": destination,
            }
        )
    return sorted(found, key=lambda each: each["log_type"])


def same_log_delivery(found: Sequence[Mapping[str, str]], desired: Sequence[Mapping[str, str]]) -> bool:
    return sorted(map(sorted_items, found)) == sorted(map(sorted_items, desired))


def sorted_items(each: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(each.items())


def log_delivery_request(found: Sequence[Mapping[str, str]], desired: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the desired destinations, and disable those for other kinds of logs."""
    request: list[dict[str, Any]] = []
    for each in desired:
        details, key = LOG_DESTINATIONS[each["destination_type"]]
        request.append(
            {
                "LogType": each["log_type"],
                "LogFormat": each["log_format"],
                "DestinationType": each["destination_type"],
                "DestinationDetails": {details: {key: each["destination"]}},
                "Enabled": True,
            }
        )
    kept = {each["log_type"] for each in desired}
    return request + [{"LogType": each["log_type"], "Enabled": False} for each in found if each["log_type"] not in kept]


def refuse_failover_without_replicas(found: Mapping[str, Any] | None, desired: Mapping[str, Any], attributes: Sequence[Attribute]) -> None:
    """Raise Refused when the given and the observed values do not fit together."""
    names = ("replica_count", "automatic_failover_enabled", "multi_az_enabled")
    read = {attribute.name: attribute.read for attribute in attributes}
    replicas, failover, zones = (desired.get(name, read[name](found) if found else None) for name in names)
    if failover and not replicas:
        raise Refused("automatic_failover_enabled needs a replica to fail over to: set replica_count to at least 1.")
    if zones and not failover:
        raise Refused("multi_az_enabled needs automatic_failover_enabled: true.")
