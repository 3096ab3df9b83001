# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Releases that a killed run left unfinished: is somebody still at it?"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from .. import _controller
from .release_storage import RUN, Revision


def run_label() -> str:
    """What names this process and its machine, for a label on the revision that it makes; empty where there is no /proc."""
    machine, process = _machine(), _controller.identity(os.getpid())
    return f"{machine}.{process.replace(' ', '.')}" if machine and process else ""


def is_abandoned(revision: Revision, timeout_seconds: float) -> bool:
    """Whether nobody works on an unfinished revision any more.

    A run on this machine is looked up by its process; one on another machine is given up after timeout_seconds.
    """
    machine, _, process = revision.labels.get(RUN, "").partition(".")
    pid, _, started = process.partition(".")
    if machine and machine == _machine() and pid.isdigit():
        return _controller.identity(int(pid)) != f"{pid} {started}"
    return revision.age_seconds() > timeout_seconds


def age_text(revision: Revision) -> str:
    seconds = max(0, int(revision.age_seconds()))
    return f"{seconds} seconds" if seconds < 120 else f"{seconds // 60} minutes"


def _machine() -> str:
    """This start of this machine and, on Linux, this process namespace: pids of containers do not mix."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return hashlib.sha256(f"{boot} {os.readlink('/proc/self/ns/pid')}".encode()).hexdigest()[:12]
    return ""
