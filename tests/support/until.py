"""Waiting, in the tests and in the stand-in: no other place sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

SHORTEST_PAUSE = 0.01
LONGEST_PAUSE = 0.2


def until(condition: Callable[[], Value], seconds: float = 120, what: str = "it is true", longest_pause: float = LONGEST_PAUSE) -> Value:
    """The condition's value as soon as it is true.

    TimeoutError, which says what was waited for, when it is not within so many seconds. Pauses grow up to `longest_pause` (seconds).
    """
    deadline = time.monotonic() + seconds
    pause = SHORTEST_PAUSE
    while not (value := condition()):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"waited {seconds:g} s in vain until {what}")
        time.sleep(min(pause, longest_pause, left))
        pause *= 1.5
    return value


def take_time(seconds: float) -> None:
    """For what is slow on purpose, as the latency of an emulated answer. To wait for something is what `until` is for."""
    if seconds > 0:
        time.sleep(seconds)
