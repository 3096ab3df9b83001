"""What is recorded of the tests' costs, and what a later run is held to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.profile import costs
from tests.profile.budgets import excesses
from tests.profile.costs import LISTED, Cost, Costs, by_file
from tests.profile.report import markdown

RECORDED = Costs("2026-01-01", {}, {f"tests/module/test_{number}.py::test": Cost(100 + number, 4, 1) for number in range(LISTED)})
FIRST = "tests/module/test_0.py::test"


def run(slower: float = 1, **changed: Cost) -> dict[str, Cost]:
    """A later run, with other costs of some tests."""
    same = {name: Cost(test.seconds * slower, test.ansible_runs, test.control_planes) for name, test in RECORDED.tests.items()}
    return {**same, **{name.replace("__", "::"): test for name, test in changed.items()}}


@pytest.mark.parametrize("slower", [0.3, 1, 5])
def test_a_slower_machine_does_not_exceed_the_costs(slower: float) -> None:
    assert excesses(RECORDED, {**run(slower), "tests/unit/test_x.py::test": Cost(80 * slower)}) == []


@pytest.mark.parametrize(
    ("name", "test", "expected"),
    [
        (FIRST, Cost(100, 5, 1), "5 runs of Ansible instead of 4"),
        (FIRST, Cost(100, 4, 2), "2 control planes instead of 1"),
        (FIRST, Cost(300, 4, 1), "300 s instead of 100 s"),
        ("tests/module/test_new.py::test", Cost(300), "300 s make it one of the 20 most expensive tests"),
    ],
)
def test_exceeded_costs_are_reported_with_their_remedy(name: str, test: Cost, expected: str) -> None:
    (excess,) = excesses(RECORDED, {**run(), name: test})
    assert excess.startswith(f"{name}: {expected}")
    assert excess.endswith("make test-profile writes tests/profile/costs.yml")


def test_many_runs_of_ansible_may_vary_by_a_tenth() -> None:
    recorded = Costs("", {}, {**RECORDED.tests, FIRST: Cost(100, 30, 1)})
    assert excesses(recorded, {**run(), FIRST: Cost(100, 33, 1)}) == []
    assert len(excesses(recorded, {**run(), FIRST: Cost(100, 34, 1)})) == 1


def test_a_run_of_few_tests_is_not_compared() -> None:
    assert excesses(RECORDED, {FIRST: Cost(1000, 99, 9)}) == []
    assert excesses(Costs(), {FIRST: Cost(1000, 99, 9)}) == []


def test_written_costs_are_read_back(tmp_path: Path) -> None:
    tests = {f"tests/module/test_{number}.py::test[a: b]": Cost(float(number), number, 0) for number in range(1, 40)}
    path = tmp_path / "costs.yml"
    costs.write(costs.measured(tests), path)
    read = costs.read(path)
    assert list(read.tests) == [f"tests/module/test_{number}.py::test[a: b]" for number in range(39, 19, -1)]
    assert read.tests["tests/module/test_39.py::test[a: b]"] == Cost(39.0, 39, 0)
    assert read.seconds_of("tests/module/test_7.py") == 7
    assert read.seconds_of("tests/unit/x/test_new.py") < read.seconds_of("tests/module/test_new.py")


def test_seconds_of_a_file_are_those_of_its_tests() -> None:
    assert by_file({"a.py::one": Cost(1), "b.py::one": Cost(5), "a.py::two[x::y]": Cost(2)}) == {"b.py": 5, "a.py": 3}


def test_the_report_has_totals_and_tables() -> None:
    text = markdown(run(), {"pytest": 30.0, "etcd": 10.0}, 55.0, 7, 80)
    assert text.startswith("20 tests in 55 s, 40 s of CPU time: 80 runs of Ansible, 7 control planes.")
    assert "| pytest | 30.0 | 75% |" in text
    assert "| `module/test_19.py::test` | 119.0 | 4 | 1 |" in text
