"""The results as Markdown."""

from __future__ import annotations

from collections import Counter

from tests.bench.figures import Figures
from tests.bench.machine import processor
from tests.bench.services import shares
from tests.bench.tables import Part, most


def test_ratios_precede_the_figures() -> None:
    part = Part("Title", "Note.", ("latency", "ratio"), [("50 ms", "0.40")])
    part.runs.append((50, "a run", Figures(1.26, 2.0, 99.6, 7, changed=1, calls=Counter({"DescribeVpcs": 3}))))
    assert part.markdown().splitlines() == [
        "## Title",
        "",
        "Note.",
        "",
        "| latency | ratio |",
        "| --- | --- |",
        "| 50 ms | 0.40 |",
        "",
        "| latency | run | wall s | CPU s | peak MiB | tasks | changed | API calls |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| 50 ms | a run | 1.3 | 2.0 | 100 | 7 | 1 | 3 |",
        "",
        "| latency | run | API calls by operation |",
        "| --- | --- | --- |",
        "| 50 ms | a run | DescribeVpcs 3 |",
    ]


def test_unlisted_operations_are_summed_up() -> None:
    calls = Counter({f"Describe{number}": 20 - number for number in range(10)})
    assert most(calls).endswith("Describe7 13, others 23")


def test_task_durations_are_listed_last() -> None:
    part = Part("Title", "Note.", ("latency",))
    part.runs.append((0, "a run", Figures(1, 1, 1, 1, task_seconds={"short": 0.12, "Key | Keep": 2})))
    assert part.markdown().splitlines()[-1] == r"| 0 ms | a run | Key \| Keep 2.0, short 0.1 |"


def test_costs_are_divided_by_the_number_of_services() -> None:
    ten, one = Figures(5, 1, 1, 1), Figures(2, 1, 1, 1)
    assert shares(10, Figures(20, 1, 1, 1), [ten, ten], [one, one]) == ("2.50", "0.50", "2.00", "0.25")


def test_the_processor_is_named_once() -> None:
    assert processor("processor\t: 0\nmodel name\t: A CPU\nprocessor\t: 1\nmodel name\t: A CPU\n") == "A CPU"
    assert processor("") != ""
