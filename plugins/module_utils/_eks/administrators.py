# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All administrators of a cluster at once: whoever runs must not matter, and nobody is locked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import _tags
from .._reconcile import ensure_absent, ensure_present
from .._resource import Outcome
from . import access_entry_api, api
from .access_entry import CLUSTER_ADMIN, AccessEntry
from .identity import is_caller, partition, role_behind


class Administrators:
    """Source: EKS API, ListAccessEntries, CreateAccessEntry, AssociateAccessPolicy and DeleteAccessEntry.

    principal_arns: who is to administer; None leaves all as found, but for a cluster that has no administrator yet.
    caller_arn: who calls, as sts:GetCallerIdentity says.
    """

    def __init__(self, client: Any, iam: Callable[[], Any], cluster_name: str, caller_arn: str, tags: Mapping[str, Any]) -> None:
        self.client = client
        self.iam = iam
        self.cluster_name = cluster_name
        self.caller_arn = caller_arn
        self.tags = dict(tags)

    def reconcile(self, principal_arns: Sequence[str] | None, check_mode: bool) -> list[Outcome]:
        found = self._found()
        desired = [role_behind(self.iam, arn) for arn in principal_arns or []]
        if not found and not any(is_caller(self.caller_arn, arn) for arn in desired):
            desired.append(role_behind(self.iam, self.caller_arn))
        values = {"policies": [{"policy": CLUSTER_ADMIN}], "tags": self.tags}
        # an entry that others made is enough: it is neither taken over nor fought about
        outcomes = [
            ensure_present(self._entry(arn), {"policies": values["policies"]} if arn in found else values, check_mode=check_mode)
            for arn in desired
        ]
        if principal_arns is not None:
            outcomes.extend(self._remove(sorted(set(found) - set(desired)), check_mode))
        return outcomes

    def _found(self) -> list[str]:
        if api.describe_cluster(self.client, self.cluster_name) is None:
            return []
        policy = f"arn:{partition(self.caller_arn)}:eks::aws:cluster-access-policy/{CLUSTER_ADMIN}"
        return access_entry_api.list_access_entries(self.client, self.cluster_name, policy)

    def _remove(self, principal_arns: Sequence[str], check_mode: bool) -> list[Outcome]:
        outcomes = []
        for arn in principal_arns:
            entry = self._entry(arn)
            found = entry.find()
            if found is None or (found.get("tags") or {}).get(_tags.MANAGED_BY) != _tags.COLLECTION:
                continue
            if is_caller(self.caller_arn, arn):
                note = (
                    f"{arn} is no longer listed, but it is the caller of this run, so its access "
                    "entry was kept. Run as another administrator to delete it."
                )
                outcomes.append(Outcome(entry.kind, entry.name, notes=[note]))
            else:
                outcomes.append(ensure_absent(entry, check_mode=check_mode))
        return outcomes

    def _entry(self, arn: str) -> AccessEntry:
        return AccessEntry(self.client, self.cluster_name, arn, caller_arn=lambda: self.caller_arn, purge_policies=False)
