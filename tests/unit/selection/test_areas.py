"""Areas of tests by words in their paths."""

from __future__ import annotations

import pytest

from tests.selection.__main__ import select, tree
from tests.selection.areas import AREAS, of_area
from tests.support import collection

TARGETS = [
    "tests/module/test_eks_addon.py",
    "tests/module/test_role_opta_service_links.py",
    "tests/molecule/test_scenarios.py::test_scenario[eks]",
    "tests/molecule/test_scenarios.py::test_scenario[opta_service]",
    "tests/standin/tests/test_whole.py",
    "tests/unit/seeks/test_x.py",
]


def test_words_are_whole() -> None:
    assert of_area("eks", TARGETS) == [TARGETS[0], TARGETS[2]]
    assert of_area("service", TARGETS) == [TARGETS[1], TARGETS[3]]
    assert of_area("standin", TARGETS) == [TARGETS[4]]
    assert of_area("nothing", TARGETS) == []


def test_every_area_and_every_role_has_tests() -> None:
    graph = tree()
    for area in {*AREAS, *collection.roles()} - {"common"}:
        assert of_area(area, [*graph.tests, *graph.scenarios]), area


def test_paths_are_taken_as_they_are_and_wrong_words_are_told() -> None:
    assert select(["tests/unit/selection", "tests/unit/selection/test_areas.py::test_x"])[1].endswith("::test_x")
    with pytest.raises(SystemExit, match="no test belongs to 'nosuch'; give areas .*eks.*"):
        select(["nosuch"])
