# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which calls botocore may send again when their response is lost. Private to the collection.

A call that makes something would make a second one, or fail because the first one exists. So it is not sent again, but raises LostResponse,
and whoever makes the thing looks for it first (_resource.py). Throttling, and what never reached AWS, is still repeated by botocore.
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
#: how long AWS may not show what it has just made
SHOWN_SECONDS = 60.0
#: how often a call whose response is lost is sent
ATTEMPTS = 3
KEY = "opta_lost_response"
ATTEMPTS_WITH_TOKEN = 5


def watch(client: Any) -> None:
    """Have a client of botocore raise LostResponse where a repeated call could make a second resource."""
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"needs-retry.{service}", refuse_to_repeat)


def creates_resource(operation: Any) -> bool:
    """Whether an operation (botocore's model) makes something, and is not the same when it is repeated."""
    return operation.name.startswith(CREATING) and operation.name not in REPEATABLE


def has_token(operation: Any) -> bool:
    """Whether AWS knows by a token that a call is the same as the one before."""
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
    """Make something that is no Resource; after a lost response again only when it does not appear."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            make()
            return
        except LostResponse:
            if attempt == ATTEMPTS:
                raise
        with suppress(WaitTimeout):
            wait_for(lambda: (appears(), None), f"what the lost response was about, {what}", SHOWN_SECONDS, lambda _nothing: "not shown")
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
