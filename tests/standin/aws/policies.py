"""What a resource policy (of a key, a bucket) says: enough of IAM's evaluation to refuse what AWS would refuse."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.standin.aws.iam_roles import as_list

ACCOUNT = re.compile(r"(?:arn:[a-z0-9-]+:iam::(\d{12}):root|(\d{12}))")
PRINCIPAL_ARN = re.compile(r"arn:[a-z0-9-]+:iam::(\d{12}):(?:role|user)/.+")


@dataclass
class Asker:
    """Who asks: a service's name (`logs.eu-west-1.amazonaws.com`) or an ARN; and the keys of the request's context.

    delegated: the asker's own IAM policies allow it, so that a statement for the whole account suffices.
    """

    service: str = ""
    arn: str = ""
    delegated: bool = False
    context: Mapping[str, str] = field(default_factory=dict)


def load(document: str | Mapping[str, Any]) -> dict[str, Any]:
    """A policy document; ValueError when it is not JSON, or not an object with statements."""
    loaded = json.loads(document) if isinstance(document, str) else dict(document)
    if not isinstance(loaded, dict) or not as_list(loaded.get("Statement")):
        raise ValueError("a policy document is a JSON object with a Statement")
    for statement in as_list(loaded["Statement"]):
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            raise ValueError("each statement needs an Effect, Allow or Deny")
    return loaded


def allows(document: Mapping[str, Any], asker: Asker, action: str, resource: str = "*") -> bool:
    """Whether the policy allows the action on the resource; a Deny wins."""
    allowed = False
    for statement in as_list(document.get("Statement")):
        if not (_action_matches(statement, action) and _resource_matches(statement, resource)):
            continue
        if not (_principal_matches(statement.get("Principal"), asker) and conditions_hold(statement.get("Condition"), asker.context)):
            continue
        if statement["Effect"] == "Deny":
            return False
        allowed = True
    return allowed


def named_principals(document: Mapping[str, Any]) -> set[str]:
    """The ARNs of roles and users that the policy names as principals: they must exist."""
    found = set()
    for statement in as_list(document.get("Statement")):
        principal = statement.get("Principal")
        if isinstance(principal, dict):
            found |= {arn for arn in as_list(principal.get("AWS")) if PRINCIPAL_ARN.fullmatch(str(arn))}
    return found


def conditions_hold(conditions: Mapping[str, Mapping[str, Any]] | None, context: Mapping[str, str]) -> bool:
    """Whether all conditions hold; a key that the request lacks fails, except for the operators that say otherwise."""
    for operator, tests in (conditions or {}).items():
        name = operator.removesuffix("IfExists").split(":")[-1]
        for key, wanted in tests.items():
            value = {known.lower(): item for known, item in context.items()}.get(key.lower())
            if name == "Null":
                if (value is None) != (str(as_list(wanted)[0]).lower() == "true"):
                    return False
            elif value is None:
                if not operator.endswith("IfExists") and not name.startswith(("StringNot", "ArnNot")):
                    return False
            elif name not in OPERATORS or not OPERATORS[name](value, [str(item) for item in as_list(wanted)]):
                return False
    return True


def _like(value: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)


OPERATORS: dict[str, Callable[[str, list[str]], bool]] = {
    "StringEquals": lambda value, wanted: value in wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() in [item.lower() for item in wanted],
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "StringNotEquals": lambda value, wanted: value not in wanted,
    "StringNotLike": lambda value, wanted: not _like(value, wanted),
    "ArnNotEquals": lambda value, wanted: not _like(value, wanted),
    "ArnNotLike": lambda value, wanted: not _like(value, wanted),
    "Bool": lambda value, wanted: value.lower() in [item.lower() for item in wanted],
}


def _action_matches(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not _like(action.lower(), [str(item).lower() for item in as_list(statement["NotAction"])])
    return _like(action.lower(), [str(item).lower() for item in as_list(statement.get("Action"))])


def _resource_matches(statement: Mapping[str, Any], resource: str) -> bool:
    return resource == "*" or _like(resource, [str(item) for item in as_list(statement.get("Resource")) or ["*"]])


def _principal_matches(principal: Any, asker: Asker) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    if asker.service:
        return _like(asker.service, [str(item) for item in as_list(principal.get("Service"))])
    for named in as_list(principal.get("AWS")):
        account = ACCOUNT.fullmatch(str(named))
        if named in ("*", asker.arn) or (account and asker.delegated):
            return True
    return False
