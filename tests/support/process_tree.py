"""A process with all that it has started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.standin.processes import bound_to_this_process


@contextlib.contextmanager
def bound_process(command: Sequence[str], **settings: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that has ended when the block has, or this process."""
    with subprocess.Popen([*bound_to_this_process(signal.SIGKILL), *command], **settings) as started:
        try:
            yield started
        finally:
            started.kill()


def children(pid: int) -> list[int]:
    """The processes that a process has started and that live; none when it is gone."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants(pid: int) -> list[int]:
    """The process first, then its children and theirs: Ansible's workers have sessions of their own."""
    found = [pid]
    for parent in found:
        found += children(parent)
    return found


def end_tree(pid: int) -> None:
    """Kills a process and its descendants, each stopped before its children are looked for: it starts nothing more."""
    found = [pid]
    for process in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGSTOP)
        found += children(process)
    for process in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def with_variable(name: str, value: str) -> Iterator[int]:
    """Living processes that began with a variable of this value in their environment."""
    wanted = f"{name}={value}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                yield int(entry.name)
