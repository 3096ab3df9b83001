"""CPU time by kind of process, of all processes of a run of the tests: also of daemons, of those that have ended, and of short-lived ones.

A process belongs to the run when its environment names it, or when its parent belongs (PostgreSQL writes over its environment).
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
#: what a command line matches first; of others, the name of the program
KINDS = (
    ("linters", r"ansible-lint|/(mypy|ruff|yamllint|antsibull-changelog)\b"),
    ("molecule", r"/molecule "),
    ("ansible", r"playbook_server|/ansible(-\w+)? "),
    ("stand-in, server", r"tests\.standin\.server "),
    ("stand-in, commands", r"tests\.standin(\.binaries)? |/processes\.py "),
    ("pytest", r"/pytest |-m pytest |exec\(eval\(sys\.stdin"),
    ("this report", r"-m tests\.profile "),
)

#: a pid and its start time
Key = tuple[int, int]


@dataclass(frozen=True)
class Process:
    """One line of /proc/PID/stat."""

    key: Key
    parent: int
    name: str
    own: int
    reaped: int


@dataclass
class Seen:
    """A process as it was last seen, with CPU times in clock ticks.

    reaped: that of its children that have ended. explained: what of it has been seen of them while they lived.
    """

    parent: Key | None
    name: str
    kind: str
    own: int
    reaped: int
    explained: int = 0
    alive: bool = True

    @property
    def whole(self) -> int:
        return self.own + max(self.reaped, self.explained)


class Processes:
    """Look at all processes with `look` as often as is wanted, then ask for `seconds`.

    marker: NAME=value, in the environment of each process of the run.
    """

    def __init__(self, marker: str, proc: Path = Path("/proc")) -> None:
        self._marker, self._proc = marker.encode(), proc
        self._seen: dict[Key, Seen] = {}
        self._strangers: set[Key] = set()

    def look(self) -> None:
        """Note what every process of the run has used so far."""
        found = [process for path in self._proc.iterdir() if path.name.isdigit() and (process := _process(path))]
        by_pid = {process.key[0]: process.key for process in found}
        for process in sorted(found, key=lambda process: process.key[1]):  # parents first
            self._note(process, by_pid.get(process.parent))
        self._strangers &= {process.key for process in found}
        for key in sorted(self._seen.keys() - by_pid.values(), key=lambda key: -key[1]):  # children first
            self._end(self._seen[key])

    def seconds(self) -> dict[str, float]:
        """Seconds by kind, the most first. What began and ended between two looks counts as its parent's."""
        ticks: Counter[str] = Counter()
        for seen in self._seen.values():
            ticks[seen.kind] += seen.own + max(0, seen.reaped - seen.explained)
        return {kind: used / TICKS for kind, used in ticks.most_common()}

    def started(self, kind: str) -> int:
        """How many processes of a kind there have been."""
        return sum(seen.kind == kind for seen in self._seen.values())

    def _note(self, process: Process, parent: Key | None) -> None:
        key = process.key
        if key not in self._seen:
            if key in self._strangers or not (parent in self._seen or self._is_marked(key[0])):
                self._strangers.add(key)
                return
            self._seen[key] = Seen(parent, "", "", 0, 0)
        seen = self._seen[key]
        seen.parent, seen.own, seen.reaped = parent, process.own, process.reaped
        if process.name != seen.name:  # new, or another program by now
            seen.name, seen.kind = process.name, self._kind(key[0], process.name)

    def _end(self, seen: Seen) -> None:
        if seen.alive and seen.parent in self._seen:
            self._seen[seen.parent].explained += seen.whole
        seen.alive = False

    def _is_marked(self, pid: int) -> bool:
        try:
            return self._marker in (self._proc / str(pid) / "environ").read_bytes().split(b"\0")
        except OSError:
            return False

    def _kind(self, pid: int, name: str) -> str:
        try:
            line = (self._proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            line = ""
        for kind, expression in KINDS:
            if re.search(expression, line):
                return kind
        return line.split()[0].rsplit("/", 1)[-1].rstrip(":") if line.strip() else name


def _process(path: Path) -> Process | None:
    try:
        before, after = (path / "stat").read_text(errors="replace").rsplit(")", 1)
    except OSError:
        return None
    fields = after.split()
    own, own_system, reaped, reaped_system = (int(field) for field in fields[11:15])
    key = (int(path.name), int(fields[19]))
    return Process(key, int(fields[1]), before.split("(", 1)[1], own + own_system, reaped + reaped_system)
