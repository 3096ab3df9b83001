"""Areas of tests have tests, and wrong names of areas are told."""

from __future__ import annotations

import pytest

from tests.selection.__main__ import select, tree
from tests.selection.areas import AREAS, of_area
from tests.support import collection


def test_every_area_and_every_role_has_tests() -> None:
    graph = tree()
    for area in {*AREAS, *collection.roles()} - {"common"}:
        assert of_area(area, [*graph.tests, *graph.scenarios]), area


def test_paths_are_selected_and_unknown_words_are_refused() -> None:
    assert select(["tests/contracts", "tests/contracts/test_selection.py::test_x"])[1].endswith("::test_x")
    with pytest.raises(SystemExit, match="no test belongs to 'nosuch'; use areas .*eks.*"):
        select(["nosuch"])
