"""The costs of a run as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.bench.tables import table
from tests.profile.costs import LISTED, Cost, by_file

#: files that the table names; what the others take is one more row
FILES = 30


def markdown(tests: Mapping[str, Cost], cpu: Mapping[str, float], wall_seconds: float, control_planes: int, ansible_runs: int) -> str:
    """Three tables: the most expensive tests, the files, and CPU time by kind of process; the totals first."""
    total = sum(cpu.values())
    expensive = sorted(tests.items(), key=lambda item: -item[1].seconds)[:LISTED]
    spent = f"{len(tests)} tests in {wall_seconds:.0f} s, {total:.0f} s of CPU time"
    summary = f"{spent}: {ansible_runs} runs of Ansible, {control_planes} control planes."
    parts = [
        summary,
        table(("kind of process", "CPU s", "share"), [(kind, f"{used:.1f}", f"{used / total:.0%}") for kind, used in cpu.items()]),
        table(("test", "s", "Ansible runs", "control planes"), [_row(name, test) for name, test in expensive]),
        table(("file", "s"), _files(by_file(tests))),
    ]
    return "\n\n".join(part for part in parts if part)


def _row(name: str, test: Cost) -> tuple[object, ...]:
    return f"`{name.removeprefix('tests/')}`", f"{test.seconds:.1f}", test.ansible_runs, test.control_planes


def _files(files: Mapping[str, float]) -> list[Sequence[object]]:
    shown = [(f"`{file.removeprefix('tests/')}`", f"{seconds:.1f}") for file, seconds in list(files.items())[:FILES]]
    others = list(files.values())[FILES:]
    return [*shown, *([(f"{len(others)} others", f"{sum(others):.1f}")] if others else [])]
