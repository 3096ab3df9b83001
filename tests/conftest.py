"""Fixtures of all tests."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler.loadfile import LoadFileScheduling
from xdist.workermanage import WorkerController

from tests.support.playbooks import Playbooks
from tests.support.standin import DIRECTORY, Standin, own_directory, remove_leftovers

#: beginnings of paths: what keeps a processor busy, the longest first; what is short, for the end; what is busy, too; what mostly waits
ORDER = ("environment/test_killed", "molecule", "environment/test_changes", "", "environment", "environment/test_both_ways", "module")

_numbers = itertools.count(1)


class FromBothEnds(LoadFileScheduling):
    """The first test process takes files from the front of the order, the others from its end: the busy beside those that wait."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        if node is not self.nodes[0]:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return FromBothEnds(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _place(str(item.path.relative_to(Path(__file__).parent))))


def _place(path: str) -> int:
    """The place in ORDER of the longest beginning that fits."""
    return ORDER.index(max((beginning for beginning in ORDER if path.startswith(beginning)), key=len))


@pytest.fixture(scope="session")
def standin() -> Iterator[Standin]:
    """A stand-in of this test process's own."""
    remove_leftovers()
    running = Standin(own_directory())
    try:
        yield running.up()
    finally:
        running.down()


@pytest.fixture(scope="session")
def playbooks(standin: Standin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playbooks]:
    """ansible-playbook against the stand-in."""
    with closing(Playbooks(standin.environment, tmp_path_factory.mktemp("playbooks"))) as running:
        yield running


@pytest.fixture(scope="module")
def empty(request: pytest.FixtureRequest) -> Iterator[Standin]:
    """A stand-in with nothing in it, for one test module."""
    running = Standin(DIRECTORY / f"test-{os.getpid()}-{request.module.__name__.rsplit('.', 1)[-1]}")
    try:
        yield running.up()
    finally:
        running.down()


@pytest.fixture(scope="module")
def ansible(empty: Standin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playbooks]:
    with closing(Playbooks(empty.environment, tmp_path_factory.mktemp("runs"))) as running:
        yield running


@pytest.fixture
def unique() -> Callable[[str], str]:
    """A fresh name with the given beginning; lower case, digits and hyphens."""

    def name(prefix: str) -> str:
        return f"{prefix}-{os.getpid() % 10000}-{next(_numbers)}"

    return name


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A fault that a test asked for ends with the test."""
    yield
    if "standin" in request.fixturenames:
        request.getfixturevalue("standin").clear_faults()
