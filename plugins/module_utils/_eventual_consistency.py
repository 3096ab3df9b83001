# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Retry calls while AWS's services do not see yet what was created or deleted."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, TypeVar

with suppress(ImportError):  # the module says so
    from botocore.exceptions import ClientError

from . import _wait
from ._consistency_errors import ConsistencyError, find_consistency_error

F = TypeVar("F", bound=Callable[..., Any])

#: doubled from the first to the longest
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 5.0


def retry_until_consistent(call: F) -> F:
    """Decorate an API call, whose first argument is the client: retry the errors of the table for as long as it says."""

    @wraps(call)
    def patient(client: Any, *args: Any, **kwargs: Any) -> Any:
        began = reported = time.monotonic()
        delay = FIRST_DELAY_SECONDS
        while True:
            try:
                return call(client, *args, **kwargs)
            except ClientError as error:
                row, now = row_of_error(client, error), time.monotonic()
                if row is None or now - began >= row.seconds:
                    raise
                if now - reported >= _wait.WAITING.get().progress_seconds:
                    reported = now
                    _wait.report_progress(f"waiting until AWS accepts {error.operation_name}, {now - began:.0f} s: {_message(error)}")
            time.sleep(min(delay, LONGEST_DELAY_SECONDS))
            delay *= 2

    return patient  # type: ignore[return-value]


def row_of_error(client: Any, error: Any) -> ConsistencyError | None:
    """Return the row of the table for a ClientError of this client."""
    code = error.response.get("Error", {}).get("Code", "")
    return find_consistency_error(client.meta.service_model.service_name, error.operation_name, code, _message(error))


def _message(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Message", ""))
