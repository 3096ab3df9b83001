"""The longest chain of waits."""

from __future__ import annotations

import pytest

from tests.bench.chains import CREATION, DELETION, MINUTES, Chain, longest, scaled
from tests.bench.creation import against
from tests.bench.figures import Figures
from tests.standin.aws.clock import DEFAULT_TIMES

FORK: Chain = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c"), "e": ()}


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}, (8, ["a", "c", "d"])),
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 9}, (9, ["e"])),
        ({"a": 1, "d": 4}, (5, ["a", "d"])),
        ({}, (0, [])),
    ],
)
def test_the_longest_chain_is_found(seconds: dict[str, float], expected: tuple[float, list[str]]) -> None:
    assert longest(FORK, seconds) == expected


def test_a_cluster_is_the_longest_chain_of_a_first_run() -> None:
    assert longest(CREATION, scaled(4)) == (54, ["eks:cluster", "eks:nodegroup", "eks:addon"])


def test_a_cluster_is_the_longest_chain_of_a_destroy() -> None:
    assert longest(DELETION, scaled(4)) == (52, ["eks:nodegroup", "eks:cluster"])


def test_every_resource_of_a_chain_has_a_duration() -> None:
    assert MINUTES.keys() >= CREATION.keys() | DELETION.keys()


def test_only_durations_of_the_stand_in_are_scaled() -> None:
    assert scaled(2)["eks:cluster"] == 20
    assert scaled(2).keys() <= DEFAULT_TIMES.keys()


def test_the_stand_in_simulates_every_duration_except_certificates() -> None:
    assert MINUTES.keys() - DEFAULT_TIMES.keys() <= {"acm:certificate"}


def test_stores_are_created_in_parallel_with_the_cluster() -> None:
    stores = {kind: seconds for kind, seconds in scaled(4).items() if kind.startswith(("rds:", "elasticache:"))}
    assert longest(CREATION, stores) == (32, ["rds:cluster", "rds:instance"])
    assert longest(DELETION, stores) == (28, ["rds:instance"])


def test_waits_for_helm_are_part_of_the_chain() -> None:
    runs = [Figures(12.0, 1.0, 1.0, 1, helm_seconds=2.0), Figures(20.0, 1.0, 1.0, 1, helm_seconds=6.0)]
    assert against({"a": ()}, {"a": 4.0}, runs) == ("2.00", "8.0", "a + helm", "8.0")
