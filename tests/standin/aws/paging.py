"""Pages of a list, as maxResults and nextToken ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call


def page(call: Call, member: str, items: Sequence[Any]) -> dict[str, Any]:
    """One page of the items under the name of the output's member (EKS's lists give at most 100)."""
    try:
        start = int(call.get("nextToken") or 0)
    except ValueError as error:
        raise AwsError("InvalidParameterException", "Invalid nextToken") from error
    end = start + (call.get("maxResults") or 100)
    answer: dict[str, Any] = {member: list(items[start:end])}
    if end < len(items):
        answer["nextToken"] = str(end)
    return answer
