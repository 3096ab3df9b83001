# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Does the ansible-playbook that started this module still live? Private to the collection.

A worker and its module outlive a killed ansible-playbook; what they then change would race with the next run.
"""

from __future__ import annotations

import os
from pathlib import Path

from ._errors import ControllerGone

LEVELS = 8


def ancestors(pid: int | None = None) -> list[tuple[int, str]]:
    """The (pid, start time) of this process's parents, nearest first; empty where there is no /proc."""
    found: list[tuple[int, str]] = []
    current = os.getpid() if pid is None else pid
    while len(found) < LEVELS:
        fields = _stat(current)
        if fields is None:
            return found
        parent = int(fields[1])
        parent_fields = _stat(parent) if parent > 0 else None
        if parent_fields is None:
            return found
        found.append((parent, parent_fields[19]))
        current = parent
    return found


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None


class Controller:
    """The chain of processes that led to this module, as it stood when the module began."""

    def __init__(self) -> None:
        self.chain = ancestors()

    def check(self) -> None:
        """Raise ControllerGone when one of those processes has ended."""
        if ancestors() != self.chain:
            raise ControllerGone("the ansible-playbook that started this module has ended; nothing more was changed. Run it again.")
