# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What all parts of a cache share: their tags and their states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._credentials.credentials import other_tags
from .._resource import Attribute, Resource, State, tags_attribute
from . import api, write_api

STATES = {"active": State.READY, "available": State.READY, "deleting": State.DELETING, "create-failed": State.FAILED}


class CacheResource(Resource):
    """A resource of ElastiCache that has an ARN, tags and, in most cases, a status.

    find() returns AWS's answer with `arn` and `tags`; all_tags include the tag about the password.
    """

    computed: Sequence[str] = ("arn",)

    def __init__(self, client: Any, name: str, *, purge_tags: bool = False) -> None:
        self.client = client
        self.name = name
        self.attributes = [*self.table(), tags_attribute(lambda p: other_tags(p["all_tags"]), purge_tags)]

    def table(self) -> Sequence[Attribute]:
        """Return the attributes besides the tags."""
        return ()

    def observe(self) -> dict[str, Any] | None:
        """Return AWS's answer."""
        raise NotImplementedError(self.kind)  # pragma: no cover

    def find(self) -> Mapping[str, Any] | None:
        found = self.observe()
        if found is None:
            return None
        tags = api.list_tags(self.client, found["ARN"])
        return {**found, "arn": found["ARN"], "all_tags": tags or {}, "tags_known": tags is not None}

    def state(self, found: Mapping[str, Any]) -> State:
        status = found.get("Status")
        return State.READY if status is None else STATES.get(status, State.IN_PROGRESS)

    def status(self, found: Mapping[str, Any] | None) -> str:
        return "gone" if found is None else str(found.get("Status", "available"))

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "tags" in names:  # first: what changes cannot be tagged
            before = other_tags(found["all_tags"])
            _tags.change(self.client, found["arn"], before, desired["tags"], write_api.add_tags, write_api.remove_tags)
        self.change(found, desired, [name for name in names if name != "tags"])

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        """Change the attributes besides the tags."""
