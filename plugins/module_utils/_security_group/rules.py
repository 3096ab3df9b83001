# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules of a security group: ours have a tag; those of others are reported and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .. import _tags
from .._cidr import canonical, same_blocks
from .._errors import error_code
from .._resource import Attribute
from .._vpc import api, write_api
from .._vpc.snapshot import tags_of
from .._wait import wait_for

Rule = Mapping[str, Any]

VISIBLE_SECONDS = 120.0
BLOCK, GROUP = "CidrIpv4", "ReferencedGroupInfo"
#: a rule is there already, or gone already: AWS refuses the whole call
DUPLICATE = ("InvalidPermission.Duplicate",)
GONE = ("InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound")
EVERYWHERE = ("0.0.0.0/0", "::/0")


@contextmanager
def tolerated(*codes: str) -> Iterator[None]:
    """Ignore errors that say that the change is already made: a response was lost, or another run made it."""
    try:
        yield
    except api.Ec2Error as error:
        if error_code(error) not in codes:
            raise


def all_or_each(call: Callable[[Sequence[Any]], None], items: Sequence[Any], codes: Sequence[str]) -> None:
    """Make one call for all items; when AWS refuses them all because of one, make a call for each."""
    try:
        if items:
            call(items)
    except api.Ec2Error as error:
        if error_code(error) not in codes:
            raise
        for item in items:
            with tolerated(*codes):
                call([item])


def is_ours(rule: Rule) -> bool:
    """Return whether the collection created a rule."""
    return tags_of(rule).get(_tags.MANAGED_BY) == _tags.COLLECTION


def source_of(rule: Rule) -> str:
    """Return the source of an inbound rule, or the destination of an outbound one."""
    group = (rule.get(GROUP) or {}).get("GroupId")
    return str(rule.get(BLOCK) or rule.get("CidrIpv6") or rule.get("PrefixListId") or group)


def text_of(rule: Rule) -> str:
    """Return a rule as text: "tcp 22-22 10.0.0.0/8"."""
    protocol = "all" if rule["IpProtocol"] == "-1" else rule["IpProtocol"]
    ports = "" if rule.get("FromPort", -1) == -1 else f" {rule['FromPort']}-{rule.get('ToPort')}"
    return f"{protocol}{ports} {source_of(rule)}"


def permission(port: int, kind: str, source: str) -> dict[str, Any]:
    """Return one permission of a request."""
    where = {"IpRanges": [{"CidrIp": source}]} if kind == BLOCK else {"UserIdGroupPairs": [{"GroupId": source}]}
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **where}


class OnePort:
    """One TCP port of a security group, open to named blocks and groups, and no outbound connections.

    found["rules"]: the answer of DescribeSecurityGroupRules. tags: of new rules.
    purge_rules: whether rules of others are revoked.
    Source: Amazon EC2 API, AuthorizeSecurityGroupIngress, DescribeSecurityGroupRules, RevokeSecurityGroupIngress.
    """

    def __init__(self, client: Any, port: int, title: str, tags: Mapping[str, Any] | None, purge_rules: bool) -> None:
        self.client = client
        self.port = port
        self.title = title
        self.tags = {**(tags or {}), _tags.MANAGED_BY: _tags.COLLECTION}
        self.purge_rules = purge_rules

    def read(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {**found, "rules": api.describe_security_group_rules(self.client, found["GroupId"])}

    def attributes(self) -> tuple[Attribute, ...]:
        return (
            Attribute("allowed_cidr_blocks", lambda g: self._sources(g, BLOCK), same=same_blocks),
            Attribute(
                "allowed_security_group_ids", lambda g: self._sources(g, GROUP), same=lambda a, b: sorted(a or []) == sorted(b or [])
            ),
            Attribute("other_rules", lambda g: sorted(text_of(rule) for rule in self._undesired(g))),
            Attribute("egress_rules", lambda g: sorted(text_of(rule) for rule in self._outward(g))),
        )

    def desired(self, cidr_blocks: Sequence[str] | None, security_group_ids: Sequence[str] | None) -> dict[str, Any]:
        """Return the desired values; a list that is None is left as it is found."""
        given = {
            "allowed_cidr_blocks": None if cidr_blocks is None else [canonical(str(block)) for block in cidr_blocks],
            "allowed_security_group_ids": security_group_ids,
        }
        rules = {name: sorted(set(sources)) for name, sources in given.items() if sources is not None}
        return {**rules, "other_rules": [], "egress_rules": []}

    def notes(self, found: Mapping[str, Any]) -> list[str]:
        """Return a note about the rules of others."""
        foreign = [] if self.purge_rules else self._foreign(found)
        if not foreign:
            return []
        texts = "; ".join(
            sorted(f"{'out' if rule['IsEgress'] else 'in'} {text_of(rule)} ({rule['SecurityGroupRuleId']})" for rule in foreign)
        )
        return [
            f"{self.title} has rules that this collection did not create: {texts}. They are kept; "
            "set purge_rules: true (<role>_purge_rules in the inventory) to revoke them."
        ]

    def reconcile(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> None:
        """Authorize missing rules, and revoke superfluous ones after all desired rules are shown: no client loses access in between."""
        group_id = found["GroupId"]
        self._revoke(group_id, self._outward(found), egress=True)
        needed = self._needed(found, desired)
        present = {self._key(rule) for rule in found["rules"]}

        def permit(keys: Sequence[tuple[str, str]]) -> None:
            write_api.authorize_security_group_ingress(self.client, group_id, [permission(self.port, *key) for key in keys], self.tags)

        all_or_each(permit, [key for key in needed if key not in present], DUPLICATE)
        now = wait_for(
            lambda: self._look(found, needed), f"the rules of {self.title} to be shown", VISIBLE_SECONDS, self._missing_text(needed)
        )
        kept = [rule for rule in now["rules"] if self._key(rule) in needed]
        for rule in kept:
            if not is_ours(rule):  # created by others before it was desired
                write_api.create_tags(self.client, rule["SecurityGroupRuleId"], self.tags)
        ours = [rule for rule in now["rules"] if not rule["IsEgress"] and (is_ours(rule) or self.purge_rules)]
        self._revoke(group_id, [rule for rule in ours if self._key(rule) not in needed], egress=False)

    def _look(self, found: Mapping[str, Any], needed: Sequence[tuple[str, str]]) -> tuple[bool, dict[str, Any]]:
        now = self.read(found)
        return set(needed) <= {self._key(rule) for rule in now["rules"]}, now

    def _missing_text(self, needed: Sequence[tuple[str, str]]) -> Callable[[Mapping[str, Any]], str]:
        def text(now: Mapping[str, Any]) -> str:
            return "without " + ", ".join(sorted(source for _kind, source in set(needed) - {self._key(rule) for rule in now["rules"]}))

        return text

    def _needed(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[tuple[str, str]]:
        lists = {"allowed_cidr_blocks": BLOCK, "allowed_security_group_ids": GROUP}
        return [(kind, source) for name, kind in lists.items() for source in desired.get(name, self._sources(found, kind))]

    def _key(self, rule: Rule) -> tuple[str, str] | None:
        """Return the kind and the name of the source of a rule that opens our port."""
        kind = next((kind for kind in (BLOCK, GROUP) if rule.get(kind)), None)
        opens = (rule["IsEgress"], rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")) == (False, "tcp", self.port, self.port)
        return (kind, source_of(rule)) if kind and opens else None

    def _sources(self, found: Mapping[str, Any], kind: str) -> list[str]:
        keys = [self._key(rule) for rule in found["rules"] if is_ours(rule)]
        return sorted(key[1] for key in keys if key and key[0] == kind)

    def _foreign(self, found: Mapping[str, Any]) -> list[Rule]:
        return [rule for rule in found["rules"] if not is_ours(rule) and rule not in self._default_egress(found)]

    def _undesired(self, found: Mapping[str, Any]) -> list[Rule]:
        """Return our rules for another port, and those of others with purge_rules."""
        inward = [rule for rule in found["rules"] if not rule["IsEgress"]]
        return [rule for rule in inward if (self._key(rule) is None if is_ours(rule) else self.purge_rules)]

    def _outward(self, found: Mapping[str, Any]) -> list[Rule]:
        default = self._default_egress(found)
        return [rule for rule in found["rules"] if rule["IsEgress"] and (rule in default or is_ours(rule) or self.purge_rules)]

    @staticmethod
    def _default_egress(found: Mapping[str, Any]) -> list[Rule]:
        """Return the rule that AWS adds to a new group. It is revoked before our first rule is created: next to one of ours, it is somebody
        else's.
        """
        if any(is_ours(rule) for rule in found["rules"]):
            return []
        outward = [rule for rule in found["rules"] if rule["IsEgress"]]
        return [rule for rule in outward if rule["IpProtocol"] == "-1" and source_of(rule) in EVERYWHERE]

    def _revoke(self, group_id: str, rules: Sequence[Rule], egress: bool) -> None:
        all_or_each(
            lambda ids: write_api.revoke_rules(self.client, group_id, ids, egress), [rule["SecurityGroupRuleId"] for rule in rules], GONE
        )
