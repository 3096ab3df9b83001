"""Areas of tests by words in their paths."""

from __future__ import annotations

from tests.selection.areas import of_area

TARGETS = [
    "tests/module/test_eks_addon.py",
    "tests/module/test_role_opta_service_links.py",
    "tests/molecule/test_scenarios.py::test_scenario[eks]",
    "tests/molecule/test_scenarios.py::test_scenario[opta_service]",
    "tests/standin/tests/test_whole.py",
    "tests/unit/seeks/test_x.py",
]


def test_area_names_match_whole_words() -> None:
    assert of_area("eks", TARGETS) == [TARGETS[0], TARGETS[2]]
    assert of_area("service", TARGETS) == [TARGETS[1], TARGETS[3]]
    assert of_area("standin", TARGETS) == [TARGETS[4]]
    assert of_area("nothing", TARGETS) == []
