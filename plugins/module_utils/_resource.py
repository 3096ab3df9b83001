# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a resource is to the engine: its attributes, what a change of each means, its states. Private to the collection.

A noun of the architecture (a cluster, a key) is a Resource: a table of its attributes and the few functions that touch AWS.
_reconcile brings it to its desired state.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from . import _tags

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
    merge: Callable[[Any, Any], Any] = lambda found, desired: desired

    def differs(self, found: Mapping[str, Any], desired: Any) -> bool:
        before = self.read(found)
        return not self.same(before, self.merge(before, desired))

    def judge(self, before: Any, after: Any) -> tuple[Change, str]:
        """What this change means, and why."""
        change = self.change if isinstance(self.change, Change) else self.change(before, after)
        return (Change.REFUSED, change) if isinstance(change, str) else (change, self.why)

    def shown(self, value: Any) -> Any:
        return "(secret)" if self.secret and value is not None else value


def tags_attribute(read: Callable[[Mapping[str, Any]], dict[str, str]], purge: bool = False) -> Attribute:
    """The attribute `tags`; with purge, tags that are not wanted are removed."""
    return Attribute("tags", read, merge=_tags.only_desired if purge else _tags.keeping_others)


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
    #: in a plan: its run ends here, because the resource has failed
    stops: bool = False
    #: AWS was not finished with it when it was found: an apply waits for it, even when nothing is to be changed
    unfinished: bool = False

    def as_action(self) -> dict[str, Any]:
        return {"action": self.action, "resource": f"{self.kind} {self.name}", "attributes": self.attributes, "allowed": self.allowed}


class Resource:
    """A noun of the architecture. Subclasses fill in the table and the calls."""

    kind: str
    name: str
    attributes: Sequence[Attribute]
    #: keys of the result that only AWS decides: `(known after apply)` in a plan
    computed: Sequence[str] = ()
    #: what a replacement means for what runs, and how the roles call the option that allows it
    replacement_note: str = ""

    @property
    def title(self) -> str:
        """What it is called in actions: the same before it exists and after."""
        return self.name

    def find(self) -> Mapping[str, Any] | None:
        """AWS's answer for this resource, found by name or ownership tag; None when there is none."""
        raise NotImplementedError  # pragma: no cover

    def find_again(self) -> Mapping[str, Any] | None:
        """As find(), asked of AWS anew."""
        return self.find()

    def create(self, desired: Mapping[str, Any]) -> None:
        raise NotImplementedError  # pragma: no cover

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
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
        if self.never_worked(found):
            return "Remove the cause and run again: it is made again then."
        if self.replaceable(found):
            allowing = "Remove the cause, set allow_replacement: true to have it deleted and made again, and run again."
            return f"{allowing} {self.replacement_note}".rstrip()
        return "Delete it in AWS and run again: it is made again."

    def never_worked(self, found: Mapping[str, Any]) -> bool:
        """Whether a FAILED resource holds nothing that could be lost: it is deleted and made again without a question."""
        return False

    def replaceable(self, found: Mapping[str, Any]) -> bool:
        """Whether a FAILED resource that may be in use is deleted and made again where that is allowed."""
        return False

    def delete_failed(self, found: Mapping[str, Any]) -> None:
        """As delete(), of a resource that is made again."""
        self.delete(found)

    def tags(self, found: Mapping[str, Any]) -> Mapping[str, str] | None:
        """The tags that decide ownership."""
        for attribute in self.attributes:
            if attribute.name == "tags":
                return attribute.read(found)
        return None

    def derived(self) -> dict[str, Any]:
        """Keys of the result that follow from names alone (an ARN made from a name): known before creation."""
        return {}

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        """The wanted values, with those that are decided now and not given: at creation (found is None), or because a parent changed."""
        return desired

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        """Raise Refused for what one attribute alone cannot decide. Runs before anything is changed, in check mode too."""

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        """What the user should know although nothing is changed for it (a newer version exists, …)."""
        return []

    def describe(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """What the module returns: the attributes, and what only AWS decides."""
        shown = {name: found.get(name) for name in self.computed}
        shown.update({attribute.name: attribute.shown(attribute.read(found)) for attribute in self.attributes})
        return {"name": self.name, **self.derived(), **shown}
