"""Kill a run of ansible-playbook somewhere in its middle."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable

from tests.support.playbooks import Begun, Playbooks
from tests.support.process_tree import descendants
from tests.support.standin import Follower, Standin

LOOK_SECONDS = 0.02
LIMIT_SECONDS = 300


def run_and_kill(playbooks: Playbooks, arguments: list[str], reached: Callable[[Begun], bool], *, whole_group: bool) -> bool:
    """Begin a run, and SIGKILL it once `reached`: with all it started, or the controller alone.

    Answers whether it was killed; False when the run had ended before.
    """
    begun, end, killed = playbooks.begin(*arguments), time.monotonic() + LIMIT_SECONDS, False
    while not begun.has_ended() and not (killed := reached(begun)) and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
    for pid in descendants(begun.pid) if whole_group else [begun.pid]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    playbooks.end(begun)
    return killed


class AfterItsCall:
    """Reached by a call of an operation since the first task of the run: a worker that outlived the run before it may call, too."""

    def __init__(self, standin: Standin, operation: str) -> None:
        self._standin, self._operation = standin, operation
        self._follower: Follower | None = None

    def __call__(self, begun: Begun) -> bool:
        if self._follower is None and begun.tasks():
            self._follower = self._standin.follow(self._standin.mark())
        return self._follower is not None and self._operation in [call["operation"] for call in self._follower.more()]


class InANewTask:
    """Reached by the first call from now on that changes something in a task that is not among the tasks so far, and adds it to them."""

    def __init__(self, standin: Standin, tasks: list[str]) -> None:
        self._follower, self._tasks = standin.follow(standin.mark()), tasks
        self._calls = 0

    def __call__(self, begun: Begun) -> bool:
        calls = self._follower.mutating()
        if calls == self._calls:
            return False
        self._calls = calls
        tasks = begun.tasks()
        if not tasks or tasks[-1] in self._tasks:  # none: a worker calls that outlived the controller before
            return False
        self._tasks.append(tasks[-1])
        return True
