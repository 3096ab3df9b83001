# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Bring a database cluster with all its parts to its description: planned first, and refused before anything is changed. Private.

Whatever a killed run left is found by name and tags: the next run plans from what AWS has, and carries on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._credentials.credentials import SecretVersion
from .._reconcile import ensure_absent, ensure_present, raise_if_failed
from .._resource import KNOWN_AFTER_APPLY, Outcome, Resource, State
from .._wait import wait_for
from .cluster import PASSWORD
from .common import REPAIRABLE
from .database_resources import DatabaseResources, DesiredResource
from .engine import DatabaseEngine
from .options import check_options
from .reboots import instances_to_repair, pending, reboot_all, reboot_notes, reboot_outcomes, repair_note, repair_outcomes

if TYPE_CHECKING:
    from .._module import PlatformModule


@dataclass
class DatabasePlan:
    """What is to be done with the parts. mended: names of the instances that do not start with their parameters; rebooted: of those
    that wait for a reboot."""

    desired: DesiredResource
    target: SecretVersion
    cluster: Outcome
    instances: list[Outcome] = field(default_factory=list)
    others: list[Outcome] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    rebooted: list[str] = field(default_factory=list)

    def outcomes(self) -> list[Outcome]:
        """The cluster first: its result is the module's."""
        return [self.cluster, *self.instances, *self.others]


def present(module: PlatformModule, engine: DatabaseEngine) -> list[Outcome]:
    """Bring the cluster to its description; in check mode, say what that would be."""
    check_options(module.params, engine)
    store = DatabaseStore(DatabaseResources(module, engine))
    plan = store.plan()
    if module.check_mode:
        return plan.outcomes()
    if not module.params["wait"]:
        return store.begin(plan)
    if store.settle():
        store = DatabaseStore(DatabaseResources(module, engine))
        plan = store.plan()
    if not any(outcome.action for outcome in plan.outcomes()):
        return plan.outcomes()
    return store.carry_out(plan)


class DatabaseStore:
    """One database cluster with its parts."""

    def __init__(self, parts: DatabaseResources) -> None:
        self.parts = parts
        self.module = parts.module
        self.given = parts.given

    # -- planning --

    def plan(self) -> DatabasePlan:
        parts = self.parts
        secret = parts.credentials.reconcile(check_mode=True, adopt=self.given["adopt"])
        target = parts.credentials.target(rotate=self.given["rotate_password"])
        desired = parts.desired(target)
        cluster = self._ensure(parts.cluster, desired.cluster, check_mode=True)
        plan = DatabasePlan(desired, target, cluster)
        plan.others += [secret, *self._foundations(check_mode=True), parts.credentials.rotation(target)]
        plan.mended = instances_to_repair(parts, desired.remove)
        plan.instances += self._plan_instances(desired, plan.mended)
        plan.others += [self._remove(group, check_mode=True) for group in parts.other_parameter_groups()]
        plan.rebooted = [name for name in pending(parts, plan.instances, cluster) if name not in plan.mended]
        plan.instances += repair_outcomes(plan.mended)
        if self.given["allow_reboot"]:
            plan.instances += reboot_outcomes(plan.rebooted)
        cluster.notes += [*parts.versions.notes, *reboot_notes(parts, plan.rebooted)]
        self._complete(plan)
        return plan

    def _plan_instances(self, desired: DesiredResource, mended: Sequence[str]) -> list[Outcome]:
        made = [self._ensure(self.parts.instance(name), desired.instance, check_mode=True) for name in [*desired.make, *desired.keep]]
        for outcome in made:
            if outcome.name in mended:
                outcome.notes = [repair_note(outcome.name)]  # instead of its failure, at which a run would stop
        return [*made, *(self._remove(self.parts.instance(name), check_mode=True) for name in desired.remove)]

    def _foundations(self, check_mode: bool) -> list[Outcome]:
        """Parameter group, subnet group and security group; what is not described of an existing cluster is left alone."""
        parts, given = self.parts, self.given
        outcomes = [
            self._ensure(parts.parameter_group, {"parameters": parts.parameters, "tags": parts.tags}, check_mode),
        ]
        if given["subnet_ids"]:
            outcomes.append(self._ensure(parts.subnet_group, {"subnet_ids": given["subnet_ids"], "tags": parts.tags}, check_mode))
        rules = parts.security_group.desired(given["allowed_cidr_blocks"], given["allowed_security_group_ids"], parts.tags)
        outcomes.append(self._ensure(parts.security_group, rules, check_mode))
        return outcomes

    def _complete(self, plan: DatabasePlan) -> None:
        """What the module's result holds besides the cluster itself."""
        secret = next(outcome for outcome in plan.others if outcome.kind == "secret")
        instances = sorted([*plan.desired.make, *plan.desired.keep])
        plan.cluster.resource = {
            **(plan.cluster.resource or {}),
            "instances": instances,
            "secret_arn": (secret.resource or {}).get("arn"),
            "secret_name": self.parts.credentials.name,
            "security_group_id": self.parts.security_group_ids()[0],
        }

    # -- doing --

    def settle(self) -> bool:
        """Wait for work that another run began, and answer whether there was any. Raises for a failure that the run does not repair."""
        parts = self.parts
        waited = self._wait_until_ready(parts.cluster)
        parts.instance_cache.live = True
        for name in self._own_instances():
            waited = self._wait_until_ready(parts.instance(name), REPAIRABLE) or waited
        return waited

    def _own_instances(self) -> list[str]:
        return [] if self.parts.found is None else list(self.parts.instance_cache.instances())

    def _wait_until_ready(self, resource: Resource, but: str | None = None) -> bool:
        """Whether there was something to wait for. but: a status of failure that the run mends."""

        def ready(now: Mapping[str, Any] | None) -> bool:
            return now is None or resource.state(now) is State.READY or now["status"] == but

        if ready(resource.find()):
            return False

        def poll() -> tuple[bool, Mapping[str, Any] | None]:
            now = resource.find()
            if now is not None and not ready(now):
                raise_if_failed(resource, now)
            return ready(now), now

        wait_for(poll, f"{resource.kind} {resource.name} to be ready", self.given["wait_timeout"], resource.status)
        return True

    def begin(self, plan: DatabasePlan) -> list[Outcome]:
        """A head start: begin what is to be made; waited for is only a cluster that is being made, as AWS takes no instances before.
        All that is to be changed is left to a run that waits, and so is a restore: it is whole only with the password set after it."""
        parts = self.parts
        parts.instance_cache.live = True
        done = DatabasePlan(plan.desired, plan.target, Outcome(plan.cluster.kind, plan.cluster.name, resource=plan.cluster.resource))
        if plan.cluster.action == "create" and not parts.restore:
            self._make_what_it_needs(done)
            done.cluster = self._ensure(parts.cluster, plan.desired.cluster, check_mode=False, wait=False)
        elif parts.found is not None and self._takes_instances(parts.found):
            done.instances = [self._begin_instance(name, plan.desired) for name in plan.desired.make]
        if not done.others:  # nothing was made: what the result says of the secret is what was found
            done.others = [Outcome(each.kind, each.name, resource=each.resource) for each in plan.others if each.kind == "secret"]
        self._complete(done)
        return done.outcomes()

    def _takes_instances(self, found: Mapping[str, Any]) -> bool:
        if found["Status"] == "creating":
            self._wait_until_ready(self.parts.cluster)
            return True
        return self.parts.cluster.state(found) is State.READY

    def carry_out(self, plan: DatabasePlan) -> list[Outcome]:
        parts, desired = self.parts, plan.desired
        parts.instance_cache.live = True
        done = DatabasePlan(desired, plan.target, plan.cluster, mended=plan.mended, rebooted=plan.rebooted)
        self._make_what_it_needs(done)
        reboot_all(parts, plan.mended)  # AWS changes nothing of an instance before it starts
        done.cluster = self._ensure(parts.cluster, desired.cluster, check_mode=False)
        if done.cluster.action == "create" and parts.restore:
            self._ensure(parts.cluster, self._after_restore(desired), check_mode=False)
        parts.credentials.promote(done.target)
        done.instances = [self._begin_instance(name, desired) for name in desired.make]
        for name in desired.make:
            self._wait_until_ready(parts.instance(name))
        done.instances += [self._ensure(parts.instance(name), desired.instance, check_mode=False) for name in desired.keep]
        done.instances += [self._remove(parts.instance(name), check_mode=False, wait=False) for name in desired.remove]
        for name in desired.remove:
            self._wait_until_gone(parts.instance(name))
        done.others += [self._remove(group, check_mode=False) for group in parts.other_parameter_groups()]
        done.instances += repair_outcomes(plan.mended)
        if self.given["allow_reboot"]:
            reboot_all(parts, plan.rebooted)
            done.instances += reboot_outcomes(plan.rebooted)
        done.cluster.notes = plan.cluster.notes
        found = parts.cluster.find()
        if found is not None:
            done.cluster.resource = parts.cluster.describe(found)
        self._complete(done)
        return done.outcomes()

    def _make_what_it_needs(self, done: DatabasePlan) -> None:
        """The secret first, by which a half-made cluster is found again, and the groups; after it the version of the secret is known."""
        parts, desired = self.parts, done.desired
        done.others.append(parts.credentials.reconcile(check_mode=False, adopt=self.given["adopt"]))
        done.others += self._foundations(check_mode=False)
        done.others.append(parts.credentials.rotation(done.target))
        unknown = done.target.version_id == KNOWN_AFTER_APPLY
        asked = parts.credentials.target(rotate=done.target.rotating) if unknown else done.target
        done.target = parts.credentials.prepare(asked)
        desired.cluster[PASSWORD] = done.target.version_id

    def _after_restore(self, desired: DesiredResource) -> dict[str, Any]:
        """A restore takes neither the password nor all settings: they are set again afterwards."""
        return {name: value for name, value in desired.cluster.items() if name not in {"master_username", "database_name"}}

    def _begin_instance(self, name: str, desired: DesiredResource) -> Outcome:
        return self._ensure(self.parts.instance(name), desired.instance, check_mode=False, wait=False)

    def _ensure(self, resource: Resource, desired: Mapping[str, Any], check_mode: bool, wait: bool = True) -> Outcome:
        return ensure_present(
            resource,
            desired,
            check_mode=check_mode,
            adopt=self.given["adopt"],
            wait=wait,
            timeout_seconds=self.given["wait_timeout"],
        )

    def _remove(self, resource: Resource, check_mode: bool, wait: bool = True) -> Outcome:
        return ensure_absent(
            resource,
            check_mode=check_mode,
            tags=self.parts.tags,
            adopt=self.given["adopt"],
            wait=wait,
            timeout_seconds=self.given["wait_timeout"],
        )

    def _wait_until_gone(self, resource: Resource) -> None:
        def poll() -> tuple[bool, Any]:
            found = resource.find()
            return found is None, found

        wait_for(poll, f"{resource.kind} {resource.name} to be deleted", self.given["wait_timeout"], resource.status)
