"""Pieces of one module's work run at the same time, and none hides another's failure."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import ControllerGone, PlatformError, Refused
from ansible_collections.opta.platform.plugins.module_utils._parallel import run_parallel
from ansible_collections.opta.platform.plugins.module_utils._wait import WAITING, Waiting, report_progress


def failing(error: Exception) -> None:
    raise error


def test_functions_run_in_parallel() -> None:
    meeting = threading.Barrier(3)

    def piece(name: str) -> str:
        meeting.wait(timeout=10)
        return name

    done = run_parallel({name: partial(piece, name) for name in "abc"}, 3)
    assert done == {"a": "a", "b": "b", "c": "c"}


def test_the_number_of_parallel_functions_is_limited() -> None:
    running, most, lock = [0], [0], threading.Lock()

    def piece() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.02)
        with lock:
            running[0] -= 1

    run_parallel(dict.fromkeys(range(6), piece), 2)
    assert most[0] == 2


def test_every_failure_is_reported_and_the_others_complete() -> None:
    done: list[str] = []
    works = {
        1: lambda: failing(PlatformError("the first has failed")),
        2: lambda: done.append("second"),
        3: lambda: failing(PlatformError("the third has failed")),
    }
    with pytest.raises(PlatformError, match="the first has failed\nthe third has failed"):
        run_parallel(works, 3)
    assert done == ["second"]


def test_a_single_failure_is_raised_unchanged() -> None:
    with pytest.raises(Refused, match="no such thing"):
        run_parallel({1: lambda: failing(Refused("no such thing")), 2: lambda: None}, 2)


@pytest.mark.parametrize("error", [ControllerGone("gone"), KeyError("a fault")])
def test_unexpected_exceptions_are_raised_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)):
        run_parallel({1: lambda: failing(PlatformError("another")), 2: lambda: failing(error)}, 2)


def test_no_functions_return_no_results() -> None:
    assert run_parallel({}, 4) == {}


def test_work_in_threads_reports_progress_as_its_module_does() -> None:
    lines: list[str] = []
    kept = WAITING.set(Waiting(show=lines.append))
    try:
        run_parallel({name: partial(report_progress, f"waiting for {name}") for name in ("a", "b")}, 2)
    finally:
        WAITING.reset(kept)
    assert sorted(lines) == ["waiting for a", "waiting for b"]
