"""A run that is killed anywhere is finished by the next one, without a duplicate and without an orphan."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.environment.conftest import DEMO, UNPROTECTED
from tests.environment.described import left_in_aws, shape
from tests.environment.killing import run_and_kill
from tests.support.playbooks import Playbooks, Run
from tests.support.standin import DIRECTORY, Standin

#: minutes each: `make test-long`
pytestmark = pytest.mark.long

POINTS = 10
BOTH_WAYS = pytest.mark.parametrize("whole_group", [True, False], ids=["all processes", "controller alone"])


@pytest.fixture(scope="module")
def reference(empty: Standin, play: Callable[..., Run]) -> tuple[dict[str, int], int]:
    """What an undisturbed run makes, and how many calls that change something it takes."""
    mark = empty.mark()
    play("env")
    return shape(left_in_aws(empty, "staging")), len(empty.mutating(mark))


@pytest.fixture
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Standin, Playbooks]]:
    """A further stand-in, empty."""
    running = Standin(DIRECTORY / f"test-{os.getpid()}-killed-{abs(hash(request.node.name)) % 10000}")
    try:
        running.up()
        playbooks = Playbooks(running.environment, tmp_path)
        yield running, playbooks
        playbooks.close()
    finally:
        running.down()


def kill_repeatedly(standin: Standin, directory: Path, arguments: list[str], points: list[int], whole_group: bool) -> int:
    """Begin the same run again and again, each killed after so many further calls that change something; how often it was killed."""
    killed = 0
    for number, point in enumerate(points):
        mark = standin.mark()

        def reached(mark: int = mark, point: int = point) -> bool:
            return len(standin.mutating(mark)) >= point

        killed += run_and_kill(standin, directory / f"{number}.log", arguments, reached, whole_group=whole_group)
    return killed


def spread(calls: int) -> list[int]:
    """Ten points that share a run's calls evenly, however much each killed run leaves to the next."""
    step = max(1, calls // (POINTS + 1))
    return list(itertools.repeat(step, POINTS))


@BOTH_WAYS
def test_a_killed_creation_is_finished(
    reference: tuple[dict[str, int], int], another: tuple[Standin, Playbooks], tmp_path: Path, whole_group: bool
) -> None:
    wanted, calls = reference
    standin, playbooks = another
    arguments = ["opta.platform.env", *DEMO, "--limit", "staging"]
    assert kill_repeatedly(standin, tmp_path, arguments, spread(calls), whole_group) == POINTS
    finished = playbooks.run(*arguments)
    assert finished.returncode == 0, finished.failure()
    assert shape(left_in_aws(standin, "staging")) == wanted
    assert playbooks.run(*arguments).changed() == []


@BOTH_WAYS
def test_a_killed_destroy_is_finished(another: tuple[Standin, Playbooks], tmp_path: Path, whole_group: bool) -> None:
    standin, playbooks = another
    built = playbooks.run("opta.platform.env", *DEMO, "--limit", "staging", variables=UNPROTECTED)
    assert built.returncode == 0, built.failure()
    words = ["--extra-vars", "opta_destroy_confirm=staging opta_deletion_protection=false opta_delete_retained=true"]
    arguments = ["opta.platform.destroy", *DEMO, "--limit", "staging", *words]
    assert kill_repeatedly(standin, tmp_path, arguments, list(itertools.repeat(4, POINTS)), whole_group) >= POINTS // 2
    finished = playbooks.run(*arguments)
    assert finished.returncode == 0, finished.failure()
    left = left_in_aws(standin, "staging")
    assert not any(left.values()), left


@pytest.mark.kill_all
@BOTH_WAYS
def test_a_creation_killed_in_every_task_is_finished(
    reference: tuple[dict[str, int], int], another: tuple[Standin, Playbooks], tmp_path: Path, whole_group: bool
) -> None:
    """Killed after each single call that changes something, and begun again."""
    wanted, _calls = reference
    standin, playbooks = another
    arguments = ["opta.platform.env", *DEMO, "--limit", "staging"]
    killed = kill_repeatedly(standin, tmp_path, arguments, list(itertools.repeat(1, 400)), whole_group)
    assert killed > POINTS
    finished = playbooks.run(*arguments)
    assert finished.returncode == 0, finished.failure()
    assert shape(left_in_aws(standin, "staging")) == wanted
