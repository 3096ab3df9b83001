# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules for the inputs of the role elasticache. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._cidr import source_error
from .rules import group_errors, name_error


def errors(given: Mapping[str, Any]) -> list[str]:
    """A message for each invalid input. given: inputs and literal defaults by name."""
    groups = given.get("elasticache_replication_groups") or []
    names = [str(group.get("name")) for group in groups]
    sentences = [
        f"elasticache_replication_groups has two groups named {name}: names must be unique."
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    for group, name in zip(groups, names):  # noqa: B905
        sentences += name_error("elasticache_replication_groups, name", name)
        sentences += group_errors(group, f"elasticache_replication_groups, group {name}: ")
    blocks = given.get("elasticache_allowed_cidr_blocks") or []
    sentences += [wrong for block in blocks if (wrong := source_error("elasticache_allowed_cidr_blocks", block))]
    return sentences
