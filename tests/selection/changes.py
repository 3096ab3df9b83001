"""The tests that a change may affect."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.selection.graph import SCENARIO_TESTS, Graph, node_of

CONTRACTS = "tests/contracts"
ALL = "tests"
#: what only contracts and linters look at
OF_CONTRACTS = re.compile(
    r".*\.(md|rst)|(docs|changelogs|\.ci)/.*|LICENSE|Makefile|galaxy\.yml|mypy\.ini|ruff\.toml|\.yamllint|\.ansible-lint|\.gitignore"
    r"|tests/(lint|test)\.sh|tests/profile/costs\.yml"
)
#: what every test depends on
OF_ALL = re.compile(r"requirements/.*|pytest\.ini|tests/environment\.sh|tests/conftest\.py|meta/.*|tests/support/ansible\.cfg")


def affected(graph: Graph, changed: Iterable[str]) -> list[str]:
    """What to give pytest: the contracts always, and everything for a file of which it is not known who reads it."""
    nodes: set[str] = set()
    targets = graph.targets()
    known = set().union(*targets.values())
    for path in changed:
        if OF_CONTRACTS.fullmatch(path):
            continue
        if OF_ALL.fullmatch(path):
            return [ALL]
        node = node_of(path)
        readers = {node} if node in known else graph.owners(path) & known
        if not readers:
            return [ALL]
        nodes |= readers
    found = {target for target, dependencies in targets.items() if dependencies & nodes}
    if SCENARIO_TESTS in found:
        found = {target for target in found if not target.startswith(f"{SCENARIO_TESTS}::")}
    return [CONTRACTS, *sorted(target for target in found if not target.startswith(f"{CONTRACTS}/"))]
