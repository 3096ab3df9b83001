"""What the stand-in keeps of RDS and DocumentDB, which share one namespace: clusters, instances, groups, snapshots, and their tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call

Data = dict[str, Any]
NAME = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9])*")
LONGEST_IDENTIFIER = 63


@dataclass
class Cluster:
    """data: in DescribeDBClusters's shape, without members and tags."""

    data: Data
    tags: dict[str, str]
    password: str | None = None

    @property
    def name(self) -> str:
        return str(self.data["DBClusterIdentifier"])


@dataclass
class Instance:
    """data: in DescribeDBInstances's shape. in_force: the cluster parameters that it runs with. interface: its network interface's id."""

    data: Data
    tags: dict[str, str]
    in_force: dict[str, str]
    interface: str
    writer: bool = False

    @property
    def name(self) -> str:
        return str(self.data["DBInstanceIdentifier"])


@dataclass
class ParameterGroup:
    """values: what the user set, by the parameters' names."""

    data: Data
    tags: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Tagged:
    """A subnet group or a snapshot. password: of the cluster that a snapshot was made of."""

    data: Data
    tags: dict[str, str]
    password: str | None = None


class RdsAccount:
    """Of one account and region."""

    def __init__(self) -> None:
        self.clusters: dict[str, Cluster] = {}
        self.instances: dict[str, Instance] = {}
        self.parameter_groups: dict[str, ParameterGroup] = {}
        self.subnet_groups: dict[str, Tagged] = {}
        self.snapshots: dict[str, Tagged] = {}
        self.retained_backups: list[Data] = []

    def of(self, cluster: Cluster) -> list[Instance]:
        """The instances of a cluster."""
        return [each for each in self.instances.values() if each.data["DBClusterIdentifier"] == cluster.name]


def account(call: Call) -> RdsAccount:
    return call.world.rds.setdefault((call.account, call.region), RdsAccount())


def cluster_of(call: Call, parameter: str = "DBClusterIdentifier") -> Cluster:
    name = str(call.get(parameter, "")).lower()
    found = account(call).clusters.get(name)
    if found is None:
        raise AwsError("DBClusterNotFoundFault", f"DBCluster {name} not found.", 404)
    return found


def instance_of(call: Call) -> Instance:
    name = str(call.get("DBInstanceIdentifier", "")).lower()
    found = account(call).instances.get(name)
    if found is None:
        raise AwsError("DBInstanceNotFound", f"DBInstance {name} not found.", 404)
    return found


def parameter_group_of(call: Call, name: str) -> ParameterGroup:
    found = account(call).parameter_groups.get(name.lower())
    if found is None:
        raise AwsError("DBParameterGroupNotFound", f"DBClusterParameterGroup not found: {name}", 404)
    return found


def snapshot_of(call: Call, parameter: str) -> Tagged:
    name = str(call.get(parameter, "")).rsplit(":", 1)[-1].lower()
    found = account(call).snapshots.get(name)
    if found is None:
        raise AwsError("DBClusterSnapshotNotFoundFault", f"DBClusterSnapshot not found: {name}", 404)
    return found


def arn(call: Call, kind: str, name: str) -> str:
    return f"arn:{call.partition}:rds:{call.region}:{call.account}:{kind}:{name}"


def tags_of(call: Call) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in call.get("Tags", [])}


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def identifier(call: Call, parameter: str) -> str:
    """A name for something new, in lower case; refused as AWS refuses it."""
    name = str(call.get(parameter, "")).lower()
    if not NAME.fullmatch(name) or len(name) > LONGEST_IDENTIFIER:
        message = (
            f"The parameter {parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII "
            "letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens."
        )
        raise AwsError("InvalidParameterValue", message, 400)
    return name


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message, 400)


def combination(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message, 400)


def wanted_by(call: Call, filter_name: str) -> list[str] | None:
    """The values of a filter; None when the call has no such filter."""
    return next((each["Values"] for each in call.get("Filters", []) if each["Name"] == filter_name), None)


def tagged(call: Call) -> Iterator[tuple[str, dict[str, str]]]:
    """ARN and tags of everything of RDS that has tags; a change of the tags changes the thing."""
    kept = account(call)
    for cluster in kept.clusters.values():
        yield cluster.data["DBClusterArn"], cluster.tags
    for instance in kept.instances.values():
        yield instance.data["DBInstanceArn"], instance.tags
    for group in kept.parameter_groups.values():
        yield group.data["DBClusterParameterGroupArn"], group.tags
    for subnets in kept.subnet_groups.values():
        yield subnets.data["DBSubnetGroupArn"], subnets.tags
    for snapshot in kept.snapshots.values():
        yield snapshot.data["DBClusterSnapshotArn"], snapshot.tags
