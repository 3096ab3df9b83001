# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Patience with what IAM has made but not yet shown to the other services. Private to the collection.

A new role, instance profile or policy is invisible for seconds to EKS, KMS, EC2 and CloudWatch Logs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import wraps
from typing import Any, TypeVar

with suppress(ImportError):  # the module says so
    from botocore.exceptions import ClientError

F = TypeVar("F", bound=Callable[..., Any])

PATIENCE_SECONDS = 60.0
#: doubled from the first to the longest
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 2.0


def until_visible(errors: Collection[tuple[str, str]], patience_seconds: float = PATIENCE_SECONDS) -> Callable[[F], F]:
    """Decorate an API call: errors that mean "not visible yet" are retried for at most patience_seconds.

    errors: (error code, part of the message); an empty part means any message.
    """

    def decorate(call: F) -> F:
        @wraps(call)
        def patient(*args: Any, **kwargs: Any) -> Any:
            end = time.monotonic() + patience_seconds
            delay = FIRST_DELAY_SECONDS
            while True:
                try:
                    return call(*args, **kwargs)
                except ClientError as error:
                    if not means_not_visible(error, errors) or time.monotonic() >= end:
                        raise
                time.sleep(min(delay, LONGEST_DELAY_SECONDS))
                delay *= 2

        return patient  # type: ignore[return-value]

    return decorate


def means_not_visible(error: Any, errors: Collection[tuple[str, str]]) -> bool:
    """Whether a ClientError is one of `errors`."""
    answer = error.response.get("Error", {})
    return any(answer.get("Code") == code and part.lower() in answer.get("Message", "").lower() for code, part in errors)
