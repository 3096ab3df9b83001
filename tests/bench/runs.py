"""Runs of ansible-playbook and other programs against a stand-in of the bench's own, with their figures."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.support.playbooks import SETTINGS, read_results
from tests.support.standin import DIRECTORY, ROOT, SECONDS, Standin

from .figures import Figures
from .measure import Measured, measured
from .settings import say

DEMO = ROOT / "inventories" / "demo"


@contextlib.contextmanager
def standin(name: str, latency_ms: int, times: Mapping[str, float] | None = None) -> Iterator[Standin]:
    """A stand-in for one part of the bench; what is not in `times` takes moments."""
    directory = DIRECTORY / f"bench-{os.getpid()}-{name}"
    started = Standin(directory, times={**SECONDS, **(times or {})}).up(latency_ms)
    try:
        yield started
    finally:
        started.down()


def playbook(where: Standin, *arguments: str, inventory: Path = DEMO) -> Figures:
    """One ansible-playbook; ends the program when it fails."""
    results = where.directory / "results.jsonl"
    results.unlink(missing_ok=True)
    environment = {**where.environment, **SETTINGS, "OPTA_RESULTS": str(results)}
    done, calls = program(where, ["ansible-playbook", "-i", str(inventory), *arguments], environment)
    tasks = [task for task in read_results(results) if task["status"] in ("ok", "changed")]
    seconds: dict[str, float] = {}
    for task in tasks:
        name = task["task"].rsplit(" : ", 1)[-1]  # without the role
        seconds[name] = seconds.get(name, 0.0) + task["seconds"]
    return Figures(
        wall_seconds=done.wall_seconds,
        cpu_seconds=done.cpu_seconds,
        peak_mib=done.peak_mib,
        tasks=len(tasks),
        changed=sum(task["status"] == "changed" for task in tasks),
        calls=calls,
        helm_seconds=sum(task["seconds"] for task in tasks if task["action"].endswith((".helm_release", ".helm_releases"))),
        task_seconds=seconds,
    )


def unchanged(where: Standin, *arguments: str, inventory: Path = DEMO) -> Figures:
    """As playbook(), of a run that must change nothing."""
    figures = playbook(where, *arguments, inventory=inventory)
    if figures.changed:
        sys.exit(f"ansible-playbook {' '.join(arguments)} made {figures.changed} changes, but must make none")
    return figures


def program(
    where: Standin, command: Sequence[str], environment: Mapping[str, str], directory: Path = ROOT
) -> tuple[Measured, Counter[str]]:
    """What a program took, and its AWS calls by operation; ends the bench when it fails. environment: all that it gets."""
    output = where.directory / "output.txt"
    mark = where.mark()
    with output.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        done = measured(process)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed with exit code {done.returncode}:\n{output.read_text()[-6000:]}")
    calls = Counter(entry["operation"] for entry in where.requests(mark))
    say(f"  {' '.join([Path(command[0]).name, *command[1:]])[:110]}: {done.wall_seconds:.1f} s")
    return done, calls
