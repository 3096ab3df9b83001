# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the engine needs to know of a resource: its attributes, what a change of each means, and its states.

A cluster or a key is a Resource: a table of its attributes, and the few functions that call AWS. _reconcile.py reconciles it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from . import _tags

KNOWN_AFTER_APPLY = "(known after apply)"


class Change(Enum):
    """What a change of an attribute means for an existing resource."""

    IN_PLACE = "in place"
    REPLACE = "replaces the resource"
    REFUSED = "refused"


class State(Enum):
    """The state of a resource."""

    READY = "ready"
    IN_PROGRESS = "in progress"
    FAILED = "failed"
    DELETING = "being deleted"


@dataclass(frozen=True)
class Attribute:
    """One attribute: how it is read from AWS's answer, and what a change of it means.

    name: the module's option and the key of the result.
    read: gets the value, in the option's form, from the answer of find().
    change: a Change, or a function of (before, after) that returns one, or the reason (str) why that change is refused.
    why: the reason, where change is REFUSED or REPLACE; part of the message and of the documentation.
    secret: its values are never shown.
    same: whether an observed and a desired value are the same; equality by default.
    merge: the value that results from the observed and the desired one (tags and labels of others are kept).
    request: the member of the API's requests that sets it to the value as it is; empty where the requests are built by hand.
    """

    name: str
    read: Callable[[Mapping[str, Any]], Any]
    change: Change | Callable[[Any, Any], Change | str] = Change.IN_PLACE
    why: str = ""
    secret: bool = False
    same: Callable[[Any, Any], bool] = operator.eq
    merge: Callable[[Any, Any], Any] = lambda found, desired: desired
    request: str = ""

    def differs(self, found: Mapping[str, Any], desired: Any) -> bool:
        before = self.read(found)
        return not self.same(before, self.merge(before, desired))

    def judge(self, before: Any, after: Any) -> tuple[Change, str]:
        """Return what this change means, and why."""
        change = self.change if isinstance(self.change, Change) else self.change(before, after)
        return (Change.REFUSED, change) if isinstance(change, str) else (change, self.why)

    def shown(self, value: Any) -> Any:
        return "(secret)" if self.secret and value is not None else value


def request_of(attributes: Sequence[Attribute], desired: Mapping[str, Any], names: Collection[str] | None = None) -> dict[str, Any]:
    """Return the members of a request that set attributes to their desired values. names: only of these attributes."""
    chosen = desired if names is None else names
    return {each.request: desired[each.name] for each in attributes if each.request and each.name in chosen}


def tags_attribute(read: Callable[[Mapping[str, Any]], dict[str, str]], purge: bool = False) -> Attribute:
    """The attribute `tags`; with purge, tags that are not desired are removed."""
    return Attribute("tags", read, merge=_tags.only_desired if purge else _tags.keeping_others)


@dataclass
class Outcome:
    """What was done with one resource or, in check mode, would be done."""

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
    """A resource of AWS. Subclasses define the table of attributes and the calls."""

    kind: str
    name: str
    attributes: Sequence[Attribute]
    #: keys of the result that only AWS decides: `(known after apply)` in a plan
    computed: Sequence[str] = ()
    #: what a replacement means for what runs, and how the roles call the option that allows it
    replacement_note: str = ""

    @property
    def title(self) -> str:
        """The name of the resource in actions: the same before it exists and after."""
        return self.name

    def find(self) -> Mapping[str, Any] | None:
        """Return AWS's answer for this resource, found by name or ownership tag; None when it does not exist."""
        raise NotImplementedError  # pragma: no cover

    def find_again(self) -> Mapping[str, Any] | None:
        """As find(), with a new request to AWS."""
        return self.find()

    def create(self, desired: Mapping[str, Any]) -> None:
        raise NotImplementedError  # pragma: no cover

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        """Change the attributes of these names; `desired` holds merged values. Waits only where one change must follow another."""
        raise NotImplementedError  # pragma: no cover

    def delete(self, found: Mapping[str, Any]) -> None:
        """Request the deletion; the engine waits for its end."""
        raise NotImplementedError  # pragma: no cover

    def state(self, found: Mapping[str, Any]) -> State:
        return State.READY

    def status(self, found: Mapping[str, Any] | None) -> str:
        """Return AWS's own status, with its reason."""
        return "gone" if found is None else self.state(found).value

    def remedy(self, found: Mapping[str, Any]) -> str:
        """Return one sentence: what the user can do about a FAILED resource."""
        if self.never_worked(found):
            return "Fix the cause and run again: the run creates it again."
        if self.replaceable(found):
            allowing = "Fix the cause, set allow_replacement: true to delete and recreate it, and run again."
            return f"{allowing} {self.replacement_note}".rstrip()
        return "Delete it in AWS and run again: the run creates it again."

    def never_worked(self, found: Mapping[str, Any]) -> bool:
        """Return whether a FAILED resource holds no data: then it is deleted and created again without asking."""
        return False

    def replaceable(self, found: Mapping[str, Any]) -> bool:
        """Return whether a FAILED resource that may be in use is deleted and created again where that is allowed."""
        return False

    def delete_failed(self, found: Mapping[str, Any]) -> None:
        """As delete(), for a resource that is created again."""
        self.delete(found)

    def tags(self, found: Mapping[str, Any]) -> Mapping[str, str] | None:
        """Return the tags that decide ownership."""
        for attribute in self.attributes:
            if attribute.name == "tags":
                return attribute.read(found)
        return None

    def derived(self) -> dict[str, Any]:
        """Return the keys of the result that follow from names alone (an ARN built from a name): known before creation."""
        return {}

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the desired values, with defaults that apply at creation only (found is None) or because a parent changed."""
        return desired

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        """Raise Refused for what one attribute alone cannot decide. Runs before anything is changed, in check mode too."""

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        """Return what the user should know although nothing is changed for it (a newer version exists, …)."""
        return []

    def describe(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the module returns: the attributes, and the computed keys."""
        shown = {name: found.get(name) for name in self.computed}
        shown.update({attribute.name: attribute.shown(attribute.read(found)) for attribute in self.attributes})
        return {"name": self.name, **self.derived(), **shown}
