# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who reaches the Kubernetes API by its private endpoint: rules of ours in the security group that EKS made for the cluster.

Inside the VPC, and in networks that resolve its private zone, the endpoint's name leads to addresses behind this group, which lets in only
its own members. Its other rules belong to EKS and to others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._cidr import canonical_blocks, same_blocks
from .._compare import same_members
from .._resource import KNOWN_AFTER_APPLY, Attribute, Resource
from .._vpc import write_api
from .._vpc.api import describe_security_group_rules
from .._vpc.snapshot import tags_of
from .common import as_tags

HTTPS = 443
NAME = "kubernetes-api-clients"


def source_of(rule: Mapping[str, Any]) -> str:
    """The block or the group that a rule lets in."""
    return str(rule.get("CidrIpv4") or (rule.get("ReferencedGroupInfo") or {}).get("GroupId") or "")


def opens_https(rule: Mapping[str, Any]) -> bool:
    """Whether a rule lets in on the port of the Kubernetes API, and on nothing else."""
    return (rule.get("IsEgress"), rule.get("IpProtocol"), rule.get("FromPort"), rule.get("ToPort")) == (False, "tcp", HTTPS, HTTPS)


class ApiClients(Resource):
    """Source: Amazon EKS User Guide, private endpoint: allow port 443 from the networks and security groups of the clients.

    group_id: the cluster security group; KNOWN_AFTER_APPLY in the plan of a cluster that is not made.
    """

    kind = "clients of the Kubernetes API of"

    def __init__(self, client: Any, cluster_name: str, group_id: str, tags: Mapping[str, Any] | None) -> None:
        self.client = client
        self.name = cluster_name
        self.group_id = group_id
        self.own_tags = {**as_tags(tags), _tags.NAME: NAME, _tags.MANAGED_BY: _tags.COLLECTION}
        self.attributes = (
            Attribute("api_client_cidr_blocks", lambda found: found["cidr_blocks"], same=same_blocks),
            Attribute("api_client_security_group_ids", lambda found: found["group_ids"], same=same_members),
        )

    def find(self) -> Mapping[str, Any] | None:
        """The sources of our rules; the group itself is EKS's, and always there."""
        known = self.group_id != KNOWN_AFTER_APPLY
        rules = [rule for rule in describe_security_group_rules(self.client, self.group_id) if opens_https(rule)] if known else []
        sources = sorted({source_of(rule) for rule in rules if self._is_ours(rule)})
        return {
            "rules": rules,
            "cidr_blocks": [source for source in sources if not source.startswith("sg-")],
            "group_ids": [source for source in sources if source.startswith("sg-")],
        }

    @staticmethod
    def _is_ours(rule: Mapping[str, Any]) -> bool:
        return tags_of(rule).get(_tags.NAME) == NAME

    def tags(self, found: Mapping[str, Any]) -> Mapping[str, str] | None:
        return self.own_tags

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        """Let in who is missing before others are let in no more."""
        needed = {
            *canonical_blocks(desired.get("api_client_cidr_blocks", found["cidr_blocks"])),
            *desired.get("api_client_security_group_ids", found["group_ids"]),
        }
        ours = [rule for rule in found["rules"] if self._is_ours(rule)]
        for source in sorted(needed - {source_of(rule) for rule in ours}):
            if source in {source_of(rule) for rule in found["rules"]}:
                self._take_over([rule for rule in found["rules"] if source_of(rule) == source])
                continue
            kind = {"UserIdGroupPairs": [{"GroupId": source}]} if source.startswith("sg-") else {"IpRanges": [{"CidrIp": source}]}
            permission = {"IpProtocol": "tcp", "FromPort": HTTPS, "ToPort": HTTPS, **kind}
            write_api.authorize_security_group_ingress(self.client, self.group_id, [permission], self.own_tags)
        for rule in ours:
            if source_of(rule) not in needed:
                write_api.revoke_rule(self.client, self.group_id, rule["SecurityGroupRuleId"])

    def _take_over(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """EC2 refuses a second rule of the same source: one that others made gets our tags."""
        for rule in rules:
            write_api.create_tags(self.client, rule["SecurityGroupRuleId"], self.own_tags)
