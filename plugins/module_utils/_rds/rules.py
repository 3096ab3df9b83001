# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the values that describe a database cluster must be like; for modules and the preflight. Pure; private to the collection.

Each function answers a sentence, or None when all is well. `label` is what the user calls the value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._resource import KNOWN_AFTER_APPLY
from .._windows import is_daily, is_weekly, overlap
from .engine import Engine

#: identifiers have at most 63 characters (RDS API, CreateDBInstance); -15 of the last instance must fit
LONGEST_NAME = 60
NAME = re.compile(r"[a-z](-?[a-z0-9])*")
#: RDS API, CreateDBCluster, PreferredBackupWindow and PreferredMaintenanceWindow: minutes
SHORTEST_WINDOW = 30
#: what RDS refuses as the name of a database of Aurora PostgreSQL: its own, and reserved key words (PostgreSQL, SQL Key Words)
RESERVED_DATABASES = re.compile(
    "all|analyse|analyze|and|any|array|as|asc|asymmetric|both|case|cast|check|collate|column|constraint|create|current_catalog|current_date|"
    "current_role|current_time|current_timestamp|current_user|default|deferrable|desc|distinct|do|else|end|except|false|fetch|for|foreign|"
    "from|grant|group|having|in|initially|intersect|into|lateral|leading|limit|localtime|localtimestamp|not|null|offset|on|only|or|order|"
    "placing|primary|rdsadmin|references|returning|select|session_user|some|symmetric|table|template0|template1|then|to|trailing|true|"
    "union|unique|user|using|variadic|when|where|window|with",
    re.IGNORECASE,
)
DATABASE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
RESERVED_USERNAMES = ("admin", "postgres_admin", "rdsadmin", "root", "user")
#: RDS API, ServerlessV2ScalingConfiguration: the least of each, in Aurora capacity units
CAPACITIES = {"min_capacity": 0.0, "max_capacity": 1.0}


def name(label: str, value: Any) -> str | None:
    if NAME.fullmatch(str(value)) and len(str(value)) <= LONGEST_NAME:
        return None
    return (
        f"{label} is {value!r}: it must be 1 to {LONGEST_NAME} lower-case letters, digits and single hyphens, beginning with a letter and "
        "not ending with a hyphen, for example main."
    )


def version(label: str, value: Any, engine: Engine) -> str | None:
    """Major or full, as text: YAML makes a number of an unquoted 17.10."""
    parts = "|".join((r"\d+", r"\d+\.\d+") if engine.major_parts == 1 else (r"\d+\.\d+", r"\d+\.\d+\.\d+"))
    if value is None or (isinstance(value, str) and re.fullmatch(parts, value)):
        return None
    example = '"17" or "17.7"' if engine.major_parts == 1 else '"5.0" or "5.0.0"'
    return f"{label} is {value!r}: it must be a major or a full version in quotes, for example {example}."


def between(label: str, value: Any, fewest: int, most: int, example: int) -> str | None:
    try:
        right = value is None or fewest <= int(value) <= most
    except (TypeError, ValueError):
        right = False
    return None if right else f"{label} is {value!r}: it must be a number from {fewest} to {most}, for example {example}."


def database_name(label: str, value: Any) -> str | None:
    if value is not None and RESERVED_DATABASES.fullmatch(str(value)):
        return f"{label} is {value!r}, a word that PostgreSQL keeps for itself: choose another one, for example app."
    if value is None or DATABASE_NAME.fullmatch(str(value)):
        return None
    return f"{label} is {value!r}: it must be 1 to 63 letters, digits and underscores, not beginning with a digit, for example app."


def username(label: str, value: Any) -> str | None:
    if value is None or value == KNOWN_AFTER_APPLY:
        return None
    if str(value).lower() in RESERVED_USERNAMES:
        return f"{label} is {value!r}, a name that the database reserves: choose another one, for example opta."
    if USERNAME.fullmatch(str(value)):
        return None
    return f"{label} is {value!r}: it must be 1 to 63 letters, digits and underscores, beginning with a letter, for example opta."


def backup_window(label: str, value: Any) -> str | None:
    if value is None or is_daily(value, SHORTEST_WINDOW):
        return None
    return f"{label} is {value!r}: it must be at least {SHORTEST_WINDOW} minutes of a day in UTC, for example 02:00-03:00."


def maintenance_window(label: str, value: Any) -> str | None:
    if value is None or is_weekly(value, SHORTEST_WINDOW):
        return None
    return f"{label} is {value!r}: it must be at least {SHORTEST_WINDOW} minutes of a week in UTC, for example sun:04:00-sun:05:00."


def windows(where: str, backup: Any, maintenance: Any) -> str | None:
    """Both windows of a cluster, each of which is right by itself; where: the beginning of the sentence."""
    if backup is None or maintenance is None or backup_window("", backup) or maintenance_window("", maintenance):
        return None
    if not overlap(str(backup), str(maintenance)):
        return None
    return f"{where}backup_window {backup} and maintenance_window {maintenance} overlap, which RDS refuses: move one."


def scaling(label: str, value: Mapping[str, Any] | None, instance_class: Any) -> str | None:
    smallest, largest = (value or {}).get("min_capacity"), (value or {}).get("max_capacity")
    if smallest is not None and largest is not None and float(smallest) > float(largest):
        return f"{label}: min_capacity {smallest} is above max_capacity {largest}; for example min_capacity: 0.5, max_capacity: 4."
    if value and instance_class not in (None, "db.serverless", KNOWN_AFTER_APPLY):
        return f"{label} is for instance_class db.serverless, not {instance_class}: leave it out, or set instance_class: db.serverless."
    for option, capacity in (value or {}).items():
        if option in CAPACITIES and capacity is not None and not _is_capacity(option, capacity):
            least = CAPACITIES[option]
            return f"{label}: {option} is {capacity}: it must be from {least} to 256 in steps of 0.5, for example {max(least, 0.5)}."
    if instance_class == "db.serverless" and value is not None and (smallest is None or largest is None):
        return f"{label} needs min_capacity and max_capacity, for example 0.5 and 4."
    return None


def _is_capacity(option: str, value: Any) -> bool:
    return CAPACITIES[option] <= float(value) <= 256 and float(value) * 2 == int(float(value) * 2)


def restore(label: str, value: Mapping[str, Any] | None) -> str | None:
    given = {key for key, content in (value or {}).items() if content not in (None, False)}
    if not given:
        return None
    if given == {"snapshot_identifier"}:
        return None
    if given - {"restore_to_time", "use_latest_restorable_time"} == {"source_cluster_identifier"} and len(given) == 2:
        return None
    return (
        f"{label} must have either snapshot_identifier, or source_cluster_identifier and one of restore_to_time and "
        "use_latest_restorable_time, for example {snapshot_identifier: opta-staging-aurora-main-final-0a1b2c3d}."
    )
