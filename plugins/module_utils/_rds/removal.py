# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Remove a database cluster with all its parts; the data is kept in a final snapshot unless said otherwise. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import _tags
from .._credentials.credentials import Credentials
from .._names import digest
from .._reconcile import ensure_absent
from .._resource import Outcome, Resource, State
from .._security_group.group import StoreSecurityGroup
from .._wait import wait_for
from . import api
from .cluster import DatabaseCluster
from .engine import DatabaseEngine
from .instance import DatabaseInstance
from .instance_cache import InstanceCache
from .parameter_group import ParameterGroup
from .subnet_group import SubnetGroup

if TYPE_CHECKING:
    from .._module import PlatformModule

SNAPSHOT_KIND = "DB cluster snapshot"
RETAINED = {_tags.RETAINED: "true"}


def absent(module: PlatformModule, engine: DatabaseEngine) -> list[Outcome]:
    """Remove the cluster; in check mode, say what would be removed and what would be kept."""
    return Removal(module, engine).remove()


def final_name(cluster_name: str, resource_id: str, taken: Sequence[str]) -> str:
    """The name of the final snapshot: one for each cluster that ever had this name."""
    name = f"{cluster_name}-final-{digest(resource_id)}"
    free = [name, *(f"{name}-{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in free if each not in taken)


class Removal:
    """The removal of one cluster."""

    def __init__(self, module: PlatformModule, engine: DatabaseEngine) -> None:
        self.module = module
        self.given: Mapping[str, Any] = module.params
        self.engine = engine
        self.name: str = self.given["name"]
        self.client = module.client(engine.service)
        self.tags = {key: str(value) for key, value in (self.given["tags"] or {}).items()}
        self.instance_cache = InstanceCache(self.client, self.name)
        self.cluster = DatabaseCluster(
            self.client,
            engine,
            self.name,
            lift_protection=self.given["deletion_protection"] is False,
            timeout_seconds=self.given["wait_timeout"],
        )

    def remove(self) -> list[Outcome]:
        found = self.cluster.find()
        standing = found is not None and self.cluster.state(found) is not State.DELETING
        snapshots = api.describe_snapshots_of(self.client, self.name)
        kept: list[Outcome] = []
        planned: Outcome | None = None
        if standing and found is not None:
            if not self.given["skip_final_snapshot"]:
                taken = [snapshot["DBClusterSnapshotIdentifier"] for snapshot in snapshots]
                self.cluster.final_snapshot = final_name(self.name, found["DbClusterResourceId"], taken)
                kept.append(self._snapshot_outcome(self.cluster.final_snapshot, found))
            # Refused or left alone here, before the first instance goes
            planned = self._remove(self.cluster, check_mode=True)
            if planned.left_alone:
                return [planned]
            if not self.module.check_mode:
                self._wait_until_idle()
        instances = self._remove_instances() if standing else []
        if self.module.check_mode and planned:
            cluster = planned
        else:
            done = self._remove(self.cluster)
            cluster = planned or done  # as it was before its protection was lifted
        retained = self._retain_snapshots(snapshots)
        others = [] if self._still_there() else self._remove_others()
        return [cluster, *instances, *kept, *retained, *others]

    def _wait_until_idle(self) -> None:
        """AWS takes no order for a cluster that is at work."""

        def poll() -> tuple[bool, Mapping[str, Any] | None]:
            found = self.cluster.find()
            return found is None or self.cluster.state(found) is not State.IN_PROGRESS, found

        wait_for(poll, f"{self.cluster.kind} {self.name} to be ready", self.given["wait_timeout"], self.cluster.status)

    def _still_there(self) -> bool:
        """Whether a removal that does not wait has left the cluster, which its groups cannot leave before."""
        return not self.module.check_mode and not self.given["wait"] and self.cluster.find() is not None

    def _remove_instances(self) -> list[Outcome]:
        """Nothing can live on in a cluster that goes: also instances that others made."""
        names = [name for name, each in self.instance_cache.instances().items() if each["DBInstanceStatus"] != "deleting"]
        self.instance_cache.live = not self.module.check_mode
        if not self.module.check_mode and names:
            self._lift_protection()
        return [self._remove(DatabaseInstance(self.instance_cache, self.engine, name), adopt=True, wait=False) for name in sorted(names)]

    def _lift_protection(self) -> None:
        """AWS keeps the last instance of a cluster that is protected."""
        found = self.cluster.find()
        if found is not None and found.get("DeletionProtection"):
            self.cluster.update(found, {"deletion_protection": False}, ["deletion_protection"])

    def _snapshot_outcome(self, name: str, cluster: Mapping[str, Any]) -> Outcome:
        shown = {"name": name, "kms_key_id": cluster.get("KmsKeyId")}
        return Outcome(SNAPSHOT_KIND, name, action="create", attributes=["kms_key_id", "name"], after=shown, resource=shown)

    def _retain_snapshots(self, before: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        """Tag the final snapshots as kept on purpose: that of this run is tagged like the cluster from its beginning, and those
        of runs that were cut before this step are told."""
        outcomes = []
        earlier = {snapshot["DBClusterSnapshotIdentifier"] for snapshot in before}
        now = before if self.module.check_mode else api.describe_snapshots_of(self.client, self.name)
        for snapshot in now:
            name, tags = snapshot["DBClusterSnapshotIdentifier"], snapshot["tags"]
            ours = name.startswith(f"{self.name}-final-") and not _tags.not_ours(tags, self.tags or None)
            if not ours or _tags.RETAINED in tags:
                continue
            if not self.module.check_mode:
                api.add_tags(self.client, snapshot["DBClusterSnapshotArn"], RETAINED)
            if name in earlier:
                outcomes.append(
                    Outcome(
                        SNAPSHOT_KIND,
                        name,
                        action="update",
                        attributes=["tags"],
                        before={"tags": tags},
                        after={"tags": {**tags, **RETAINED}},
                    )
                )
        return outcomes

    def _remove_others(self) -> list[Outcome]:
        given = self.given
        groups = [
            ParameterGroup(self.client, self.engine, group["DBClusterParameterGroupName"], group["DBParameterGroupFamily"])
            for group in api.describe_parameter_groups(self.client)
            if self.engine.is_group_of(group["DBClusterParameterGroupName"], self.name)
        ]
        security_group = StoreSecurityGroup(
            self.module.client("ec2"), self.name, port=given["port"] or self.engine.port, vpc_id=given["vpc_id"], tags=self.tags
        )
        credentials = Credentials(
            self.module.client("secretsmanager"),
            given["secret_name"] or self.name,
            username="",
            tags=self.tags,
            recovery_window_in_days=given["secret_recovery_window_in_days"],
        )
        return [
            *(self._remove(group) for group in groups),
            self._remove(SubnetGroup(self.client, self.name)),
            self._remove(security_group),
            credentials.remove(check_mode=self.module.check_mode, adopt=given["adopt"]),
        ]

    def _remove(self, resource: Resource, check_mode: bool | None = None, adopt: bool | None = None, wait: bool | None = None) -> Outcome:
        return ensure_absent(
            resource,
            check_mode=self.module.check_mode if check_mode is None else check_mode,
            tags=self.tags,
            adopt=self.given["adopt"] if adopt is None else adopt,
            wait=self.given["wait"] if wait is None else wait,
            timeout_seconds=self.given["wait_timeout"],
        )
