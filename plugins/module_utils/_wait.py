# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Wait for what takes minutes, and report the progress.

botocore's waiters know only success and failure; a user also needs the status and AWS's reason while waiting.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from ._errors import WaitTimeout
from ._expected_durations import expected_minutes

T = TypeVar("T")

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 15.0
#: of the time waited so far, so that an end is noticed late by no more than that
DELAY_SHARE = 0.05


@dataclass(frozen=True)
class Waiting:
    """What a wait does besides polling.

    show: shows one line of progress. progress_seconds: time between two lines. before: is called before each delay, because answers
    of AWS that a module has kept are outdated by then.
    """

    show: Callable[[str], None] = lambda line: None
    progress_seconds: float = 30.0
    before: Callable[[], None] = lambda: None


_SILENT = Waiting()
#: set by the module that runs, and by the Ansible worker that runs it
WAITING: ContextVar[Waiting] = ContextVar("WAITING", default=_SILENT)


def report_progress(line: str) -> None:
    """Show one line of progress."""
    WAITING.get().show(line)


class Started:
    """Whether AWS has started what was requested: for a moment it still shows the status from before.

    GRACE_SECONDS after the request it counts as started, because it may have started and ended between two polls.
    """

    GRACE_SECONDS = 60.0

    def __init__(self) -> None:
        self._seen = False
        self._latest = time.monotonic() + self.GRACE_SECONDS

    def seen(self, under_way: bool) -> bool:
        """Return whether it has started. under_way: whether the present answer shows it in progress."""
        self._seen = self._seen or under_way
        return self._seen or time.monotonic() >= self._latest


def wait_for(
    poll: Callable[[], tuple[bool, T]],
    what: str,
    timeout_seconds: float,
    status: Callable[[T], str] = str,
    longest_delay_seconds: float = LONGEST_DELAY_SECONDS,
) -> T:
    """Call poll() until it returns (True, value), and return that value.

    poll: asks AWS or Kubernetes; returns (done, value). It raises when waiting is pointless.
    what: what is waited for, e.g. "EKS cluster opta-staging to be ACTIVE".
    status: says in a few words how far a value is.
    Raises WaitTimeout after timeout_seconds, with the last status.
    """
    started = time.monotonic()
    reported = started
    delay = FIRST_DELAY_SECONDS
    while True:
        done, value = poll()
        if done:
            return value
        WAITING.get().before()
        now = time.monotonic()
        if now - started + delay > timeout_seconds:
            raise WaitTimeout(
                f"waited {timeout_seconds:.0f} seconds for {what}, last seen: {status(value)}. "
                "It may still finish: run again, or increase wait_timeout."
            )
        if now - reported >= WAITING.get().progress_seconds:
            usual = expected_minutes(what)
            report_progress(f"waiting for {what}: {status(value)}, {now - started:.0f} s{f', usually {usual}' if usual else ''}")
            reported = now
        time.sleep(delay)
        delay = min(max(FIRST_DELAY_SECONDS, (time.monotonic() - started) * DELAY_SHARE), longest_delay_seconds)
