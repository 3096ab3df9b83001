"""What ElastiCache knows: replication groups, users, parameter and subnet groups, snapshots; and what its files share."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

from moto.core.utils import utcnow

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call

Data = dict[str, Any]
NAME = re.compile(r"(?!.*--)[a-z](?:[a-z0-9-]*[a-z0-9])?")


@dataclass
class Group:
    """A replication group without shards. settings: what can be changed, by the names of CreateReplicationGroup.

    members: ids of its nodes, the primary first; zones and interfaces: of each. pending: waits for the maintenance window.
    tokens: the AUTH tokens that it takes, the newest last. reboot_pending: nodes that run with the parameters from before; rebooting: that
    start anew now. unnoticed: its change has begun, and it is still described as available; token_update: what happens to its tokens.
    """

    name: str
    settings: Data
    members: list[str] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)
    interfaces: dict[str, str] = field(default_factory=dict)
    status: str = "creating"
    unnoticed: bool = False
    token_update: str | None = None
    pending: Data = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    tokens_changed: datetime.datetime | None = None
    created: datetime.datetime = field(default_factory=utcnow)
    numbered: int = 0
    reboot_pending: set[str] = field(default_factory=set)
    rebooting: set[str] = field(default_factory=set)


@dataclass
class Events:
    """What DescribeEvents tells, oldest first."""

    items: list[Data] = field(default_factory=list)

    def add(self, source: str, kind: str, message: str) -> None:
        self.items.append({"SourceIdentifier": source, "SourceType": kind, "Message": message, "Date": utcnow()})


@dataclass
class CacheAccount:
    """ElastiCache of one account in one region; data in the shapes of the API. passwords: of users; tags: by ARN."""

    groups: dict[str, Group] = field(default_factory=dict)
    users: dict[str, Data] = field(default_factory=dict)
    passwords: dict[str, list[str]] = field(default_factory=dict)
    user_groups: dict[str, Data] = field(default_factory=dict)
    parameter_groups: dict[str, Data] = field(default_factory=dict)
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)
    subnet_groups: dict[str, Data] = field(default_factory=dict)
    snapshots: dict[str, Data] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    events: Events = field(default_factory=Events)


def account(call: Call) -> CacheAccount:
    """ElastiCache of the call's account and region."""
    return call.world.elasticache.setdefault((call.account, call.region), CacheAccount())


def arn(call: Call, kind: str, name: str) -> str:
    """An ARN of ElastiCache; kind is replicationgroup, user, usergroup, parametergroup, subnetgroup, snapshot or cluster."""
    return f"arn:{call.partition}:elasticache:{call.region}:{call.account}:{kind}:{name}"


def name_of(call: Call, parameter: str) -> str:
    """A name as ElastiCache stores it: in lower case."""
    return str(call.get(parameter, "")).lower()


def set_tags(call: Call, resource_arn: str) -> None:
    """The tags of the creating call."""
    account(call).tags[resource_arn] = {tag["Key"]: tag.get("Value", "") for tag in call.get("Tags", [])}


def one_or_all(call: Call, parameter: str, items: dict[str, Data], missing: AwsError) -> list[Data]:
    """What a Describe call asks for."""
    if call.get(parameter) is None:
        return list(items.values())
    name = name_of(call, parameter)
    if name not in items:
        raise missing
    return [items[name]]


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message, 400)


def combination(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message, 400)


def group_missing(name: str) -> AwsError:
    return AwsError("ReplicationGroupNotFoundFault", f"ReplicationGroup {name} not found.", 404)


def group_of(call: Call) -> Group:
    name = name_of(call, "ReplicationGroupId")
    if name not in account(call).groups:
        raise group_missing(name)
    return account(call).groups[name]


def available_group_of(call: Call) -> Group:
    group = group_of(call)
    if group.status != "available":
        raise AwsError(
            "InvalidReplicationGroupState", f"Replication group must be in available state to modify. It is in {group.status} state.", 400
        )
    return group
