"""The figures of one run, and what several of them come to."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figures:
    """What one run took.

    tasks: Ansible's tasks and loops that were not skipped, or Terraform's resources. calls: AWS calls by operation.
    helm_seconds: how long the tasks that wait for Helm took together. task_seconds: how long those of one name took together.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    tasks: int
    changed: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    helm_seconds: float = 0.0
    task_seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ratio:
    """The median of the pairs' ratios, and their extremes."""

    median: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        if self.lowest == self.highest:
            return f"{self.median:.2f}"
        return f"{self.median:.2f} ({self.lowest:.2f} to {self.highest:.2f})"


def medians(runs: Sequence[Figures]) -> Figures:
    """Each figure's median; calls and tasks' times are those of the run with the (upper) median of wall time."""
    typical = sorted(runs, key=lambda run: run.wall_seconds)[len(runs) // 2]

    def median(read: Callable[[Figures], float]) -> float:
        return statistics.median(read(run) for run in runs)

    return Figures(
        wall_seconds=median(lambda run: run.wall_seconds),
        cpu_seconds=median(lambda run: run.cpu_seconds),
        peak_mib=median(lambda run: run.peak_mib),
        tasks=round(median(lambda run: run.tasks)),
        changed=round(median(lambda run: run.changed)),
        calls=typical.calls,
        helm_seconds=median(lambda run: run.helm_seconds),
        task_seconds=typical.task_seconds,
    )


def ratio(ours: Sequence[Figures], theirs: Sequence[Figures], read: Callable[[Figures], float] = lambda run: run.wall_seconds) -> Ratio:
    """Of runs that were made in pairs: each of ours by the one of theirs beside it."""
    return spread([read(mine) / read(other) for mine, other in zip(ours, theirs, strict=True)])


def spread(values: Sequence[float]) -> Ratio:
    return Ratio(statistics.median(values), min(values), max(values))


def alternated(rounds: int, *ways: Callable[[], Figures]) -> list[list[Figures]]:
    """A B A B …: what disturbs the machine for a while disturbs all ways alike. One list for each way."""
    results: list[list[Figures]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, result in zip(ways, results, strict=True):
            result.append(way())
    return results
