# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The roles of an account that its services need: made when missing, never removed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from .._errors import Refused, WaitTimeout, error_code
from .._lost_responses import SHOWN_SECONDS
from .._resource import KNOWN_AFTER_APPLY, Outcome
from .._wait import wait_for
from . import api

PATH = "/aws-service-role/"
SERVICE = re.compile(r"^[a-z0-9][a-z0-9.-]*\.amazonaws\.com(\.cn)?$")
KIND = "service-linked role"


def check_services(services: Sequence[str]) -> None:
    """Raise Refused for what is not the name of a service."""
    for service in services:
        if not SERVICE.match(service):
            raise Refused(f"services has {service!r}: it must be a service principal, for example autoscaling.amazonaws.com.")


def roles_by_service(roles: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The ARN of the role of each service, out of ListRoles; the one without a suffix when a service has several."""
    found: dict[str, str] = {}
    for role in sorted(roles, key=lambda role: len(role["RoleName"]), reverse=True):
        found[role["Path"].removeprefix(PATH).strip("/")] = role["Arn"]
    return found


def reconcile(client: Any, services: Sequence[str], check_mode: bool) -> tuple[list[Outcome], list[dict[str, str]]]:
    """Make the roles that are missing; answers what was done, and the ARN of each service's role.

    Source: AWS IAM API, ListRoles, CreateServiceLinkedRole.
    """
    desired = list(dict.fromkeys(services))
    check_services(desired)
    found = roles_by_service(api.list_roles(client, PATH))
    outcomes = []
    for service in desired:
        outcome = Outcome(KIND, service)
        if service not in found:
            outcome = Outcome(KIND, service, action="create", after={"service": service})
            found[service] = KNOWN_AFTER_APPLY if check_mode else _create(client, service)
        outcomes.append(outcome)
    return outcomes, [{"service": service, "arn": found[service]} for service in desired]


def _create(client: Any, service: str) -> str:
    try:
        return api.create_service_linked_role(client, service)["Arn"]
    except api.IamError as error:
        if error_code(error) != "InvalidInput" or "has been taken" not in str(error.exception):
            raise
        # Another run, or the service itself, was faster, or the response of the first call was lost
        with suppress(WaitTimeout):
            return wait_for(lambda: _shown(client, service), f"the {KIND} of {service} to be shown", SHOWN_SECONDS)
        raise


def _shown(client: Any, service: str) -> tuple[bool, str]:
    arn = roles_by_service(api.list_roles(client, PATH)).get(service, "")
    return bool(arn), arn
