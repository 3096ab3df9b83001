# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One way to bring one cloud resource to its wanted state: find, compare, act, wait. Private to the collection.

A noun of the architecture (a cluster, a key) is a Resource: a table of its attributes and the few functions that touch AWS.
ensure_present and ensure_absent do what all of them have in common; they know nothing of AWS.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from . import _tags
from ._errors import Refused, ResourceFailed
from ._wait import wait_for

KNOWN_AFTER_APPLY = "(known after apply)"


class Change(Enum):
    """What it means to change an attribute of something that exists."""

    IN_PLACE = "in place"
    REPLACE = "replaces the resource"
    REFUSED = "refused"


class State(Enum):
    """How far a resource is."""

    READY = "ready"
    IN_PROGRESS = "in progress"
    FAILED = "failed"
    DELETING = "being deleted"


@dataclass(frozen=True)
class Attribute:
    """One attribute: where AWS's answer holds it, and what a change of it means.

    name: the module's option and the key of the result.
    read: gets the value, in the option's shape, out of what find() answered.
    change: a Change, or a function of (before, after) that gives one, or the reason (str) why that change is refused.
    why: the reason, where change is REFUSED or REPLACE; part of the message and of the documentation.
    secret: its values are never shown.
    same: whether a found and a wanted value are the same; equality by default.
    merge: the value that results when a wanted value meets a found one (for tags and labels: what others added stays).
    """

    name: str
    read: Callable[[Mapping[str, Any]], Any]
    change: Change | Callable[[Any, Any], Change | str] = Change.IN_PLACE
    why: str = ""
    secret: bool = False
    same: Callable[[Any, Any], bool] = operator.eq
    merge: Callable[[Any, Any], Any] = lambda found, wanted: wanted

    def differs(self, found: Mapping[str, Any], wanted: Any) -> bool:
        before = self.read(found)
        return not self.same(before, self.merge(before, wanted))

    def judge(self, before: Any, after: Any) -> tuple[Change, str]:
        """What this change means, and why."""
        change = self.change if isinstance(self.change, Change) else self.change(before, after)
        return (Change.REFUSED, change) if isinstance(change, str) else (change, self.why)

    def shown(self, value: Any) -> Any:
        return "(secret)" if self.secret and value is not None else value


def tags_attribute(read: Callable[[Mapping[str, Any]], dict[str, str]], purge: bool = False) -> Attribute:
    """The attribute `tags`; with purge, tags that are not wanted are removed."""
    return Attribute("tags", read, merge=_tags.only_wanted if purge else _tags.keeping_others)


@dataclass
class Outcome:
    """What was (or, in check mode, would be) done with one resource."""

    kind: str = ""
    name: str = ""
    action: str | None = None
    allowed: bool = True
    attributes: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    resource: Mapping[str, Any] | None = None
    notes: list[str] = field(default_factory=list)
    #: something of this name exists, but is not ours to delete, nor is anything that belongs to it
    left_alone: bool = False

    def as_action(self) -> dict[str, Any]:
        return {"action": self.action, "resource": f"{self.kind} {self.name}", "attributes": self.attributes, "allowed": self.allowed}


class Resource:
    """A noun of the architecture. Subclasses fill in the table and the calls."""

    kind: str
    name: str
    attributes: Sequence[Attribute]
    #: keys of the result that only AWS decides: `(known after apply)` in a plan
    made_by_aws: Sequence[str] = ()

    @property
    def title(self) -> str:
        """What it is called in actions: the same before it exists and after."""
        return self.name

    def find(self) -> Mapping[str, Any] | None:
        """AWS's answer for this resource, found by name or ownership tag; None when there is none."""
        raise NotImplementedError  # pragma: no cover

    def create(self, wanted: Mapping[str, Any]) -> None:
        raise NotImplementedError  # pragma: no cover

    def update(self, found: Mapping[str, Any], wanted: Mapping[str, Any], names: Sequence[str]) -> None:
        """Change the attributes of these names; `wanted` holds merged values. Waits only where one change must follow another."""
        raise NotImplementedError  # pragma: no cover

    def delete(self, found: Mapping[str, Any]) -> None:
        """Ask for the deletion; the engine waits for its end."""
        raise NotImplementedError  # pragma: no cover

    def state(self, found: Mapping[str, Any]) -> State:
        return State.READY

    def status(self, found: Mapping[str, Any] | None) -> str:
        """AWS's own word for how far it is, with its reason."""
        return "gone" if found is None else self.state(found).value

    def remedy(self, found: Mapping[str, Any]) -> str:
        """What can be done about a FAILED resource; a sentence."""
        return "Delete it (state: absent) and run again."

    def tags(self, found: Mapping[str, Any]) -> Mapping[str, str] | None:
        """The tags that decide ownership."""
        for attribute in self.attributes:
            if attribute.name == "tags":
                return attribute.read(found)
        return None

    def determined(self) -> dict[str, Any]:
        """Keys of the result that follow from names alone (an ARN made from a name): known before creation."""
        return {}

    def complete(self, found: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """The wanted values, with those that are decided now and not given: at creation (found is None), or because a parent changed."""
        return wanted

    def check(self, found: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> None:
        """Raise Refused for what one attribute alone cannot decide. Runs before anything is changed, in check mode too."""

    def notes(self, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
        """What the user should know although nothing is changed for it (a newer version exists, …)."""
        return []

    def describe(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """What the module returns: the attributes, and what only AWS decides."""
        shown = {name: found.get(name) for name in self.made_by_aws}
        shown.update({attribute.name: attribute.shown(attribute.read(found)) for attribute in self.attributes})
        return {"name": self.name, **self.determined(), **shown}


def ensure_present(
    resource: Resource,
    wanted: Mapping[str, Any],
    *,
    check_mode: bool,
    allow_replacement: bool = False,
    adopt: bool = False,
    wait: bool = True,
    timeout_seconds: float = 1800,
) -> Outcome:
    """Bring `resource` to `wanted`; attributes that `wanted` does not name are left alone."""
    found = resource.find()
    if found is not None:
        _refuse_what_is_not_ours(resource, found, wanted, adopt)
        if not check_mode and wait:
            found = _settle(resource, found, timeout_seconds)
    gone = found is None or resource.state(found) is State.DELETING
    wanted = resource.complete(None if gone else found, wanted)
    resource.check(found, wanted)
    if found is None or gone:
        return _create(resource, wanted, check_mode, wait, timeout_seconds)
    if not wait and resource.state(found) is not State.READY:
        return Outcome(resource.kind, resource.title, resource=resource.describe(found))

    changes = [a for a in resource.attributes if a.name in wanted and a.differs(found, wanted[a.name])]
    values = {a.name: a.merge(a.read(found), wanted[a.name]) for a in resource.attributes if a.name in wanted}
    replacing = _judge(resource, changes, found, values)
    notes = [*_failure_told(resource, found, check_mode), *resource.notes(found, wanted)]
    if not changes:
        return Outcome(resource.kind, resource.title, resource=resource.describe(found), notes=notes)

    outcome = Outcome(
        resource.kind,
        resource.title,
        action="replace" if replacing else "update",
        allowed=allow_replacement or not replacing,
        attributes=[a.name for a in changes],
        before={a.name: a.shown(a.read(found)) for a in changes},
        after={a.name: "(secret, changed)" if a.secret else values[a.name] for a in changes},
        notes=notes,
    )
    if check_mode:
        unknown = dict.fromkeys(resource.made_by_aws, KNOWN_AFTER_APPLY) if replacing else {}
        outcome.resource = {**resource.describe(found), **unknown, **outcome.after}
        if not outcome.allowed:
            outcome.notes.append(f"{_replacement(resource, replacing)} The run itself is refused without it.")
        return outcome
    if not outcome.allowed:
        raise Refused(_replacement(resource, replacing))
    if replacing:
        kept = {a.name: a.read(found) for a in resource.attributes if a.read(found) is not None}
        resource.delete(found)
        _wait_until_gone(resource, timeout_seconds)
        resource.create({**kept, **wanted})
    else:
        resource.update(found, values, outcome.attributes)
    return _finish(resource, outcome, wait, timeout_seconds)


def ensure_absent(
    resource: Resource,
    *,
    check_mode: bool,
    tags: Mapping[str, Any] | None = None,
    adopt: bool = False,
    wait: bool = True,
    timeout_seconds: float = 1800,
) -> Outcome:
    """Delete `resource` and wait until it is gone; what is not there is fine, what is being deleted is waited for.

    What does not carry the ownership tags in `tags` is left alone, with a note.
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
            _wait_until_gone(resource, timeout_seconds)
        return Outcome(resource.kind, resource.title)
    before = resource.describe(found)
    outcome = Outcome(resource.kind, resource.title, action="delete", attributes=[], before=before)
    resource.check(found, {"state": "absent"})
    if not check_mode:
        if wait and resource.state(found) is State.IN_PROGRESS:
            found = _wait_until_idle(resource, timeout_seconds)
        if found is not None and resource.state(found) is not State.DELETING:
            resource.delete(found)
        if wait:
            _wait_until_gone(resource, timeout_seconds)
    return outcome


def as_result(outcomes: Sequence[Outcome], key: str) -> dict[str, Any]:
    """A module's result of what was done with its resources; the first one's resource is returned under `key`."""
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


def _refuse_what_is_not_ours(resource: Resource, found: Mapping[str, Any], wanted: Mapping[str, Any], adopt: bool) -> None:
    reason = None if adopt else _tags.not_ours(resource.tags(found), wanted.get("tags"))
    if reason:
        raise Refused(f"{resource.kind} {resource.name} exists, but {reason}. Choose another name, or set adopt: true to take it over.")


def _judge(resource: Resource, changes: Sequence[Attribute], found: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """The names of the attributes that need a replacement; raises Refused when a change cannot be made."""
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
    return (
        f"{resource.kind} {resource.name} would be deleted and made anew to change {', '.join(names)}; "
        "set allow_replacement: true to allow it."
    )


def _create(resource: Resource, wanted: Mapping[str, Any], check_mode: bool, wait: bool, timeout_seconds: float) -> Outcome:
    shown = {a.name: a.shown(wanted[a.name]) for a in resource.attributes if a.name in wanted}
    outcome = Outcome(resource.kind, resource.title, action="create", attributes=sorted(shown))
    outcome.after = {"name": resource.name, **shown}
    if check_mode:
        unknown = {a.name: KNOWN_AFTER_APPLY for a in resource.attributes if a.name not in wanted}
        unknown.update(dict.fromkeys(resource.made_by_aws, KNOWN_AFTER_APPLY))
        outcome.resource = {"name": resource.name, **unknown, **shown, **resource.determined()}
        return outcome
    _wait_until_gone_if_deleting(resource, timeout_seconds)
    resource.create(wanted)
    return _finish(resource, outcome, wait, timeout_seconds)


def _wait_until_gone_if_deleting(resource: Resource, timeout_seconds: float) -> None:
    found = resource.find()
    if found is not None and resource.state(found) is State.DELETING:
        _wait_until_gone(resource, timeout_seconds)


def _finish(resource: Resource, outcome: Outcome, wait: bool, timeout_seconds: float) -> Outcome:
    found = _wait_until_idle(resource, timeout_seconds) if wait else resource.find()
    if found is None:
        if not wait:
            return outcome
        raise ResourceFailed(f"{resource.kind} {resource.name} was made, yet AWS does not show it. Run again in a minute.")
    if wait:
        _raise_if_failed(resource, found)
    outcome.resource = resource.describe(found)
    return outcome


def _settle(resource: Resource, found: Mapping[str, Any], timeout_seconds: float) -> Mapping[str, Any] | None:
    """Let work that another run began come to its end; a failed resource is told."""
    state = resource.state(found)
    if state is State.READY:
        return found
    if state is State.DELETING:
        _wait_until_gone(resource, timeout_seconds)
        return None
    settled = _wait_until_idle(resource, timeout_seconds) if state is State.IN_PROGRESS else found
    if settled is not None:
        _raise_if_failed(resource, settled)
    return settled


def _raise_if_failed(resource: Resource, found: Mapping[str, Any]) -> None:
    if resource.state(found) is State.FAILED:
        raise ResourceFailed(_failure(resource, found))


def _failure(resource: Resource, found: Mapping[str, Any]) -> str:
    return f"{resource.kind} {resource.name} has failed: {resource.status(found)} {resource.remedy(found)}"


def _failure_told(resource: Resource, found: Mapping[str, Any], check_mode: bool) -> list[str]:
    """A plan goes on where its run will stop, and says so."""
    stops = check_mode and resource.state(found) is State.FAILED
    return [f"{_failure(resource, found)} The run itself stops at it."] if stops else []


def _wait_until_idle(resource: Resource, timeout_seconds: float) -> Mapping[str, Any] | None:
    def look() -> tuple[bool, Mapping[str, Any] | None]:
        found = resource.find()
        return found is None or resource.state(found) in (State.READY, State.FAILED), found

    return wait_for(look, f"{resource.kind} {resource.name} to be ready", timeout_seconds, resource.status)


def _wait_until_gone(resource: Resource, timeout_seconds: float) -> None:
    def look() -> tuple[bool, Mapping[str, Any] | None]:
        found = resource.find()
        if found is not None and resource.state(found) is State.FAILED:
            raise ResourceFailed(f"{resource.kind} {resource.name} could not be deleted: {resource.status(found)}")
        return found is None, found

    wait_for(look, f"{resource.kind} {resource.name} to be deleted", timeout_seconds, resource.status)
