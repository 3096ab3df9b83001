# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Cache AWS's answers to read calls while a module finds out what exists.

The parts of one module ask the same questions. Each is sent to AWS once, until the module changes or waits for something; from then on
every question is sent again.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from ._parallel import thread_pool

ASKED_AT_ONCE = 8
#: another answer each time, or one that is not to stay in memory; keys that botocore decodes before an answer could be kept
NOT_KEPT = ("GetRandomPassword", "GetSecretValue", "ListObjects", "ListObjectsV2", "ListObjectVersions")
KEY = "opta_question"


class ResponseCache:
    """The cached answers of one module, by service, region, operation and request."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], tuple[Any, Any]] | None = {}

    def listen(self, client: Any) -> None:
        """Cache what this client is answered, as it arrives: botocore's own handlers, which follow, work on a copy."""
        service = client.meta.service_model.service_id.hyphenize()
        client.meta.events.register_first(f"after-call.{service}", self.keep)

    def forget(self) -> None:
        """Send every request to AWS from now on."""
        self._kept = None

    def find(self, model: Any, params: dict[str, Any], context: dict[str, Any]) -> tuple[Any, Any] | None:
        """Return the cached answer to a request; None when AWS must be asked. A handler of botocore's event before-call."""
        kept = self._kept  # another thread may forget it at any time
        if kept is None or model.name in NOT_KEPT or model.has_streaming_output or model.has_streaming_input:
            return None
        place = model.service_model.service_name, context.get("client_region"), model.name
        context[KEY] = (*place, params["url"], repr(params["query_string"]), repr(params["body"]))
        known = kept.get(context[KEY])
        return (known[0], copy.deepcopy(known[1])) if known else None

    def keep(self, http_response: Any, parsed: Any, context: dict[str, Any], **_more: Any) -> None:
        """Cache an answer. A handler of botocore's event after-call."""
        kept = self._kept
        if kept is not None and KEY in context and http_response.status_code < 300:
            kept.setdefault(context[KEY], (http_response, copy.deepcopy(parsed)))


def prefetch(questions: Iterable[Callable[[], Any]]) -> None:
    """Send requests whose answers are needed soon, several at a time; an error is reported when the answer is needed."""

    def ask(question: Callable[[], Any]) -> None:
        with suppress(Exception):
            question()

    with thread_pool(ASKED_AT_ONCE) as pool:
        list(pool.map(ask, questions))
