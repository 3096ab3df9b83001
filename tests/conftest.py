"""Fixtures of all tests."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.support import botocore_speed, garbage, header_speed
from tests.support.collection import ROOT
from tests.support.playbooks import Playbooks
from tests.support.standin import DIRECTORY, KUBERNETES, Standin, own_directory, remove_leftovers

pytest_plugins = ["tests.profile.plugin", "tests.support.beside"]

_numbers = itertools.count(1)
botocore_speed.remember()
header_speed.parse_simply()
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # each account would make volumes and snapshots for a thousand images
# pytest rewrites the tests once, not in each of its processes
sys.pycache_prefix, sys.dont_write_bytecode = str(ROOT / ".cache" / "pycache"), False


def pytest_collection_finish() -> None:
    garbage.collect_rarely()


@pytest.fixture(scope="session")
def standin() -> Iterator[Standin]:
    """A stand-in of this test process's own; of its clusters only the one of tests.module.kubernetes_foundation has a control plane."""
    remove_leftovers()
    running = Standin(own_directory())
    try:
        running.up().set_control_planes(KUBERNETES)
        yield running
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
