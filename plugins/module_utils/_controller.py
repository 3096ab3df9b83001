# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Does the ansible-playbook that started this module still live?

A worker and its module outlive a killed ansible-playbook; what they then change would race with the next run.
"""

from __future__ import annotations

import os
from pathlib import Path

from ._errors import ControllerGone

#: "<pid> <start time>" of the controller; the collection's action plugin sets it for its modules
VARIABLE = "OPTA_CONTROLLER"
STATE, PARENT, START_TIME = 0, 1, 19


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat after the command; None for a process that has ended, or where there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return None if fields[STATE] == "Z" else fields


def identity(pid: int) -> str:
    """What names one process for sure, for VARIABLE; empty where there is no /proc."""
    fields = _stat(pid)
    return f"{pid} {fields[START_TIME]}" if fields else ""


class Controller:
    """The ansible-playbook that started this module: as the action plugin names it, else this process's parent."""

    def __init__(self) -> None:
        self.identity = os.environ.get(VARIABLE) or identity(os.getppid())

    def check(self) -> None:
        """Raise ControllerGone when it has ended."""
        if self.identity and identity(int(self.identity.split()[0])) != self.identity:
            raise ControllerGone("The ansible-playbook process that started this module has ended; nothing more was changed. Run it again.")
