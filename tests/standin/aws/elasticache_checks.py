"""What ElastiCache refuses of a replication group, when it is made and when it is changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.standin.aws import elasticache_versions as versions
from tests.standin.aws.ec2_common import backend
from tests.standin.aws.elasticache_model import NAME, Group, account, combination, invalid
from tests.standin.aws.elasticache_parameters import parameter_group_missing, subnet_group_missing
from tests.standin.aws.elasticache_users import check_user_groups
from tests.standin.aws.errors import AwsError
from tests.standin.aws.kms import find_key
from tests.standin.aws.operations import Call

MOST_NODES, LONGEST_RETENTION, LONGEST_NAME = 6, 35, 40
TOKEN = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")
DAY = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
WEEK = re.compile(r"(sun|mon|tue|wed|thu|fri|sat):(\d\d):(\d\d)-(sun|mon|tue|wed|thu|fri|sat):(\d\d):(\d\d)")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MINUTES_OF_A_DAY, MINUTES_OF_A_WEEK = 1440, 10080


def check_new(call: Call, name: str, settings: Mapping[str, Any]) -> None:
    """Everything that CreateReplicationGroup refuses."""
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise invalid(
            "The parameter ReplicationGroupId is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII "
            "letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens."
        )
    if settings["CacheSubnetGroupName"] not in account(call).subnet_groups:
        raise subnet_group_missing(settings["CacheSubnetGroupName"])
    if not 1 <= settings["NumCacheClusters"] <= MOST_NODES:
        raise invalid(f"The number of cache clusters must be between 1 and {MOST_NODES}, is {settings['NumCacheClusters']}.")
    if settings["KmsKeyId"] and not settings["AtRestEncryptionEnabled"]:
        raise combination("KmsKeyId can only be specified when AtRestEncryptionEnabled is true.")
    key = find_key(call, settings["KmsKeyId"])
    if settings["KmsKeyId"] and (key is None or key.key_state != "Enabled"):
        raise AwsError("InvalidKMSKeyFault", f"The KMS key {settings['KmsKeyId']} is not found or not enabled.", 400)
    if call.get("AuthToken") is not None:
        check_token(call.get("AuthToken"), settings)
        if settings["UserGroupIds"]:
            raise combination("AuthToken and UserGroupIds cannot both be specified.")
    check_state(call, settings, settings["NumCacheClusters"])
    node_type = versions.check_node_type(settings["CacheNodeType"])
    tiering = call.get("DataTieringEnabled", False)
    if ".r6gd." in node_type and not tiering:
        raise combination(f"When using the {node_type} node type, you must enable data tiering.")
    if tiering and ".r6gd." not in node_type:
        raise combination(f"Data tiering is not supported for the {node_type} node type.")


def check_state(call: Call, settings: Mapping[str, Any], nodes: int) -> None:
    """What must hold of a replication group at all times."""
    known = account(call)
    if settings["AutomaticFailoverEnabled"] and nodes < 2:
        raise combination("Automatic failover is not supported for replication groups with fewer than 2 cache clusters.")
    if settings["MultiAZEnabled"] and not settings["AutomaticFailoverEnabled"]:
        raise combination("Multi-AZ requires automatic failover to be enabled.")
    group = settings["CacheParameterGroupName"]
    family = versions.family_of(settings["Engine"], settings["EngineVersion"])
    if group not in known.parameter_groups and group != f"default.{family}":
        raise parameter_group_missing(group)
    if group in known.parameter_groups and known.parameter_groups[group]["CacheParameterGroupFamily"] != family:
        wrong = known.parameter_groups[group]["CacheParameterGroupFamily"]
        raise combination(f"Expected a parameter group of family {family} but found one of family {wrong}")
    for identifier in settings["SecurityGroupIds"]:
        if backend(call).get_security_group_from_id(identifier) is None:
            raise AwsError("InvalidParameterValue", f"The security group {identifier} does not exist.", 400)
    if settings["UserGroupIds"] and not settings["TransitEncryptionEnabled"]:
        raise combination("User group based access control requires encryption-in-transit to be enabled.")
    check_user_groups(call, settings["Engine"], settings["UserGroupIds"])
    if not 0 <= settings["SnapshotRetentionLimit"] <= LONGEST_RETENTION:
        raise invalid(f"SnapshotRetentionLimit must be between 0 and {LONGEST_RETENTION}.")
    _check_windows(settings["SnapshotWindow"], settings["PreferredMaintenanceWindow"])


def check_token(token: str, settings: Mapping[str, Any]) -> None:
    if not settings["TransitEncryptionEnabled"]:
        raise combination("AuthToken requires encryption-in-transit to be enabled.")
    if not TOKEN.fullmatch(token):
        raise invalid("Invalid AuthToken provided: 16 to 128 printable characters without the special ones that are not allowed.")


def check_version_step(group: Group, engine: str, version: str) -> None:
    """Versions go up only, and Redis can become Valkey, not the other way."""
    before, after = group.settings["EngineVersion"], version
    if group.settings["Engine"] != engine and engine != "valkey":
        raise combination("Modifying the engine from valkey to redis is not supported.")
    if group.settings["Engine"] == engine and versions.split(after) < versions.split(before):
        raise combination(f"Downgrading from {engine} {before} to {after} is not supported.")


def check_transit_step(settings: Mapping[str, Any], enabled: bool, mode: str | None) -> None:
    """From no TLS to TLS and back only through the mode preferred."""
    if enabled and not settings["TransitEncryptionEnabled"] and mode != "preferred":
        raise combination("To enable encryption-in-transit on an existing cluster, TransitEncryptionMode must be preferred.")
    if not enabled and settings["TransitEncryptionEnabled"] and settings["TransitEncryptionMode"] != "preferred":
        raise combination("To disable encryption-in-transit, TransitEncryptionMode must be preferred first.")


def _check_windows(snapshots: str, maintenance: str) -> None:
    daily, weekly = DAY.fullmatch(snapshots), WEEK.fullmatch(maintenance)
    if daily is None:
        raise invalid(f"Invalid snapshot window {snapshots}: hh24:mi-hh24:mi")
    if weekly is None:
        raise invalid(f"Invalid maintenance window {maintenance}: ddd:hh24:mi-ddd:hh24:mi")
    first, last = _minute(*daily.groups()[:2]), _minute(*daily.groups()[2:])
    start = DAYS.index(weekly[1]) * MINUTES_OF_A_DAY + _minute(weekly[2], weekly[3])
    end = DAYS.index(weekly[4]) * MINUTES_OF_A_DAY + _minute(weekly[5], weekly[6])
    length = (end - start) % MINUTES_OF_A_WEEK
    if (last - first) % MINUTES_OF_A_DAY < 60:
        raise invalid("The snapshot window must be at least 60 minutes.")
    if length < 60:
        raise invalid("The maintenance window must be at least 60 minutes.")
    taken = {(first + minute) % MINUTES_OF_A_DAY for minute in range((last - first) % MINUTES_OF_A_DAY)}
    if any((start + minute) % MINUTES_OF_A_DAY in taken for minute in range(length)):
        raise combination("The snapshot window and maintenance window must not overlap.")


def _minute(hours: str, minutes: str) -> int:
    return int(hours) * 60 + int(minutes)
