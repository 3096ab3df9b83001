"""The results as Markdown: for each part the ratios, then the figures they come from, then what was called and waited for most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .figures import Figures

COLUMNS = ("latency", "run", "wall s", "CPU s", "peak MiB", "tasks", "changed", "API calls")
LONGEST = 8


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
        calls = [(f"{latency} ms", name, most(run.calls)) for latency, name, run in self.runs if run.calls]
        tasks = [(f"{latency} ms", name, most(run.task_seconds, ".1f")) for latency, name, run in self.runs if run.task_seconds]
        tables = [
            table(self.columns, self.ratios),
            table(COLUMNS, figures),
            table(("latency", "run", "API calls by operation"), calls),
            table(("latency", "run", "seconds by task"), tasks),
        ]
        return "\n\n".join([f"## {self.title}", self.note, *(one for one in tables if one)])


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """An empty text without rows."""
    if not rows:
        return ""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(content: object) -> str:
    return str(content).replace("|", r"\|")


def cells(run: Figures) -> tuple[str, ...]:
    return (
        f"{run.wall_seconds:.1f}",
        f"{run.cpu_seconds:.1f}",
        f"{run.peak_mib:.0f}",
        str(run.tasks),
        str(run.changed),
        str(run.calls.total()),
    )


def most(amounts: Mapping[str, float], form: str = "d") -> str:
    """The greatest amounts by name, and what the others come to."""
    ordered = sorted(amounts.items(), key=lambda item: item[1], reverse=True)
    rest = sum(amount for _, amount in ordered[LONGEST:])
    return ", ".join([*(f"{name} {amount:{form}}" for name, amount in ordered[:LONGEST]), *([f"others {rest:{form}}"] if rest else [])])
