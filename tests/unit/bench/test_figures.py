"""Medians, and ratios of runs made in pairs."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.bench.figures import Figures, Ratio, alternated, medians, ratio, spread


def run(wall: float, cpu: float = 1.0, calls: int = 0) -> Figures:
    return Figures(wall, cpu, peak_mib=100 * wall, tasks=3, calls=Counter({"DescribeVpcs": calls}), task_seconds={"Look": wall / 2})


def test_each_figure_has_a_median_of_its_own() -> None:
    found = medians([run(1, cpu=9, calls=5), run(3, cpu=7, calls=9), run(2, cpu=8, calls=7)])
    assert (found.wall_seconds, found.cpu_seconds, found.peak_mib, found.tasks) == (2, 8, 200, 3)
    assert (found.calls, found.task_seconds) == ({"DescribeVpcs": 7}, {"Look": 1})


def test_ratio_is_the_median_of_pairs_not_of_sides() -> None:
    assert ratio([run(1), run(4), run(9)], [run(2), run(4), run(3)]) == Ratio(1, 0.5, 3)


def test_the_ratio_of_a_named_figure_is_computed() -> None:
    assert ratio([run(1, cpu=3)], [run(1, cpu=2)], lambda figures: figures.cpu_seconds).median == 1.5


def test_unequal_numbers_of_measurements_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio([run(1), run(2)], [run(1)])


def test_an_even_number_of_values_has_the_mean_of_the_middle_two() -> None:
    assert spread([1, 2, 4, 10]) == Ratio(3, 1, 10)


@pytest.mark.parametrize(("value", "text"), [(Ratio(0.5, 0.5, 0.5), "0.50"), (Ratio(1.239, 1, 2), "1.24 (1.00 to 2.00)")])
def test_a_ratio_shows_its_extremes_where_they_differ(value: Ratio, text: str) -> None:
    assert str(value) == text


def test_measured_variants_alternate() -> None:
    order: list[str] = []

    def way(name: str, wall: float) -> Figures:
        order.append(name)
        return run(wall)

    assert alternated(2, lambda: way("a", 1), lambda: way("b", 2)) == [[run(1), run(1)], [run(2), run(2)]]
    assert order == ["a", "b", "a", "b"]
