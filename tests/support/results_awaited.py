"""Wait for the results of tasks instead of looking for them every millisecond: the looks take up to a fifth of a run's time."""

from __future__ import annotations

import threading
import time
from collections import deque
from types import SimpleNamespace
from typing import Any

from ansible import constants
from ansible.plugins import strategy

#: a worker that has died is looked for as often
LONGEST_SECONDS = 0.05


class _Results(deque[Any]):
    """Of one play; tells when there is one more."""

    arrived = threading.Event()

    def append(self, result: Any) -> None:
        super().append(result)
        self.arrived.set()


def _sleep(seconds: float) -> None:
    if seconds != constants.DEFAULT_INTERNAL_POLL_INTERVAL:
        time.sleep(seconds)
    elif _Results.arrived.wait(LONGEST_SECONDS):
        _Results.arrived.clear()


def await_results() -> None:
    """From now on strategies wait until a result is there."""
    strategy.deque = _Results
    strategy.time = SimpleNamespace(sleep=_sleep)
