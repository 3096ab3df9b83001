"""Security groups: rules in canonical form, a permission once, and a group in use is not deleted.

Source: Amazon EC2 API, AuthorizeSecurityGroupIngress, RevokeSecurityGroupIngress, DescribeSecurityGroupRules and IpRange.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from tests.standin.aws.ec2_common import backend, forget_tags, refused
from tests.standin.aws.operations import Call, answers

CIDRS = {"IpRanges": "CidrIp", "Ipv6Ranges": "CidrIpv6"}
SOURCES = {**CIDRS, "PrefixListIds": "PrefixListId", "UserIdGroupPairs": "GroupId"}


@answers("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def authorize(call: Call) -> dict[str, Any]:
    """All or nothing: moto adds what comes before a permission that is there already."""
    group = backend(call).get_security_group_from_id(call.get("GroupId"))
    if group is None:
        return call.moto()
    rules = group.egress_rules if call.operation.endswith("Egress") else group.ingress_rules
    asked = list(_permissions(call))
    for position, permission in enumerate(asked):
        if permission in asked[:position]:
            raise refused("InvalidParameterValue", "The same permission must not appear multiple times")
    there = {_permission_of(rule) for rule in rules}
    for protocol, start, end, source in asked:
        if (protocol, start, end, source) in there:
            ports = "ALL" if protocol == "-1" else f"{protocol.upper()}, from port: {start}, to port: {end}"
            raise refused("InvalidPermission.Duplicate", f'the specified rule "peer: {source}, {ports}, ALLOW" already exists')
    answer = call.moto()
    for rule in rules:
        for key in CIDRS.values():
            if key in rule.ip_range:
                rule.ip_range[key] = canonical(rule.ip_range[key])
    made = {rule["SecurityGroupRuleId"]: rule for rule in answer.get("SecurityGroupRules") or []}
    for rule in rules:
        if rule.id in made:
            made[rule.id].update({key: value for key, value in (("CidrIpv4", rule.cidr_ipv4), ("CidrIpv6", rule.cidr_ipv6)) if value})
    return answer


@answers("ec2", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress")
def revoke(call: Call) -> dict[str, Any]:
    """The tags of a rule go with it."""
    before = _rule_ids(call)
    answer = call.moto()
    for identifier in before - _rule_ids(call):
        forget_tags(call, identifier)
    return answer


@answers("ec2", "DeleteSecurityGroup")
def delete_security_group(call: Call) -> dict[str, Any]:
    known, group_id = backend(call), call.get("GroupId")
    group = known.get_security_group_from_id(group_id) if group_id else None
    rules = _rule_ids(call) if group else set()
    if group is not None:
        if group.name == "default":
            raise refused("CannotDelete", f'the specified group: "{group_id}" name: "default" cannot be deleted by a user')
        if is_used(call, group_id):
            raise refused("DependencyViolation", f"resource {group_id} has a dependent object")
    answer = call.moto()
    for identifier in {group_id, *rules} - {None}:
        forget_tags(call, identifier)
    return answer


def is_used(call: Call, group_id: str) -> bool:
    """Whether a network interface has the security group, or a rule of another group names it."""
    known = backend(call)
    if any(group_id in [each.id for each in interface.group_set] for interface in known.enis.values()):
        return True
    for groups in known.groups.values():
        for group in groups.values():
            for rule in [*group.ingress_rules, *group.egress_rules]:
                if group.id != group_id and rule.source_group.get("GroupId") == group_id:
                    return True
    return False


def canonical(block: str) -> str:
    """A block as EC2 keeps it: 100.68.0.18/18 is 100.68.0.0/18. What is no block is left to moto, which refuses it."""
    try:
        return str(ipaddress.ip_network(block, strict=False))
    except ValueError:
        return block


def _permissions(call: Call) -> Iterator[tuple[str, Any, Any, str]]:
    """The single permissions that a call asks for, in canonical form."""
    single = {key: call.get(key) for key in ("IpProtocol", "FromPort", "ToPort")}
    if call.get("CidrIp"):
        single["IpRanges"] = [{"CidrIp": call.get("CidrIp")}]
    for each in [*call.get("IpPermissions", []), *([single] if single["IpProtocol"] else [])]:
        for kind, key in SOURCES.items():
            for source in each.get(kind) or []:
                yield *_scope(each), canonical(str(source.get(key)))


def _scope(permission: Mapping[str, Any]) -> tuple[str, Any, Any]:
    protocol = str(permission.get("IpProtocol")).lower()
    return (protocol, None, None) if protocol == "-1" else (protocol, permission.get("FromPort"), permission.get("ToPort"))


def _permission_of(rule: Any) -> tuple[str, Any, Any, str]:
    source = rule.cidr_ipv4 or rule.cidr_ipv6 or rule.prefix_list_id or rule.source_group.get("GroupId")
    return *_scope({"IpProtocol": rule.ip_protocol, "FromPort": rule.from_port, "ToPort": rule.to_port}), str(source)


def _rule_ids(call: Call) -> set[str]:
    group = backend(call).get_security_group_from_id(call.get("GroupId"))
    return {rule.id for rule in [*group.ingress_rules, *group.egress_rules]} if group else set()
