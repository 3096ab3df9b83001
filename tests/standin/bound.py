"""A program that binds another one to its parent's life: `bound.py PARENT_PID SIGNAL USER COMMAND...`

It becomes USER (empty: stays who it is), asks the kernel for SIGNAL when its parent ends, and becomes COMMAND, which an interrupt ends as
always: a shell's background jobs ignore it. A preexec_fn would do the same, but runs Python between fork and exec of a process that has
many threads.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1  # of prctl(2); it survives exec


def become(parent: int, death_signal: int, user: str, command: list[str]) -> None:
    if user:
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)  # first: a change of the user drops the wish for the signal
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if os.getppid() == parent:  # else the parent ended before the request
        os.execvp(command[0], command)


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
