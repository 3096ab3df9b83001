# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The deletion of a database cluster with all its parts; its data is retained in a final snapshot unless that is skipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import _tags
from .._composite import Composite, CompositeOptions
from .._credentials.credentials import Credentials
from .._names import digest
from .._reconcile import ensure_absent
from .._resource import Outcome, State
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


def final_name(cluster_name: str, resource_id: str, taken: Sequence[str]) -> str:
    """Return the name of the final snapshot, which no earlier cluster of this name has used."""
    name = f"{cluster_name}-final-{digest(resource_id)}"
    free = [name, *(f"{name}-{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in free if each not in taken)


class DatabaseTeardown(Composite):
    """Deletes the instances, the cluster, and its other parts, once what is refused has been refused."""

    def __init__(self, module: PlatformModule, engine: DatabaseEngine) -> None:
        super().__init__(CompositeOptions.of(module.params), module.check_mode)
        self.module = module
        self.given: Mapping[str, Any] = module.params
        self.engine = engine
        self.name: str = self.given["name"]
        self.client = module.client(engine.service)
        self.instance_cache = InstanceCache(self.client, self.name)
        self.cluster = DatabaseCluster(
            self.client,
            engine,
            self.name,
            lift_protection=self.given["deletion_protection"] is False,
            timeout_seconds=self.options.timeout_seconds,
        )

    def reconcile(self) -> list[Outcome]:
        """Delete everything; return the outcomes of the cluster, its instances, its snapshots, and its other parts."""
        planned = self._delete_cluster(check_mode=True)  # what is refused or left alone is known before the first instance is deleted
        if planned.left_alone:
            return [planned]
        snapshots = api.describe_snapshots_of(self.client, self.name)
        if planned.action:
            if not self.check_mode:
                self._wait_until_idle()
            self._delete_instances()
            if not self.given["skip_final_snapshot"]:
                self._plan_final_snapshot([snapshot["DBClusterSnapshotIdentifier"] for snapshot in snapshots])
        if not self.check_mode:
            self._delete_cluster(check_mode=False)
        self._retain_snapshots(snapshots)
        if not self._still_there():
            self._delete_others()
        return self.outcomes_of(planned)  # as the cluster was before its protection was lifted

    def _delete_cluster(self, check_mode: bool) -> Outcome:
        options = self.options
        return ensure_absent(
            self.cluster,
            check_mode=check_mode,
            tags=self.tags,
            adopt=options.adopt,
            wait=options.wait,
            timeout_seconds=options.timeout_seconds,
        )

    def _wait_until_idle(self) -> None:
        """AWS accepts no request for a cluster that it is at work on."""

        def poll() -> tuple[bool, Mapping[str, Any] | None]:
            found = self.cluster.find()
            return found is None or self.cluster.state(found) is not State.IN_PROGRESS, found

        wait_for(poll, f"{self.cluster.kind} {self.name} to be ready", self.options.timeout_seconds, self.cluster.status)

    def _still_there(self) -> bool:
        """Whether a deletion that does not wait is still in progress: the groups cannot be deleted before the cluster."""
        return not self.check_mode and not self.options.wait and self.cluster.find() is not None

    def _delete_instances(self) -> None:
        """All instances, including those that others created: none can exist without its cluster."""
        names = [name for name, each in self.instance_cache.instances().items() if each["DBInstanceStatus"] != "deleting"]
        self.instance_cache.live = not self.check_mode
        if not self.check_mode and names:
            self._lift_protection()
        for name in sorted(names):
            self.delete(DatabaseInstance(self.instance_cache, self.engine, name), wait=False, adopt=True)

    def _lift_protection(self) -> None:
        """AWS does not delete the last instance of a protected cluster."""
        found = self.cluster.find()
        if found is not None and found.get("DeletionProtection"):
            self.cluster.update(found, {"deletion_protection": False}, ["deletion_protection"])

    def _plan_final_snapshot(self, taken: Sequence[str]) -> None:
        cluster = self.cluster.find()
        if cluster is not None:
            name = self.cluster.final_snapshot = final_name(self.name, cluster["DbClusterResourceId"], taken)
            shown = {"name": name, "kms_key_id": cluster.get("KmsKeyId")}
            self.add(Outcome(SNAPSHOT_KIND, name, action="create", attributes=["kms_key_id", "name"], after=shown, resource=shown))

    def _retain_snapshots(self, before: Sequence[Mapping[str, Any]]) -> None:
        """Tag the final snapshots as retained. That of this run has the cluster's tags already; those of interrupted runs are reported."""
        earlier = {snapshot["DBClusterSnapshotIdentifier"] for snapshot in before}
        now = before if self.check_mode else api.describe_snapshots_of(self.client, self.name)
        for snapshot in now:
            name, tags = snapshot["DBClusterSnapshotIdentifier"], snapshot["tags"]
            ours = name.startswith(f"{self.name}-final-") and not _tags.not_ours(tags, self.tags or None)
            if not ours or _tags.RETAINED in tags:
                continue
            if not self.check_mode:
                api.add_tags(self.client, snapshot["DBClusterSnapshotArn"], RETAINED)
            if name in earlier:
                after = {"tags": {**tags, **RETAINED}}
                self.add(Outcome(SNAPSHOT_KIND, name, action="update", attributes=["tags"], before={"tags": tags}, after=after))

    def _delete_others(self) -> None:
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
        for part in [*groups, SubnetGroup(self.client, self.name), security_group]:
            self.delete(part)
        self.add(credentials.remove(check_mode=self.check_mode, adopt=self.options.adopt))
