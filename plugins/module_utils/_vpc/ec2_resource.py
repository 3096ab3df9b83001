# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What all parts of a network share: how they are found and tagged, and their states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._resource import Attribute, Resource, State, tags_attribute
from . import write_api
from .snapshot import Snapshot, name_of, tags_of

STATES = {
    "pending": State.IN_PROGRESS,
    "pendingacceptance": State.IN_PROGRESS,
    "available": State.READY,
    "failed": State.FAILED,
    "rejected": State.FAILED,
    "expired": State.FAILED,
    "deleting": State.DELETING,
    "deleted": State.DELETING,
}


def part_tags(tags: Mapping[str, Any], name: str, more: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return the tags of a part: those of the network, with the part's own name. With ownership tags, opta:name names the part, too."""
    own = {"Name": name, **({_tags.NAME: name} if _tags.ENVIRONMENT in tags else {})}
    return {key: str(value) for key, value in {**tags, **(more or {}), **own}.items()}


class Ec2Resource(Resource):
    """A part of a network, found in the snapshot.

    collection: the kind of items in the Snapshot; id_key: the key of the id in EC2's answer; id_name: the key of the id in the result.
    """

    collection: str
    id_key: str
    id_name: str

    def __init__(self, snapshot: Snapshot, name: str, *, purge_tags: bool = False) -> None:
        self.snapshot = snapshot
        self.client = snapshot.client
        self.name = name
        self.computed = (self.id_name,)
        self.attributes = [*self.table(), tags_attribute(tags_of, purge_tags)]

    def table(self) -> Sequence[Attribute]:
        """Return the attributes besides the tags."""
        return ()

    def matches(self, item: Mapping[str, Any]) -> bool:
        """Return whether an item of the snapshot is this part."""
        return name_of(item) == self.name

    def find(self) -> Mapping[str, Any] | None:
        found = self._observe()
        if found is not None and self.state(found) in (State.IN_PROGRESS, State.DELETING):
            self.snapshot.refresh(self.collection)
            found = self._observe()
        return found

    def find_again(self) -> Mapping[str, Any] | None:
        self.snapshot.refresh(self.collection)
        return self.find()

    def _observe(self) -> dict[str, Any] | None:
        item = next((item for item in self.snapshot.items(self.collection) if self.is_there(item) and self.matches(item)), None)
        return None if item is None else {**item, self.id_name: item[self.id_key]}

    def is_there(self, item: Mapping[str, Any]) -> bool:
        """Return whether an item that EC2 lists still exists."""
        return str(item.get("State", "")).lower() != "deleted"

    def state(self, found: Mapping[str, Any]) -> State:
        return STATES.get(str(found.get("State", "available")).lower(), State.READY)

    def status(self, found: Mapping[str, Any] | None) -> str:
        return "gone" if found is None else str(found.get("State", "available")).lower()

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        self.change(found, desired, names)
        if "tags" in names:
            _tags.change(self.client, found[self.id_key], tags_of(found), desired["tags"], write_api.create_tags, write_api.delete_tags)
        self.snapshot.refresh(self.collection)

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        """Change the attributes besides the tags."""

    def delete(self, found: Mapping[str, Any]) -> None:
        self.remove(found)
        self.snapshot.forget(self.collection, found[self.id_key])

    def remove(self, found: Mapping[str, Any]) -> None:
        """Make the call that deletes it."""
        raise NotImplementedError(self.kind)  # pragma: no cover

    def remember(self, item: dict[str, Any], desired: Mapping[str, Any]) -> None:
        self.snapshot.remember(self.collection, item, desired.get("tags"))
