# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A database cluster with all its parts.

Each run finds by name and tags what an interrupted run left, plans from what AWS has, and finishes the work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._composite import Composite, CompositeOptions
from .._credentials.credentials import SecretVersion
from .._reconcile import raise_if_failed
from .._resource import Outcome, Resource, State
from .._wait import wait_for
from .cluster import PASSWORD
from .common import REPAIRABLE
from .database_resources import DatabaseResources, DesiredResource
from .instance import DatabaseInstance
from .reboots import instances_to_repair, pending, reboot_all, reboot_notes, reboot_outcomes, repair_note, repair_outcomes, static_changes


class DatabaseStore(Composite):
    """Creates and updates a database cluster part by part."""

    def __init__(self, parts: DatabaseResources, check_mode: bool) -> None:
        super().__init__(CompositeOptions.of(parts.given), check_mode)
        self.parts = parts
        self.given = parts.given
        self.desired = DesiredResource({}, {})

    def reconcile(self) -> list[Outcome]:
        """Create and update what differs: first the secret, by which a half-created cluster is found again, and the groups."""
        if not self.check_mode and not self.options.wait:
            return self._start()
        parts = self.parts
        secret, target = self._secret()
        desired = self.desired
        repaired = instances_to_repair(parts, desired.delete)
        static = static_changes(parts)
        cluster = self._cluster_with_groups(target, repaired)
        self._instances(repaired)
        for group in parts.other_parameter_groups():
            self.delete(group)
        waiting = [name for name in pending(parts, self._of_instances(), cluster, static) if name not in repaired]
        self.outcomes += repair_outcomes(repaired)
        if self.given["allow_reboot"]:
            self._reboot(waiting)
            self.outcomes += reboot_outcomes(waiting)
        cluster.notes += [*parts.versions.notes, *reboot_notes(parts, waiting)]
        self._complete(cluster, secret)
        return self._cluster_first(cluster)

    def _secret(self) -> tuple[Outcome, SecretVersion]:
        """Create or update the secret; with the version whose password is desired, all desired values are known."""
        credentials = self.parts.credentials
        secret = self.add(credentials.reconcile(check_mode=self.check_mode, adopt=self.options.adopt))
        target = credentials.target(rotate=self.given["rotate_password"] and secret.action != "create")
        self.desired = self.parts.desired(target)
        return secret, target

    def _cluster_with_groups(self, target: SecretVersion, repaired: list[str]) -> Outcome:
        parts, desired = self.parts, self.desired
        self._groups()
        self.add(parts.credentials.rotation(target))
        if not self.check_mode:
            parts.instance_cache.live = True
            target = parts.credentials.prepare(target)
            desired.cluster[PASSWORD] = target.version_id
        self._reboot(repaired)  # AWS changes nothing of an instance before it starts
        cluster = self.ensure(parts.cluster, desired.cluster, wait=self.options.wait or self.check_mode)
        if self.options.wait and not self.check_mode:
            if cluster.action == "create" and parts.restore:  # a restore accepts neither the password nor all settings
                after = {name: value for name, value in desired.cluster.items() if name not in {"master_username", "database_name"}}
                self._ensure(parts.cluster, after)
            parts.credentials.promote(target)
        return cluster

    def _groups(self) -> None:
        """Parameter group, subnet group and security group; what is not given for an existing cluster is left as it is."""
        parts, given = self.parts, self.given
        self.ensure(parts.parameter_group, {"parameters": parts.parameters, "tags": self.tags})
        if given["subnet_ids"]:
            self.ensure(parts.subnet_group, {"subnet_ids": given["subnet_ids"], "tags": self.tags})
        group = parts.security_group
        self.ensure(group, group.desired(given["allowed_cidr_blocks"], given["allowed_security_group_ids"], self.tags))

    def _instances(self, repaired: list[str]) -> None:
        """Create the new instances in parallel, then update the others one by one, then delete the superfluous ones in parallel."""
        desired = self.desired
        for name in desired.create:
            self.start(self.parts.instance(name), desired.instance)
        self.wait_for_started()
        for name in desired.keep:
            outcome = self.ensure(self.parts.instance(name), desired.instance)
            if self.check_mode and name in repaired:
                outcome.notes = [repair_note(name)]  # instead of its failure, at which an apply would stop
        self.delete_together([self.parts.instance(name) for name in desired.delete])

    def _reboot(self, names: list[str]) -> None:
        if not self.check_mode:
            reboot_all(self.parts, names)

    def _complete(self, cluster: Outcome, secret: Outcome) -> None:
        """Add to the cluster's result what its parts decide, as they are now."""
        found = None if self.check_mode else self.parts.cluster.find()
        cluster.resource = {
            **((cluster.resource if found is None else self.parts.cluster.describe(found)) or {}),
            "instances": sorted([*self.desired.create, *self.desired.keep]),
            "secret_arn": (secret.resource or {}).get("arn"),
            "secret_name": self.parts.credentials.name,
            "security_group_id": self.parts.security_group_ids()[0],
        }

    def _of_instances(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.kind == DatabaseInstance.kind]

    def _cluster_first(self, cluster: Outcome) -> list[Outcome]:
        """The cluster, its instances, its other parts."""
        self.outcomes.sort(key=lambda outcome: outcome.kind != DatabaseInstance.kind)
        return self.outcomes_of(cluster)

    # -- work of other runs, and head starts --

    def wait_for_other_runs(self) -> bool:
        """What a cluster and its instances are after such work shows only then. Raises for a failure that an apply does not repair."""
        if not self.options.wait:
            return False
        waited = self._wait_until_ready(self.parts.cluster)
        self.parts.instance_cache.live = True
        for name in [] if self.parts.found is None else list(self.parts.instance_cache.instances()):
            waited = self._wait_until_ready(self.parts.instance(name)) or waited
        return waited

    def _wait_until_ready(self, resource: Resource) -> bool:
        """Return whether there was something to wait for."""

        def ready(now: Mapping[str, Any] | None) -> bool:
            repairable = isinstance(resource, DatabaseInstance) and now is not None and now["status"] == REPAIRABLE
            return now is None or resource.state(now) is State.READY or repairable

        def poll() -> tuple[bool, Mapping[str, Any] | None]:
            now = resource.find()
            if now is not None and not ready(now):
                raise_if_failed(resource, now)
            return ready(now), now

        if ready(resource.find()):
            return False
        wait_for(poll, f"{resource.kind} {resource.name} to be ready", self.options.timeout_seconds, resource.status)
        return True

    def _start(self) -> list[Outcome]:
        """A head start: create the cluster, or else the missing instances, without waiting.

        Updates are left to a run that waits, and so is a restore: it is complete only with the password set after it.
        """
        parts = self.parts
        plan = DatabaseStore(parts, check_mode=True)
        planned = plan.reconcile()[0]
        if planned.action == "create" and not parts.restore:
            secret, target = self._secret()
            cluster = self._cluster_with_groups(target, [])
            self._complete(cluster, secret)
            return self._cluster_first(cluster)
        parts.instance_cache.live = True
        if parts.found is not None and self._takes_instances(parts.found):
            for name in plan.desired.create:
                self.start(parts.instance(name), plan.desired.instance)
        return self._cluster_first(Outcome(planned.kind, planned.name, resource=planned.resource))

    def _takes_instances(self, found: Mapping[str, Any]) -> bool:
        """A cluster that AWS still creates is waited for."""
        if found["Status"] == "creating":
            self._wait_until_ready(self.parts.cluster)
            return True
        return self.parts.cluster.state(found) is State.READY
