# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of ElastiCache for a replication group, for the module and the preflight."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._cidr import source_error
from .._limits import CACHE_PORT, CACHE_REPLICAS, CACHE_SNAPSHOT_RETENTION_DAYS
from .._maintenance_windows import is_daily, is_weekly, overlap
from .._resource import KNOWN_AFTER_APPLY

NAME_LIMIT = 40  # CreateReplicationGroup, ReplicationGroupId
NAME = re.compile(r"(?!.*--)[a-z](?:[a-z0-9-]*[a-z0-9])?")
NODE_TYPE = re.compile(r"cache\.[a-z0-9-]+\.[a-z0-9]+")
VERSION = re.compile(r"\d+(\.\d+){1,2}")
LIMITS = {"replica_count": CACHE_REPLICAS, "snapshot_retention_days": CACHE_SNAPSHOT_RETENTION_DAYS}
SHORTEST_WINDOW = 60  # minutes
#: user groups came with Redis OSS 6.0
FIRST_VERSION_WITH_USERS = (6,)


def version_numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of an engine version; AWS also lists 6.x, the highest of its kind."""
    return tuple(int(part) if part.isdigit() else 99 for part in version.split("."))


def normal(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as ElastiCache writes their values: the window in lower case."""
    window = given.get("maintenance_window")
    return {**given, "maintenance_window": window.lower()} if window else dict(given)


def name_error(option: str, name: str) -> list[str]:
    """Return the error in the name of a replication group."""
    if NAME.fullmatch(name) and len(name) <= NAME_LIMIT:
        return []
    return [
        f"{option} is {name!r}, but ElastiCache allows 1 to {NAME_LIMIT} lower-case letters, digits and single hyphens, "
        "beginning with a letter and not ending with a hyphen, for example main."
    ]


def group_errors(given: Mapping[str, Any], where: str = "") -> list[str]:
    """Return one sentence for each rule that the options of one replication group break; options that are None are not given."""
    return [f"{where}{sentence}" for check in (_sizes, _failover, _engine, _windows, _access) for sentence in check(given)]


def _sizes(given: Mapping[str, Any]) -> list[str]:
    sentences = []
    for option, limit in LIMITS.items():
        value = given.get(option)
        if value is not None and not limit.allows(int(value)):
            sentences.append(limit.problem(option, int(value)))
    node_type = given.get("node_type")
    if node_type is not None and not NODE_TYPE.fullmatch(node_type):
        sentences.append(f"node_type is {node_type!r}, which is not a valid node type of ElastiCache, for example cache.t4g.small.")
    return sentences


def _failover(given: Mapping[str, Any]) -> list[str]:
    failover, replicas = given.get("automatic_failover_enabled"), given.get("replica_count")
    if failover and replicas is not None and int(replicas) == 0:
        return ["automatic_failover_enabled needs a replica to fail over to: set replica_count to at least 1."]
    if given.get("multi_az_enabled") and failover is False:
        return ["multi_az_enabled needs automatic_failover_enabled: true."]
    return []


def _engine(given: Mapping[str, Any]) -> list[str]:
    version = given.get("engine_version")
    if version is None:
        return []
    if not VERSION.fullmatch(str(version)):
        return [f'engine_version is {version!r}: write it in quotes, for example "8.0".']
    old = version_numbers(str(version)) < FIRST_VERSION_WITH_USERS
    if given.get("engine") == "redis" and old and given.get("authentication", "user_group") == "user_group":
        return ["authentication is user_group, which needs Redis OSS 6.0: use a newer engine_version, or authentication: auth_token."]
    return []


def _windows(given: Mapping[str, Any]) -> list[str]:
    snapshots, maintenance = given.get("snapshot_window"), given.get("maintenance_window")
    sentences = []
    if snapshots is not None and not is_daily(snapshots, SHORTEST_WINDOW):
        sentences.append(f'snapshot_window is {snapshots!r}: it must be at least 60 minutes of a day in UTC, for example "03:00-04:00".')
    if maintenance is not None and not is_weekly(maintenance, SHORTEST_WINDOW):
        sentences.append(
            f"maintenance_window is {maintenance!r}: it must be at least 60 minutes of a week in UTC, for example sun:05:00-sun:06:00."
        )
    if not sentences and snapshots and maintenance and overlap(snapshots, maintenance):
        sentences.append(f"snapshot_window {snapshots} and maintenance_window {maintenance} overlap, which ElastiCache refuses: move one.")
    return sentences


def _access(given: Mapping[str, Any]) -> list[str]:
    port, blocks = given.get("port"), given.get("allowed_cidr_blocks") or []
    sentences = [source_error("allowed_cidr_blocks", block) for block in blocks if block != KNOWN_AFTER_APPLY]
    if port is not None:
        sentences.append(CACHE_PORT.problem("port", int(port)))
    return [sentence for sentence in sentences if sentence]
