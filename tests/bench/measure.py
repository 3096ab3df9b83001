"""What a process and all that it starts take."""

from __future__ import annotations

import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

INTERVAL_SECONDS = 0.2


@dataclass(frozen=True)
class Measured:
    """peak_mib: the greatest sum of proportional memory (pages that processes share are counted once) that was sampled."""

    returncode: int
    wall_seconds: float
    cpu_seconds: float
    peak_mib: float


def measured(process: subprocess.Popen[bytes]) -> Measured:
    """Watch a process until its end."""
    begun, cpu_before, peak = time.monotonic(), _cpu_seconds(), 0.0
    while process.poll() is None:
        peak = max(peak, sum(_memory_mib(pid) for pid in tree(process.pid)))
        time.sleep(INTERVAL_SECONDS)
    return Measured(process.returncode, time.monotonic() - begun, _cpu_seconds() - cpu_before, peak)


def tree(root: int) -> list[int]:
    """A process and its descendants that live now."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _cpu_seconds() -> float:
    """Of all children that have ended and been waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
