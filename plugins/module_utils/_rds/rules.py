# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules for the values of a database cluster, for modules and the preflight.

Each function returns a sentence, or None when the value is valid. `label` is the user's name of the value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._limits import DATABASE_PAUSE_SECONDS, Range
from .._maintenance_windows import is_daily, is_weekly, overlap
from .._resource import KNOWN_AFTER_APPLY
from .engine import DatabaseEngine

#: identifiers have at most 63 characters (RDS API, CreateDBInstance); -15 of the last instance must fit
LONGEST_NAME = 60
NAME = re.compile(r"[a-z](-?[a-z0-9])*")
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
SHORTEST_WINDOW = 30
#: RDS API, ServerlessV2ScalingConfiguration; less than 1 is refused as the most (aws-cdk, pull request 32232)
MOST_CAPACITY = 256


def name(label: str, value: Any) -> str | None:
    if NAME.fullmatch(str(value)) and len(str(value)) <= LONGEST_NAME:
        return None
    return (
        f"{label} is {value!r}: it must be 1 to {LONGEST_NAME} lower-case letters, digits and single hyphens, beginning with a letter and "
        "not ending with a hyphen, for example main."
    )


def version(label: str, value: Any, engine: DatabaseEngine) -> str | None:
    """A major or full version as text: YAML reads an unquoted 17.10 as a number."""
    parts = "|".join((r"\d+", r"\d+\.\d+") if engine.major_parts == 1 else (r"\d+\.\d+", r"\d+\.\d+\.\d+"))
    if value is None or (isinstance(value, str) and re.fullmatch(parts, value)):
        return None
    example = '"17" or "17.7"' if engine.major_parts == 1 else '"5.0" or "5.0.0"'
    return f"{label} is {value!r}: it must be a major or a full version in quotes, for example {example}."


def between(label: str, value: Any, limit: Range) -> str | None:
    try:
        return None if value is None else limit.problem(label, int(value)) or None
    except (TypeError, ValueError):
        return f"{label} is {value!r}: it must be a number from {limit.least} to {limit.most}, for example {limit.example}."


def database_name(label: str, value: Any) -> str | None:
    if value is not None and RESERVED_DATABASES.fullmatch(str(value)):
        return f"{label} is {value!r}, a key word that PostgreSQL reserves: choose another one, for example app."
    if value is None or DATABASE_NAME.fullmatch(str(value)):
        return None
    return f"{label} is {value!r}: it must be 1 to 63 letters, digits and underscores, not beginning with a digit, for example app."


def username(label: str, value: Any) -> str | None:
    if value is None or value == KNOWN_AFTER_APPLY:
        return None
    if str(value).lower() in RESERVED_USERNAMES:
        return f"{label} is {value!r}, a name that the database reserves: use another prefix, for example opta."
    if USERNAME.fullmatch(str(value)):
        return None
    return f"{label} is {value!r}: it must be 1 to 63 letters, digits and underscores, starting with a letter, for example opta."


def windows(label: str, backup: tuple[str, Any], maintenance: tuple[str, Any]) -> list[str]:
    """Both windows, each with the name that the user knows."""
    daily, weekly = str(backup[1]), str(maintenance[1]).lower()
    reported = []
    if backup[1] is not None and not is_daily(daily, SHORTEST_WINDOW):
        reported.append(f"{label}{backup[0]} is {backup[1]!r}: it must be at least 30 minutes of a day in UTC, for example 02:00-03:00.")
    if maintenance[1] is not None and not is_weekly(weekly, SHORTEST_WINDOW):
        found = f"{label}{maintenance[0]} is {maintenance[1]!r}"
        reported.append(f"{found}: it must be at least 30 minutes of a week in UTC, for example sun:04:00-sun:05:00.")
    if not reported and None not in (backup[1], maintenance[1]) and overlap(daily, weekly):
        reported.append(f"{label}{backup[0]} {daily} and {maintenance[0]} {weekly} overlap, which RDS refuses: move one.")
    return reported


def scaling(label: str, value: Mapping[str, Any] | None, instance_class: Any) -> str | None:
    given = value or {}
    smallest, largest = (_capacity(given.get(name)) for name in ("min_capacity", "max_capacity"))
    pause = given.get("seconds_until_auto_pause")
    if smallest is not None and (not 0 <= smallest <= MOST_CAPACITY or smallest % 0.5):
        return f"{label}: min_capacity is {smallest}: it must be 0 to {MOST_CAPACITY} in steps of 0.5, for example 0.5."
    if largest is not None and (not 1 <= largest <= MOST_CAPACITY or largest % 0.5):
        return f"{label}: max_capacity is {largest}: it must be 1 to {MOST_CAPACITY} in steps of 0.5, for example 4."
    if smallest is not None and largest is not None and smallest > largest:
        return f"{label}: min_capacity {smallest} is above max_capacity {largest}; for example min_capacity: 0.5, max_capacity: 4."
    if instance_class == "db.serverless" and value is not None and (smallest is None or largest is None):
        return f"{label} needs min_capacity and max_capacity, for example 0.5 and 4."
    if pause is not None and smallest:
        return f"{label}: seconds_until_auto_pause requires min_capacity: 0, because other instances never pause: omit one of them."
    return between(f"{label}: seconds_until_auto_pause", pause, DATABASE_PAUSE_SECONDS)


def _capacity(value: Any) -> float | None:
    """Return the given number; the option's type refuses other values."""
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


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
