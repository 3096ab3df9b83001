"""What a policy says of the calls that change load balancers and security groups: their resources, and the tags of request and resource.

Source: Service Authorization Reference, Amazon EC2 and AWS Elastic Load Balancing V2. A call that makes something with tags needs the
permission to tag it, too, of which CreateAction says with what it was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from tests.support import permissions

Call = Mapping[str, Any]
Tags = Mapping[str, str]
#: the parameter that names what a call changes
TARGETS = ("ListenerArn", "TargetGroupArn", "LoadBalancerArn", "GroupId")
#: what Elastic Load Balancing makes, as its ARNs name it
MADE = {"CreateLoadBalancer": "loadbalancer/net", "CreateTargetGroup": "targetgroup", "CreateListener": "listener/net"}
PLACE = "eu-west-1:123456789012"


def refused(statements: list[dict[str, Any]], calls: list[dict[str, Any]], tags: Mapping[str, Tags]) -> list[tuple[str, str]]:
    """Actions and resources that no statement allows. tags: of what was there, by ARN or id of the security group."""
    needed = [need for call in calls if call["mutating"] for need in _needed(call, tags)]
    return [(action, resource) for action, resource, context in needed if not _allowed(statements, action, resource, context)]


def _needed(call: Call, tags: Mapping[str, Tags]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Action, resource, and the keys that conditions may ask for."""
    parameters, operation = call["parameters"], call["operation"]
    action = permissions.action(call["service"], operation)
    given = parameters.get("Tags") or [tag for each in parameters.get("TagSpecifications") or [] for tag in each["Tags"]]
    context = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in given}
    changed = next((parameters[key] for key in TARGETS if key in parameters), "")
    if changed:
        resource = changed if changed.startswith("arn:") else _security_group(changed)
        yield action, resource, {**context, **{f"aws:ResourceTag/{key}": value for key, value in tags[changed].items()}}
    if operation == "CreateSecurityGroup":
        yield action, f"arn:aws:ec2:{PLACE}:vpc/{parameters['VpcId']}", context
        yield action, _security_group("sg-new"), context
        yield "ec2:CreateTags", _security_group("sg-new"), {**context, "ec2:CreateAction": operation}
    elif operation in MADE:
        name = changed.partition("/net/")[2] or f"{parameters.get('Name')}/0123456789abcdef"
        new = f"arn:aws:elasticloadbalancing:{PLACE}:{MADE[operation]}/{name}{'/0123456789abcdef' if changed else ''}"
        if not changed:
            yield action, new, context
        yield "elasticloadbalancing:AddTags", new, {**context, "elasticloadbalancing:CreateAction": operation}


def _security_group(identifier: str) -> str:
    return f"arn:aws:ec2:{PLACE}:security-group/{identifier}"


def _allowed(statements: list[dict[str, Any]], action: str, resource: str, context: Mapping[str, str]) -> bool:
    return any(
        any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
        and all(_holds(operator, desired, context) for operator, desired in statement.get("Condition", {}).items())
        for statement in statements
    )


def _holds(operator: str, desired: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    if operator == "Null":
        return all((key not in context) is (value == "true") for key, value in desired.items())
    assert operator == "StringEquals", operator
    return all(context.get(key) in (value if isinstance(value, list) else [value]) for key, value in desired.items())
