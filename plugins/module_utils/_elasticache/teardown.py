# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The deletion of a cache with all its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._creation_defaults import CACHE_PORT
from .._resource import Outcome, Resource
from .._security_group.group import StoreSecurityGroup
from . import api, snapshots
from .groups import ParameterGroup, SubnetGroup, parameter_group_name
from .replication_group import ReplicationGroup
from .store import CacheStore
from .users import User, UserGroup


class CacheTeardown(CacheStore):
    """Deletes what has the cache's name, in the order that AWS requires. A later run can finish an interrupted one."""

    def reconcile(self) -> list[Outcome]:
        """Delete everything; the outcome of the replication group comes first."""
        options = self.options
        kept = snapshots.retained_tags(self.tags)
        group = self._group()
        group.final_snapshot = self._snapshot_name
        found = group.find()
        taken = None if found is None else self._snapshot_name(found)
        main = self.delete(group, wait=options.wait)
        if main.left_alone:
            return [main]
        if taken and main.action:
            self.add(snapshots.planned(taken, kept))
        if not options.wait and not self.check_mode and group.find() is not None:
            return self.outcomes_of(main)  # the rest is still in use
        expected = {taken} if taken else set()
        tagged = snapshots.tag_final_snapshots(self.cache, options.name, kept, self.check_mode, options.timeout_seconds)
        self.outcomes += [outcome for outcome in tagged if outcome.name not in expected or not main.action]
        for part in self._parts():
            self.delete(part)
        self.add(self.credentials.remove(check_mode=self.check_mode, adopt=options.adopt))
        return self.outcomes_of(main)

    def _snapshot_name(self, found: Mapping[str, Any]) -> str | None:
        """Return the name of the final snapshot; None when it is skipped, or not possible."""
        if self.options.get("skip_final_snapshot", False) or ReplicationGroup.is_deleting(found) or found["Status"] == "create-failed":
            return None
        return snapshots.final_snapshot_name(found)

    def _parts(self) -> list[Resource]:
        name = self.options.name
        groups = api.describe_parameter_groups(self.cache)
        ours = [g for g in groups if g["CacheParameterGroupName"] == parameter_group_name(name, g["CacheParameterGroupFamily"])]
        return [
            UserGroup(self.cache, name),
            User(self.cache, name),
            *(ParameterGroup(self.cache, each["CacheParameterGroupName"]) for each in ours),
            SubnetGroup(self.cache, name),
            StoreSecurityGroup(self.ec2, name, port=self.options.get("port", CACHE_PORT), vpc_id=None, tags=self.tags),
        ]
