"""The results as Markdown: for each part the ratios, then the figures they come from, then the calls by operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .figures import Figures

COLUMNS = ("latency", "run", "wall s", "CPU s", "peak MiB", "tasks", "changed", "API calls")
OPERATIONS = 8


@dataclass
class Part:
    """ratios: rows under `columns`. runs: (latency in ms, what was run, its figures)."""

    title: str
    note: str
    columns: tuple[str, ...]
    ratios: list[Sequence[object]] = field(default_factory=list)
    runs: list[tuple[int, str, Figures]] = field(default_factory=list)

    def markdown(self) -> str:
        figures = [(f"{latency} ms", name, *cells(run)) for latency, name, run in self.runs]
        operations = [(f"{latency} ms", name, most(run)) for latency, name, run in self.runs if run.calls]
        tables = [
            table(self.columns, self.ratios),
            table(COLUMNS, figures),
            table(("latency", "run", "API calls by operation"), operations),
        ]
        return "\n\n".join([f"## {self.title}", self.note, *tables])


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def cells(run: Figures) -> tuple[str, ...]:
    return (
        f"{run.wall_seconds:.1f}",
        f"{run.cpu_seconds:.1f}",
        f"{run.peak_mib:.0f}",
        str(run.tasks),
        str(run.changed),
        str(run.calls.total()),
    )


def most(run: Figures) -> str:
    """The operations that were called most, and how many calls the others had."""
    shown = run.calls.most_common(OPERATIONS)
    rest = run.calls.total() - sum(number for _, number in shown)
    return ", ".join([*(f"{name} {number}" for name, number in shown), *([f"others {rest}"] if rest else [])])
