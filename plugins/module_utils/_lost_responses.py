# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decide which calls botocore may send again when their response is lost.

A repeated call that creates something would create a second one, or fail because the first one exists. So it is not sent again, but raises
LostResponse, and the caller looks for the result first (_reconcile.py). Throttled calls, and what never reached AWS, are repeated by
botocore.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

with suppress(ImportError):  # the module says so
    from botocore import exceptions

from ._errors import LostResponse, WaitTimeout
from ._wait import wait_for

CREATING = ("Allocate", "Associate", "Attach", "Authorize", "Copy", "Create", "Import", "Request", "Restore", "Run")
#: the same whether they are carried out once or twice (their API references)
REPEATABLE = ("AssociateAccessPolicy", "AssociateKmsKey", "AttachRolePolicy", "CreateServiceLinkedRole", "CreateTags", "RestoreSecret")
#: they are given a token of ours, which botocore does not do by itself
GIVEN_A_TOKEN = ("CreateFlowLogs", "CreateVpcEndpoint", "RequestCertificate")
#: codes of throttling (botocore, retries/standard.py): nothing was carried out
THROTTLING = (
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
)
#: for how long AWS may not show what it has just created
SHOWN_SECONDS = 60.0
#: how often a call whose response is lost is sent
ATTEMPTS = 3
KEY = "opta_lost_response"
ATTEMPTS_WITH_TOKEN = 5


def watch(client: Any) -> None:
    """Let a client of botocore raise LostResponse where a repeated call could create a second resource."""
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"needs-retry.{service}", refuse_to_repeat)


def creates_resource(operation: Any) -> bool:
    """Return whether an operation (botocore's model) creates something, and has another effect when it is repeated."""
    return operation.name.startswith(CREATING) and operation.name not in REPEATABLE


def has_token(operation: Any) -> bool:
    """Return whether AWS recognizes a repeated call by a token."""
    members = operation.input_shape.members.values() if operation.input_shape else ()
    return operation.name in GIVEN_A_TOKEN or any(member.metadata.get("idempotencyToken") for member in members)


def refuse_to_repeat(
    operation: Any, request_dict: dict[str, Any], attempts: int, response: Any = None, caught_exception: Any = None, **_more: Any
) -> None:
    """A handler of botocore's event needs-retry, which comes before botocore's own."""
    if not creates_resource(operation):
        return
    context = request_dict["context"]
    lost = _is_lost(response, caught_exception)
    if lost and has_token(operation) and attempts < ATTEMPTS_WITH_TOKEN:
        context[KEY] = True
    elif lost or (context.get(KEY) and _is_refused(response)):  # refused may mean that the call before was carried out
        raise LostResponse(
            f"AWS did not respond to {operation.name} ({caught_exception or _error(response).get('Code') or 'no reason'}), "
            "and the result of the call is unknown. Run again: the run finds what was created."
        )


def create_once(make: Callable[[], Any], appears: Callable[[], bool], what: str) -> None:
    """Create something that is not a Resource; after a lost response, only when it does not appear."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            make()
            return
        except LostResponse:
            if attempt == ATTEMPTS:
                raise
        with suppress(WaitTimeout):
            wait_for(
                lambda: (appears(), None), f"the result of a call without a response: {what}", SHOWN_SECONDS, lambda _nothing: "not shown"
            )
            return


def _is_lost(response: Any, caught_exception: Any) -> bool:
    if caught_exception is not None:
        never_sent = (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError, exceptions.SSLError)
        return not isinstance(caught_exception, never_sent)
    return response[0].status_code >= 500 and _error(response).get("Code") not in THROTTLING


def _is_refused(response: Any) -> bool:
    return response is not None and response[0].status_code >= 400 and _error(response).get("Code") not in THROTTLING


def _error(response: Any) -> dict[str, Any]:
    return (response[1].get("Error") or {}) if response is not None else {}
