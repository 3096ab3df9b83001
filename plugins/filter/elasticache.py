# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pure decisions of the role elasticache."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.opta.platform.plugins.module_utils._elasticache import role_entries


def elasticache_outputs(results: Sequence[Mapping[str, Any]], partition: str, region: str, account_id: str) -> dict[str, dict[str, str]]:
    """The outputs of the role. results: those of the loop over the entries, each with its entry as __elasticache_group."""
    entries = [result["__elasticache_group"] for result in results]
    groups = [result["replication_group"] for result in results]
    arns = [role_entries.group_arn(partition, region, account_id, entry["group_name"]) for entry in entries]
    return role_entries.outputs([entry["name"] for entry in entries], groups, arns)


class FilterModule:
    """The filters of the role elasticache."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"elasticache_groups": role_entries.with_names, "elasticache_outputs": elasticache_outputs}
