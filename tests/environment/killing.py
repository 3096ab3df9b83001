"""Kill a run of ansible-playbook somewhere in its middle."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.playbooks import SETTINGS
from tests.support.standin import ROOT, Standin

LOOK_SECONDS = 0.02
LIMIT_SECONDS = 300
TASK = re.compile(r"^TASK \[(.*)\] \**$", re.MULTILINE)


def run_and_kill(standin: Standin, log: Path, arguments: list[str], reached: Callable[[], bool], *, whole_group: bool) -> bool:
    """Start ansible-playbook, and SIGKILL it once `reached`: with all it started, or the controller alone.

    Answers whether it was killed; False when the run had ended before.
    """
    environment = {**os.environ, **standin.environment, **SETTINGS, "OPTA_RESULTS": str(log.with_suffix(".results"))}
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["ansible-playbook", *arguments], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    end = time.monotonic() + LIMIT_SECONDS
    while process.poll() is None and time.monotonic() < end:
        if reached():
            if whole_group:
                kill_all(process.pid)
            else:
                process.kill()
            process.wait()
            return True
        time.sleep(LOOK_SECONDS)
    process.kill()
    process.wait()
    return False


def kill_all(pid: int) -> None:
    """The process and all its descendants: Ansible's workers have sessions of their own."""
    for child in descendants(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """The process first, then its children and theirs."""
    found = [pid]
    for parent in found:
        children = Path(f"/proc/{parent}/task/{parent}/children")
        try:
            found.extend(int(child) for child in children.read_text().split())
        except OSError:
            continue
    return found


class AfterCalls:
    """Reached after so many calls that change something, from now on."""

    def __init__(self, standin: Standin, calls: int) -> None:
        self._follower, self._calls = standin.follow(standin.mark()), calls

    def __call__(self) -> bool:
        return self._follower.mutating() >= self._calls


class InANewTask:
    """Reached by the first call from now on that changes something in a task that is not among the tasks so far, and adds it to them."""

    def __init__(self, standin: Standin, tasks: list[str], log: Path) -> None:
        self._follower, self._tasks, self._log = standin.follow(standin.mark()), tasks, log
        self._calls = 0

    def __call__(self) -> bool:
        calls = self._follower.mutating()
        if calls == self._calls:
            return False
        self._calls = calls
        begun_tasks = TASK.findall(self._log.read_text())
        if not begun_tasks or begun_tasks[-1] in self._tasks:  # none: a worker calls that outlived the controller before
            return False
        self._tasks.append(begun_tasks[-1])
        return True
