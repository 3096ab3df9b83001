"""The process for which something runs, as `PID:START`: a pid that is used again has another start time."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable

from tests.standin.processes import is_alive, start_time

#: names the owner to programs that others start
VARIABLE = "OPTA_TESTS_OWNER"


def identity(pid: int) -> str:
    """`PID:START` of a process; ProcessLookupError when it is gone."""
    start = start_time(pid)
    if start is None:
        raise ProcessLookupError(f"there is no process {pid}")
    return f"{pid}:{start}"


def is_gone(owner: str) -> bool:
    """Whether the process has ended; ValueError for what is no `PID:START`."""
    pid, start = owner.split(":")
    return not is_alive({"pid": int(pid), "start": start})


def descriptor(owner: str) -> int:
    """A descriptor that polls as readable once the process has ended; ProcessLookupError when it has."""
    opened = os.pidfd_open(int(owner.partition(":")[0]))
    if is_gone(owner):
        os.close(opened)
        raise ProcessLookupError(f"the process {owner} has ended")
    return opened


def when_gone(owner: str, act: Callable[[], None]) -> None:
    """Calls `act` in a thread once the process has ended."""

    def wait() -> None:
        try:
            poll = select.poll()
            poll.register(descriptor(owner), select.POLLIN)
            poll.poll()
        except ProcessLookupError:
            pass
        act()

    threading.Thread(target=wait, name=f"end of {owner}", daemon=True).start()
