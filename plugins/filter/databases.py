# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pure decisions of the roles aurora and documentdb."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.opta.platform.plugins.module_utils._rds import role_entries


def database_outputs(
    results: Sequence[Mapping[str, Any]], role: str, partition: str, region: str, account_id: str
) -> dict[str, dict[str, str]]:
    """The outputs of the role. results: those of the loop over the entries, each with its entry as __<role>_entry."""
    entries = [result[f"__{role}_entry"] for result in results]
    clusters = [result["cluster"] for result in results]
    arns = [role_entries.cluster_arn(partition, region, account_id, entry["cluster_name"]) for entry in entries]
    return role_entries.outputs(role, [entry["name"] for entry in entries], clusters, arns)


def database_kind(role: str) -> str:
    """The part of the names of resources that stands for the kind of cluster of a role."""
    return role_entries.KINDS[role].kind


class FilterModule:
    """The filters of the roles for databases."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "database_clusters": role_entries.completed,
            "database_clusters_to_remove": role_entries.to_remove,
            "database_log_groups": role_entries.log_groups,
            "databases_without_snapshot": role_entries.without_snapshot,
            "database_kind": database_kind,
            "database_outputs": database_outputs,
        }
