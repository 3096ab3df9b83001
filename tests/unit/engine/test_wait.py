"""Waiting ends with the value, or says what was seen last."""

from __future__ import annotations

import time

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _wait
from ansible_collections.opta.platform.plugins.module_utils._errors import WaitTimeout


@pytest.fixture(autouse=True)
def _fast_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))


def test_wait_for_returns_the_value_once_done() -> None:
    answers = iter([(False, "CREATING"), (False, "CREATING"), (True, "ACTIVE")])
    assert _wait.wait_for(lambda: next(answers), "a cluster to be ACTIVE", 60) == "ACTIVE"


def test_a_timeout_reports_the_last_observed_state() -> None:
    with pytest.raises(WaitTimeout, match="waited 60 seconds for a cluster to be ACTIVE, last seen: CREATING"):
        _wait.wait_for(lambda: (False, "CREATING"), "a cluster to be ACTIVE", 60)


def test_progress_is_reported_every_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr(_wait, "report_progress", lines.append)
    with pytest.raises(WaitTimeout):
        _wait.wait_for(lambda: (False, "CREATING"), "a cluster to be ACTIVE", 100)
    assert 2 <= len(lines) <= 3
    assert lines[0].startswith("waiting for a cluster to be ACTIVE: CREATING, ")


@pytest.mark.parametrize(
    ("what", "end"),
    [
        ("EKS cluster opta-staging to be ready", " s, usually 8 to 12 min"),
        ("EKS cluster opta-staging to be deleted", " s, usually 3 to 10 min"),
        ("the snapshot of volume vol-1", " s"),
    ],
)
def test_progress_includes_the_usual_duration(monkeypatch: pytest.MonkeyPatch, what: str, end: str) -> None:
    lines: list[str] = []
    monkeypatch.setattr(_wait, "report_progress", lines.append)
    with pytest.raises(WaitTimeout):
        _wait.wait_for(lambda: (False, "CREATING"), what, 60)
    assert lines[0].endswith(end)


def test_completion_is_noticed_within_a_twentieth_of_the_elapsed_time() -> None:
    begun = time.monotonic()
    calls = [0]

    def poll() -> tuple[bool, str]:
        calls[0] += 1
        return time.monotonic() - begun >= 100, ""

    _wait.wait_for(poll, "a cluster to be ACTIVE", 600)
    assert time.monotonic() - begun <= 105.5
    assert calls[0] < 80
