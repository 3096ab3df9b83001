# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The security group of a store: one port, open to the named sources only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._resource import KNOWN_AFTER_APPLY, Resource, tags_attribute
from .._vpc import api, write_api
from .._vpc.snapshot import tags_of
from .._wait import wait_for
from .rules import VISIBLE_SECONDS, OnePort, tolerated


class StoreSecurityGroup(Resource):
    """A security group that allows inbound connections from named sources on one port, and no outbound ones: a store opens no connection.

    vpc_id: the VPC of the group; None finds it in any VPC, for a deletion; `(known after apply)` in the plan of a VPC that does not exist.
    purge_rules: whether rules of others are revoked. Source: Amazon EC2 API, CreateSecurityGroup.
    """

    kind = "security group"
    computed = ("group_id",)

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        port: int,
        vpc_id: str | None,
        description: str = "",
        tags: Mapping[str, Any] | None = None,
        purge_tags: bool = False,
        purge_rules: bool = False,
    ) -> None:
        self.client = client
        self.name = name
        self.vpc_id = vpc_id
        self.description = description or f"Port {port} of {name}"
        self.own_tags = {key: str(value) for key, value in (tags or {}).items()}
        self.rules = OnePort(client, port, f"{self.kind} {name}", self.own_tags, purge_rules)
        self.attributes = (*self.rules.attributes(), tags_attribute(tags_of, purge_tags))

    def find(self) -> Mapping[str, Any] | None:
        if self.vpc_id == KNOWN_AFTER_APPLY:
            return None
        filters = {"group-name": [self.name], **({"vpc-id": [self.vpc_id]} if self.vpc_id else {})}
        groups = api.describe_security_groups(self.client, filters)
        if self.vpc_id is None:  # the name may be taken in VPCs of others
            groups = [group for group in groups if not _tags.not_ours(tags_of(group), self.own_tags)]
        if not groups:
            return None
        # Of several, in VPCs that the environment has left, a deletion means all
        return self.rules.read({**groups[0], "group_id": groups[0]["GroupId"], "group_ids": [group["GroupId"] for group in groups]})

    def desired(
        self, cidr_blocks: Sequence[str] | None, security_group_ids: Sequence[str] | None, tags: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the desired values for ensure_present; a list that is None is left as it is found."""
        return {**self.rules.desired(cidr_blocks, security_group_ids), "tags": {key: str(value) for key, value in tags.items()}}

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        return self.rules.notes(found)

    def create(self, desired: Mapping[str, Any]) -> None:
        with tolerated("InvalidGroup.Duplicate"):
            write_api.create_security_group(self.client, self.vpc_id or "", self.name, self.description, desired["tags"])
        found = wait_for(self._visible, f"{self.kind} {self.name} to be shown", VISIBLE_SECONDS, str)
        self.rules.reconcile(found, desired)

    def _visible(self) -> tuple[bool, Mapping[str, Any]]:
        """Wait for the rule that AWS adds to each new group: it can be revoked only when AWS shows it."""
        found = self.find()
        return found is not None and bool(found["rules"]), found or {}

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if set(names) - {"tags"}:
            self.rules.reconcile(found, desired)
        if "tags" in names:
            _tags.change(self.client, found["GroupId"], tags_of(found), desired["tags"], write_api.create_tags, write_api.delete_tags)

    def delete(self, found: Mapping[str, Any]) -> None:
        for group_id in found["group_ids"]:
            write_api.delete_security_group(self.client, group_id)
