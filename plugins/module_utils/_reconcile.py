# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reconcile one resource with its desired state: find, compare, act, wait.

ensure_present and ensure_absent do what all resources have in common. They know nothing of AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import _tags
from ._errors import LostResponse, Refused, ResourceFailed, WaitTimeout, not_adopted
from ._lost_responses import ATTEMPTS, SHOWN_SECONDS
from ._resource import KNOWN_AFTER_APPLY, Attribute, Change, Outcome, Resource, State
from ._wait import wait_for


@dataclass(frozen=True)
class _How:
    """How a resource is reconciled. attempts: how often a call whose response is lost may still be sent."""

    check_mode: bool
    allow_replacement: bool
    adopt: bool
    wait: bool
    timeout_seconds: float
    attempts: int = ATTEMPTS


def ensure_present(
    resource: Resource,
    desired: Mapping[str, Any],
    *,
    check_mode: bool,
    allow_replacement: bool = False,
    adopt: bool = False,
    wait: bool = True,
    timeout_seconds: float = 1800,
) -> Outcome:
    """Create or update `resource`; attributes that `desired` does not name are left alone."""
    found = resource.find()
    unfinished = found is not None and resource.state(found) is not State.READY
    outcome = _reconcile(resource, found, desired, _How(check_mode, allow_replacement, adopt, wait, timeout_seconds))
    outcome.unfinished = unfinished
    return outcome


def _reconcile(resource: Resource, found: Mapping[str, Any] | None, desired: Mapping[str, Any], how: _How) -> Outcome:
    if found is not None:
        _refuse_foreign(resource, found, desired, how.adopt)
        if resource.state(found) is State.FAILED:
            unused = resource.never_worked(found)
            if unused or (how.allow_replacement and resource.replaceable(found)):
                return _recreate(resource, found, desired, how, "failed before it was ever ready" if unused else "has failed")
        if not how.check_mode and how.wait:
            found = _settle(resource, found, how.timeout_seconds)
    gone = found is None or resource.state(found) is State.DELETING
    desired = resource.complete(None if gone else found, desired)
    resource.check(found, desired)
    if found is None or gone:
        return _create(resource, desired, how)
    if not how.wait and resource.state(found) is not State.READY:
        return Outcome(resource.kind, resource.title, resource=resource.describe(found))
    return _change(resource, found, desired, how)


def _change(resource: Resource, found: Mapping[str, Any], desired: Mapping[str, Any], how: _How) -> Outcome:
    changes = [a for a in resource.attributes if a.name in desired and a.differs(found, desired[a.name])]
    values = {a.name: a.merge(a.read(found), desired[a.name]) for a in resource.attributes if a.name in desired}
    replacing = _judge(resource, changes, found, values)
    reported = _failure_notes(resource, found, how.check_mode)
    notes = [*reported, *resource.notes(found, desired)]
    if not changes:
        return Outcome(resource.kind, resource.title, resource=resource.describe(found), notes=notes, stops=bool(reported))

    outcome = Outcome(
        resource.kind,
        resource.title,
        action="replace" if replacing else "update",
        allowed=how.allow_replacement or not replacing,
        attributes=[a.name for a in changes],
        before={a.name: a.shown(a.read(found)) for a in changes},
        after={a.name: "(secret, changed)" if a.secret else values[a.name] for a in changes},
        notes=notes,
        stops=bool(reported),
    )
    if how.check_mode:
        unknown = dict.fromkeys(resource.computed, KNOWN_AFTER_APPLY) if replacing else {}
        outcome.resource = {**resource.describe(found), **unknown, **outcome.after}
        if not outcome.allowed:
            outcome.notes.append(f"{_replacement(resource, replacing)} Without it, the run fails.")
        return outcome
    if not outcome.allowed:
        raise Refused(_replacement(resource, replacing))
    if replacing:
        kept = {a.name: a.read(found) for a in resource.attributes if a.read(found) is not None}
        resource.delete(found)
        wait_until_deleted(resource, how.timeout_seconds)
        return _carry_out(resource, outcome, desired, lambda: resource.create({**kept, **desired}), lambda now: True, how)
    before = {a.name: a.read(found) for a in changes}
    return _carry_out(
        resource,
        outcome,
        desired,
        lambda: resource.update(found, values, outcome.attributes),
        lambda now: any(a.read(now) != before[a.name] for a in changes),
        how,
    )


def _recreate(resource: Resource, found: Mapping[str, Any], desired: Mapping[str, Any], how: _How, what: str) -> Outcome:
    """Replace a failed resource. Without waiting, that is left to a run that waits. what: why it is replaced."""
    if not how.check_mode and not how.wait:
        return Outcome(resource.kind, resource.title, resource=resource.describe(found))
    failure = resource.status(found)
    desired = resource.complete(None, desired)
    resource.check(None, desired)
    changes = [a for a in resource.attributes if a.name in desired and a.differs(found, desired[a.name])]
    outcome = Outcome(
        resource.kind,
        resource.title,
        action="replace",
        attributes=[a.name for a in changes],
        before={a.name: a.shown(a.read(found)) for a in changes},
        after={a.name: a.shown(desired[a.name]) for a in changes},
        notes=[f"{resource.kind} {resource.name} {what}, and is deleted and created again: {failure}"],
    )
    if how.check_mode:
        outcome.resource = {**resource.describe(found), **dict.fromkeys(resource.computed, KNOWN_AFTER_APPLY), **outcome.after}
        return outcome
    resource.delete_failed(found)
    wait_until_deleted(resource, how.timeout_seconds, failure)
    return _carry_out(resource, outcome, desired, lambda: resource.create(desired), lambda now: True, how)


def _carry_out(
    resource: Resource,
    outcome: Outcome,
    desired: Mapping[str, Any],
    act: Callable[[], None],
    shows: Callable[[Mapping[str, Any]], bool],
    how: _How,
) -> Outcome:
    """Make the decided call and wait for its result. After a lost response, look for the result before the call is sent again.

    shows: whether AWS's answer shows the result of act().
    """
    try:
        act()
    except LostResponse:
        if how.attempts <= 1:
            raise
        how = replace(how, attempts=how.attempts - 1)
        found = _look_for(resource, shows)
        if found is None:
            return _carry_out(resource, outcome, desired, act, shows, how)
        rest = _reconcile(resource, found, desired, how)
        outcome.resource = rest.resource
        outcome.notes += [note for note in rest.notes if note not in outcome.notes]
        return outcome
    return _finish(resource, outcome, how)


def _look_for(resource: Resource, shows: Callable[[Mapping[str, Any]], bool]) -> Mapping[str, Any] | None:
    """Find the resource after a call without a response; None when AWS does not show it within SHOWN_SECONDS."""

    def poll() -> tuple[bool, Mapping[str, Any] | None]:
        found = resource.find_again()
        return found is not None and shows(found), found

    try:
        return wait_for(poll, f"the result of a call without a response: {resource.kind} {resource.name}", SHOWN_SECONDS, resource.status)
    except WaitTimeout:
        return resource.find_again()


def ensure_absent(
    resource: Resource,
    *,
    check_mode: bool,
    tags: Mapping[str, Any] | None = None,
    adopt: bool = False,
    wait: bool = True,
    timeout_seconds: float = 1800,
) -> Outcome:
    """Delete `resource` and wait until it is gone. What does not exist is fine; what is being deleted is waited for.

    What does not have the ownership tags in `tags` is left alone, with a note.
    """
    found = resource.find()
    if found is None:
        return Outcome(resource.kind, resource.title)
    reason = None if adopt else _tags.not_ours(resource.tags(found), tags)
    if reason:
        note = f"{resource.kind} {resource.name} is left alone: {reason}."
        return Outcome(resource.kind, resource.title, notes=[note], left_alone=True)
    if resource.state(found) is State.DELETING:
        if not check_mode and wait:
            wait_until_deleted(resource, timeout_seconds)
        return Outcome(resource.kind, resource.title, unfinished=True)
    before = resource.describe(found)
    outcome = Outcome(resource.kind, resource.title, action="delete", attributes=[], before=before)
    resource.check(found, {"state": "absent"})
    if not check_mode:
        if wait and resource.state(found) is State.IN_PROGRESS:
            found = _wait_until_idle(resource, timeout_seconds)
        failure = ""
        if found is not None and resource.state(found) is not State.DELETING:
            failure = resource.status(found) if resource.state(found) is State.FAILED else ""
            resource.delete(found)
        if wait:
            wait_until_deleted(resource, timeout_seconds, failure)
    return outcome


def as_result(outcomes: Sequence[Outcome], key: str) -> dict[str, Any]:
    """Return a module's result from the outcomes of its resources; the first one's resource is returned under `key`."""
    acted = [outcome for outcome in outcomes if outcome.action]
    single = len(outcomes) == 1

    def side(outcome: Outcome, shown: dict[str, Any]) -> dict[str, Any]:
        return shown if single or not shown else {f"{outcome.kind} {outcome.name}": shown}

    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for outcome in acted:
        before.update(side(outcome, outcome.before))
        after.update(side(outcome, outcome.after))
    header = f"{outcomes[0].kind} {outcomes[0].name}" if outcomes else key
    return {
        "changed": bool(acted),
        "actions": [outcome.as_action() for outcome in acted],
        "diff": {"before": before, "after": after, "before_header": header, "after_header": header},
        key: outcomes[0].resource if outcomes else None,
        **({"left_alone": True} if outcomes and outcomes[0].left_alone else {}),
    }


def _refuse_foreign(resource: Resource, found: Mapping[str, Any], desired: Mapping[str, Any], adopt: bool) -> None:
    reason = None if adopt else _tags.not_ours(resource.tags(found), desired.get("tags"))
    if reason:
        raise not_adopted(f"{resource.kind} {resource.name}", reason)


def _judge(resource: Resource, changes: Sequence[Attribute], found: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """Return the names of the attributes that require a replacement; raise Refused when a change is not possible."""
    replacing, refusals = [], []
    for attribute in changes:
        before = attribute.read(found)
        change, why = attribute.judge(before, values[attribute.name])
        if change is Change.REFUSED:
            shown = "" if attribute.secret else f" from {before!r} to {values[attribute.name]!r}"
            refusals.append(f"{attribute.name} cannot be changed{shown}: {why}")
        elif change is Change.REPLACE:
            replacing.append(attribute.name)
    if refusals:
        raise Refused(f"{resource.kind} {resource.name}: {'; '.join(refusals)}")
    return replacing


def _replacement(resource: Resource, names: Sequence[str]) -> str:
    allowing = f"set allow_replacement: true to allow it. {resource.replacement_note}".rstrip()
    return f"{resource.kind} {resource.name} would be deleted and created again to change {', '.join(names)}; {allowing}"


def _create(resource: Resource, desired: Mapping[str, Any], how: _How) -> Outcome:
    shown = {a.name: a.shown(desired[a.name]) for a in resource.attributes if a.name in desired}
    outcome = Outcome(resource.kind, resource.title, action="create", attributes=sorted(shown))
    outcome.after = {"name": resource.name, **shown}
    if how.check_mode:
        unknown = {a.name: KNOWN_AFTER_APPLY for a in resource.attributes if a.name not in desired}
        unknown.update(dict.fromkeys(resource.computed, KNOWN_AFTER_APPLY))
        outcome.resource = {"name": resource.name, **unknown, **shown, **resource.derived()}
        return outcome
    _wait_if_deleting(resource, how.timeout_seconds)
    return _carry_out(resource, outcome, desired, lambda: resource.create(desired), lambda now: True, how)


def _wait_if_deleting(resource: Resource, timeout_seconds: float) -> None:
    found = resource.find()
    if found is not None and resource.state(found) is State.DELETING:
        wait_until_deleted(resource, timeout_seconds)


def _finish(resource: Resource, outcome: Outcome, how: _How) -> Outcome:
    found = _wait_until_shown(resource)
    if how.wait and resource.state(found) not in (State.READY, State.FAILED):
        found = _wait_until_idle(resource, how.timeout_seconds, found) or found
    if how.wait:
        raise_if_failed(resource, found)
    outcome.resource = resource.describe(found)
    return outcome


def _wait_until_shown(resource: Resource) -> Mapping[str, Any]:
    """Wait until AWS shows what was created or changed a moment ago."""

    def poll() -> tuple[bool, Mapping[str, Any] | None]:
        found = resource.find()
        return found is not None, found

    try:
        return wait_for(poll, f"{resource.kind} {resource.name} to be shown", SHOWN_SECONDS, resource.status) or {}
    except WaitTimeout as error:
        raise ResourceFailed(f"{resource.kind} {resource.name} was created, but AWS does not show it. Run again in a minute.") from error


def _settle(resource: Resource, found: Mapping[str, Any], timeout_seconds: float) -> Mapping[str, Any] | None:
    """Wait for work that another run started; raise ResourceFailed for a failed resource."""
    state = resource.state(found)
    if state is State.READY:
        return found
    if state is State.DELETING:
        wait_until_deleted(resource, timeout_seconds)
        return None
    settled = _wait_until_idle(resource, timeout_seconds) if state is State.IN_PROGRESS else found
    if settled is not None:
        raise_if_failed(resource, settled)
    return settled


def raise_if_failed(resource: Resource, found: Mapping[str, Any]) -> None:
    """Raise ResourceFailed with AWS's reason and the remedy."""
    if resource.state(found) is State.FAILED:
        raise ResourceFailed(_failure(resource, found))


def _failure(resource: Resource, found: Mapping[str, Any]) -> str:
    return f"{resource.kind} {resource.name} has failed: {resource.status(found)} {resource.remedy(found)}"


def _failure_notes(resource: Resource, found: Mapping[str, Any], check_mode: bool) -> list[str]:
    """Return the note of a plan whose apply stops at this resource."""
    stops = check_mode and resource.state(found) is State.FAILED
    return [f"{_failure(resource, found)} An apply stops here."] if stops else []


def _wait_until_idle(resource: Resource, timeout_seconds: float, last_seen: Mapping[str, Any] | None = None) -> Mapping[str, Any] | None:
    seen = [last_seen] if last_seen else []

    def poll() -> tuple[bool, Mapping[str, Any] | None]:
        found = seen.pop() if seen else resource.find()
        return found is None or resource.state(found) in (State.READY, State.FAILED), found

    return wait_for(poll, f"{resource.kind} {resource.name} to be ready", timeout_seconds, resource.status)


def wait_until_deleted(resource: Resource, timeout_seconds: float, failure: str = "") -> None:
    """Wait until the resource is gone. failure: its status when it had failed; AWS may show that status until the deletion starts."""
    shown = [failure]

    def poll() -> tuple[bool, Mapping[str, Any] | None]:
        found = resource.find()
        if found is not None and resource.state(found) is State.DELETING:
            shown.clear()
        if found is not None and resource.state(found) is State.FAILED and resource.status(found) not in shown:
            raise ResourceFailed(f"{resource.kind} {resource.name} could not be deleted: {resource.status(found)}")
        return found is None, found

    wait_for(poll, f"{resource.kind} {resource.name} to be deleted", timeout_seconds, resource.status)
