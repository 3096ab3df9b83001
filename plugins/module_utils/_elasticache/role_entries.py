# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The role elasticache's list of replication groups: names, defaults and outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _names
from .._creation_defaults import CACHE_PORT
from .._credentials.options import secret_name
from .._stores.outputs import CONNECTION, by_name
from .rules import NAME_LIMIT

KIND = "cache"


def group_name(prefix: str, environment: str, name: str) -> str:
    """Return the name of a replication group, and of its parts."""
    return _names.resource_name(prefix, environment, KIND, name, limit=NAME_LIMIT)


def group_arn(partition: str, region: str, account_id: str, name: str) -> str:
    """Return the ARN of a replication group of this name."""
    return f"arn:{partition}:elasticache:{region}:{account_id}:replicationgroup:{name}"


def with_names(entries: Sequence[Mapping[str, Any]], prefix: str, environment: str) -> list[dict[str, Any]]:
    """Return the entries with the names of their replication group and their secret. The module has the defaults, at creation only."""
    return [
        {
            **entry,
            "group_name": group_name(prefix, environment, entry["name"]),
            "secret_name": secret_name(prefix, environment, KIND, entry["name"]),
        }
        for entry in entries
    ]


def outputs(names: Sequence[str], groups: Sequence[Mapping[str, Any]], arns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the role's outputs: maps by the names of the entries. groups: the module's result for each, in the same order."""
    return {"replication_group_arns": dict(zip(names, arns, strict=True)), **by_name(CONNECTION, names, groups, _shown)}


def _shown(key: str, value: Any) -> str:
    """A port that is not known yet is the default one."""
    return str(CACHE_PORT) if key == "port" and not isinstance(value, int) else str(value)
