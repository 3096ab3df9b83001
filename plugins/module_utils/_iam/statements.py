# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Statements of policies that IAM and S3 would refuse as malformed. Pure functions.

Source: IAM User Guide, JSON policy elements reference: Effect, Action, Resource, Principal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+", re.IGNORECASE)
ELEMENTS = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
EXAMPLE = "for example {Effect: Allow, Action: ['s3:GetObject'], Resource: '*'}"


def statement_errors(where: str, statements: Sequence[Any], services: Sequence[str] = (), *, of_roles: bool = False) -> Iterator[str]:
    """A sentence for each statement that is refused.

    where: what the user calls the list. services: the only ones whose actions the policy may have, all without. of_roles: whether it is a
    role's policy, which names resources and no principals.
    """
    for number, statement in enumerate(statements, start=1):
        place = f"{where}[{number}]"
        if not isinstance(statement, Mapping):
            yield f"{place} is {statement!r}: it must be an IAM policy statement, {EXAMPLE}."
            continue
        unknown = sorted(str(key) for key in statement if key not in ELEMENTS)
        if unknown:
            yield f"{place} has {', '.join(unknown)}, which is not an element of a statement; valid elements are {', '.join(ELEMENTS)}."
        if statement.get("Effect") not in ("Allow", "Deny"):
            yield f"{place}: Effect is {statement.get('Effect')!r}: it must be Allow or Deny, {EXAMPLE}."
        if ("Action" in statement) == ("NotAction" in statement):
            yield f"{place} must have either Action or NotAction, {EXAMPLE}."
        if of_roles and ("Resource" in statement) == ("NotResource" in statement):
            yield f"{place} must have either Resource or NotResource, {EXAMPLE}."
        if of_roles and {"Principal", "NotPrincipal"} & set(statement):
            yield f"{place} has a Principal, which an identity-based policy cannot have: the principal is the role of the service."
        yield from _actions(place, statement, services)


def _actions(place: str, statement: Mapping[str, Any], services: Sequence[str]) -> Iterator[str]:
    given = statement.get("Action", statement.get("NotAction"))
    for action in [given] if isinstance(given, str) else given or []:
        if not ACTION.fullmatch(str(action)):
            yield f"{place}: the action {action!r} must be a service prefix and an operation, for example s3:GetObject."
        elif services and str(action) != "*" and str(action).partition(":")[0].lower() not in services:
            yield f"{place}: the action {action} must be an action of {' or '.join(services)}, for example {services[0]}:GetObject."
