"""What other services see of IAM: a new role only after a moment, as on AWS."""

from __future__ import annotations

import json
import urllib.parse
from typing import Any

from moto.core.utils import utcnow
from moto.iam.models import Role, iam_backends

from tests.standin.aws.operations import Call


def roles(call: Call) -> list[Role]:
    """All roles of the account, the newest too."""
    found: list[Role] = iam_backends[call.account][call.partition].get_roles()
    return found


def visible_role(call: Call, arn: str) -> Role | None:
    """A role that other services than IAM can see by now: those of a new one wait for `iam:role-visible`."""
    role = next((role for role in roles(call) if role.arn == arn), None)
    if role is None or (utcnow() - role.create_date.replace(tzinfo=None)).total_seconds() < call.world.clock.times["iam:role-visible"]:
        return None
    return role


def principal_exists(call: Call, arn: str) -> bool:
    """Whether a role or user that a policy names can be seen; those of other accounts are taken for granted."""
    if arn.split(":")[4] != call.account:
        return True
    if ":role/" in arn:
        return visible_role(call, arn) is not None
    return arn in {user.arn for user in iam_backends[call.account][call.partition].users.values()}


def trusts(role: Role, service: str) -> bool:
    """Whether a role's trust policy lets a service (`eks.amazonaws.com`) assume it."""
    document = json.loads(urllib.parse.unquote(role.assume_role_policy_document or "{}"))
    for statement in as_list(document.get("Statement")):
        principal = statement.get("Principal") or {}
        services = as_list(principal.get("Service")) if isinstance(principal, dict) else [principal]
        if statement.get("Effect") == "Allow" and (service in services or "*" in services):
            return True
    return False


def managed_policy_names(role: Role) -> set[str]:
    """The names of the managed policies of a role."""
    return {arn.rsplit("/", 1)[1] for arn in role.managed_policies}


def as_list(value: Any) -> list[Any]:
    """What a policy document writes as one thing or as a list, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
