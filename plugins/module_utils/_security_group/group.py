# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The security group of a store: its one port, open to those who are named and to nobody else. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .. import _tags
from .._resource import KNOWN_AFTER_APPLY, Attribute, Resource, tags_attribute
from .._vpc import api, changes
from .._vpc.endpoints import same_members
from .._vpc.part import change_tags
from .._vpc.reading import tags_of
from .._wait import wait_for

VISIBLE_SECONDS = 120.0
#: the lists of a permission, and the key that names the source in each
SOURCES = {"IpRanges": "CidrIp", "Ipv6Ranges": "CidrIpv6", "PrefixListIds": "PrefixListId", "UserIdGroupPairs": "GroupId"}


@contextmanager
def tolerated(code: str) -> Iterator[None]:
    """What is said of something that was not there before: the answer to the call that made it was lost, or another run was faster."""
    try:
        yield
    except api.Ec2Error as error:
        if api.error_code(error) != code:
            raise


def single_permissions(permissions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Permissions of one source each, as a request takes them."""
    single: list[dict[str, Any]] = []
    for permission in permissions:
        scope = {key: permission[key] for key in ("IpProtocol", "FromPort", "ToPort") if permission.get(key) is not None}
        for kind, key in SOURCES.items():
            single.extend({**scope, kind: [{key: source[key]}]} for source in permission.get(kind) or [])
    return single


def source_of(permission: Mapping[str, Any]) -> tuple[str, str]:
    """The kind of the source of a single permission, and its name."""
    kind = next(kind for kind in SOURCES if kind in permission)
    return kind, permission[kind][0][SOURCES[kind]]


def text_of(permission: Mapping[str, Any]) -> str:
    """A single permission in words: "tcp 22-22 10.0.0.0/8"."""
    ports = f" {permission['FromPort']}-{permission.get('ToPort')}" if "FromPort" in permission else ""
    protocol = "all" if permission["IpProtocol"] == "-1" else permission["IpProtocol"]
    return f"{protocol}{ports} {source_of(permission)[1]}"


def attributes(port: int = 0, purge_tags: bool = False) -> tuple[Attribute, ...]:
    """The table of the attributes; those that are rules are enforced in full."""

    def is_ours(permission: Mapping[str, Any]) -> bool:
        scope = permission["IpProtocol"], permission.get("FromPort"), permission.get("ToPort")
        return scope == ("tcp", port, port) and source_of(permission)[0] in {"IpRanges", "UserIdGroupPairs"}

    def sources(kind: str) -> Any:
        return lambda g: sorted(source_of(p)[1] for p in single_permissions(g["IpPermissions"]) if is_ours(p) and kind in p)

    return (
        Attribute("allowed_cidr_blocks", sources("IpRanges"), same=same_members),
        Attribute("allowed_security_group_ids", sources("UserIdGroupPairs"), same=same_members),
        Attribute("other_rules", lambda g: sorted(text_of(p) for p in single_permissions(g["IpPermissions"]) if not is_ours(p))),
        Attribute("egress_rules", lambda g: sorted(text_of(p) for p in single_permissions(g["IpPermissionsEgress"]))),
        tags_attribute(tags_of, purge_tags),
    )


class StoreSecurityGroup(Resource):
    """A security group that lets named sources in on one port, and nothing out: a store begins no connection.

    vpc_id: the VPC of the group; None looks in all, for a deletion; `(known after apply)` in the plan of a VPC that is not made.
    Source: Amazon EC2 API, CreateSecurityGroup, AuthorizeSecurityGroupIngress, RevokeSecurityGroupEgress.
    """

    kind = "security group"
    made_by_aws = ("group_id",)

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
    ) -> None:
        self.client = client
        self.name = name
        self.port = port
        self.vpc_id = vpc_id
        self.description = description or f"Port {port} of {name}"
        self.marks = _tags.marks(tags)
        self.attributes = attributes(port, purge_tags)

    def find(self) -> Mapping[str, Any] | None:
        if self.vpc_id == KNOWN_AFTER_APPLY:
            return None
        filters = {"group-name": [self.name], **({"vpc-id": [self.vpc_id]} if self.vpc_id else {})}
        groups = api.describe_security_groups(self.client, filters)
        if self.vpc_id is None and self.marks:  # the name may be taken in VPCs of others
            groups = [group for group in groups if _tags.carries(tags_of(group), self.marks)]
        return {**groups[0], "group_id": groups[0]["GroupId"]} if groups else None

    def wanted(
        self, cidr_blocks: Sequence[str] | None, security_group_ids: Sequence[str] | None, tags: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What ensure_present is given; a list that is None is left as it is found, a rule of another kind is always removed."""
        given = {"allowed_cidr_blocks": cidr_blocks, "allowed_security_group_ids": security_group_ids}
        rules = {name: sorted(set(sources)) for name, sources in given.items() if sources is not None}
        return {**rules, "other_rules": [], "egress_rules": [], "tags": {key: str(value) for key, value in tags.items()}}

    def create(self, wanted: Mapping[str, Any]) -> None:
        with tolerated("InvalidGroup.Duplicate"):
            changes.create_security_group(self.client, self.vpc_id or "", self.name, self.description, wanted["tags"])
        found = wait_for(self._visible, f"{self.kind} {self.name} to be shown", VISIBLE_SECONDS, str)
        self._set_rules(found, wanted)

    def _visible(self) -> tuple[bool, Mapping[str, Any]]:
        found = self.find()
        return found is not None, found or {}

    def update(self, found: Mapping[str, Any], wanted: Mapping[str, Any], names: Sequence[str]) -> None:
        if set(names) - {"tags"}:
            self._set_rules(found, wanted)
        if "tags" in names:
            change_tags(self.client, found["GroupId"], tags_of(found), wanted["tags"])

    def _set_rules(self, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        """Let in first who is missing, then take away who is too many: nobody loses access who keeps it."""
        has = single_permissions(found["IpPermissions"])
        needed = self._permissions(found, wanted)
        missing = [permission for permission in needed if permission not in has]
        if missing:
            with tolerated("InvalidPermission.Duplicate"):
                changes.authorize_security_group_ingress(self.client, found["GroupId"], missing)
        extra = [permission for permission in has if permission not in needed]
        if extra:
            changes.revoke_security_group_ingress(self.client, found["GroupId"], extra)
        outward = single_permissions(found["IpPermissionsEgress"])
        if outward:
            changes.revoke_security_group_egress(self.client, found["GroupId"], outward)

    def _permissions(self, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
        read = {attribute.name: attribute.read for attribute in self.attributes}
        kinds = {"allowed_cidr_blocks": "IpRanges", "allowed_security_group_ids": "UserIdGroupPairs"}
        return [
            {"IpProtocol": "tcp", "FromPort": self.port, "ToPort": self.port, kind: [{SOURCES[kind]: source}]}
            for name, kind in kinds.items()
            for source in wanted.get(name, read[name](found))
        ]

    def delete(self, found: Mapping[str, Any]) -> None:
        changes.delete_security_group(self.client, found["GroupId"])
