# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reconcile a composite resource, one that has parts (a network, a database cluster): plan all parts, then apply the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from ._reconcile import ensure_absent, ensure_present, wait_until_deleted
from ._resource import Outcome, Resource, State

O = TypeVar("O", bound="CompositeOptions")  # noqa: E741


@dataclass(frozen=True)
class CompositeOptions:
    """The common options of a module, for all parts. Subclasses add what is desired of the composite."""

    name: str
    tags: Mapping[str, Any] = field(default_factory=dict)
    purge_tags: bool = False
    adopt: bool = False
    wait: bool = True
    timeout_seconds: float = 1800

    @classmethod
    def of(cls: type[O], params: Mapping[str, Any], **more: Any) -> O:
        """The options from a module's parameters; more: fields that are not parameters."""
        given = {**params, "tags": params["tags"] or {}, "timeout_seconds": params["wait_timeout"], **more}
        return cls(**{each.name: given[each.name] for each in fields(cls)})


class Composite:
    """One pass over all parts. In check mode the pass is a plan: it reads and compares, and makes no call that changes anything.

    Subclasses define reconcile(). plan_and_apply() runs the passes.
    """

    def __init__(self, options: CompositeOptions, check_mode: bool) -> None:
        self.options = options
        self.check_mode = check_mode
        self.tags = {key: str(value) for key, value in options.tags.items()}
        self.outcomes: list[Outcome] = []
        self.started: list[tuple[Resource, Mapping[str, Any]]] = []

    def reconcile(self) -> list[Outcome]:
        """Create, update and delete the parts in the order that AWS requires; return outcomes_of() the main part."""
        raise NotImplementedError  # pragma: no cover

    def wait_for_other_runs(self) -> bool:
        """Wait for work of other runs that a plan cannot foresee, after a plan; return whether to plan again."""
        return False

    def is_done(self) -> bool:
        """Whether an apply after this plan has nothing to change and nothing to wait for. A head start reports only its own work."""
        return self.options.wait and not any(outcome.action or outcome.unfinished for outcome in self.outcomes)

    def outcomes_of(self, main: Outcome) -> list[Outcome]:
        """The outcome of the main part first, then those of the other parts that have something to report."""
        others = [each for each in self.outcomes if each is not main and (each.action or each.notes or each.left_alone)]
        return [main, *others]

    def add(self, outcome: Outcome) -> Outcome:
        """Record what another helper did with a part."""
        self.outcomes.append(outcome)
        return outcome

    def ensure(self, part: Resource, desired: Mapping[str, Any], wait: bool = True) -> Outcome:
        """Create or update a part, and wait until it is ready."""
        return self.add(self._ensure(part, desired, wait))

    def start(self, part: Resource, desired: Mapping[str, Any]) -> Outcome:
        """Create or update a part without waiting, so that several work in parallel; wait_for_started() waits."""
        self.started.append((part, desired))
        return self.ensure(part, desired, wait=False)

    def is_starting(self, kind: type[Resource]) -> bool:
        """Whether a started part of this class is not ready yet."""
        found = [(part, part.find()) for part, _desired in self.started if isinstance(part, kind)]
        return any(state is not None and part.state(state) is State.IN_PROGRESS for part, state in found)

    def wait_for_started(self, kind: type[Resource] = Resource) -> None:
        """Wait until all started parts of this class are ready, and as desired."""
        for part, desired in [] if self.check_mode else self.started:
            if isinstance(part, kind):
                self._ensure(part, desired)

    def delete(self, part: Resource, wait: bool = True, adopt: bool = False) -> Outcome:
        """Delete a part, and wait until it is gone. adopt: whoever's tags it carries."""
        return self.add(
            ensure_absent(
                part,
                check_mode=self.check_mode,
                tags=self.tags,
                adopt=adopt or self.options.adopt,
                wait=wait,
                timeout_seconds=self.options.timeout_seconds,
            )
        )

    def delete_together(self, parts: Iterable[Resource]) -> None:
        """Request the deletion of all, then wait until all are gone."""
        requested = []
        for part in parts:
            found = part.find()
            state = None if found is None else part.state(found)
            if not self.delete(part, wait=state is State.IN_PROGRESS).left_alone:
                requested.append((part, part.status(found) if state is State.FAILED else ""))
        for part, failure in [] if self.check_mode else requested:
            wait_until_deleted(part, self.options.timeout_seconds, failure)

    def _ensure(self, part: Resource, desired: Mapping[str, Any], wait: bool = True) -> Outcome:
        options = self.options
        return ensure_present(
            part, desired, check_mode=self.check_mode, adopt=options.adopt, wait=wait, timeout_seconds=options.timeout_seconds
        )


def plan_and_apply(new_pass: Callable[[bool], Composite], check_mode: bool) -> list[Outcome]:
    """Plan, so that what is refused is refused before anything changes, then apply. new_pass: makes a pass, given its check_mode."""
    plan = new_pass(True)
    outcomes = plan.reconcile()
    if check_mode:
        return outcomes
    if plan.wait_for_other_runs():
        plan = new_pass(True)
        outcomes = plan.reconcile()
    return outcomes if plan.is_done() else new_pass(False).reconcile()
