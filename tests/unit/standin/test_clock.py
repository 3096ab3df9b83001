"""What takes time in the emulated AWS: seconds, or calls of a service."""

from __future__ import annotations

import pytest

from tests.standin.aws.clock import Clock


def test_an_event_counted_in_calls_ends_with_the_last_call() -> None:
    clock, done = Clock({"eks:cluster": {"calls": 2}}), list[str]()
    clock.after("eks:cluster", lambda: done.append("made"))
    for service in ("ec2", "eks", "ec2"):
        clock.asked(service)
        clock.advance(1000)
        clock.run()
        assert done == []
    clock.asked("eks")
    assert done == ["made"]
    assert clock.happened == 1


def test_an_unfinished_event_is_checked_at_the_next_call() -> None:
    clock, answers = Clock({"acm:certificate": {"calls": 1}}), iter([False, False, None])
    clock.after("acm:certificate", lambda: next(answers))
    for happened in (0, 0, 1, 1):
        clock.asked("acm")
        assert clock.happened == happened


def test_events_started_later_count_their_own_calls() -> None:
    clock, done = Clock({"rds:cluster": {"calls": 1}, "rds:instance": {"calls": 1}}), list[str]()
    clock.after("rds:cluster", lambda: clock.after("rds:instance", lambda: done.append("both")))
    clock.asked("rds")
    assert done == []
    clock.asked("rds")
    assert done == ["both"]


def test_a_kind_can_change_between_seconds_and_calls() -> None:
    clock = Clock({"eks:addon": {"calls": 3}})
    assert clock.shown()["eks:addon"] == {"calls": 3}
    clock.set_times({"eks:addon": 5})
    assert clock.shown()["eks:addon"] == 5
    clock.after("eks:addon", lambda: None)
    clock.asked("eks")
    assert clock.happened == 0
    clock.advance(6)
    clock.run()
    assert clock.happened == 1


@pytest.mark.parametrize("wrong", ["soon", {"calls": 0}, {"calls": 1.5}, {"calls": 1, "more": 2}, None])
def test_invalid_durations_are_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match='^eks:addon takes seconds, as 5, or a number of calls, as {"calls": 3}, not '):
        Clock({"eks:addon": wrong})  # type: ignore[dict-item]


def test_unobserved_or_unknown_events_cannot_be_counted_in_calls() -> None:
    with pytest.raises(ValueError, match="^eks:node-join takes seconds: nobody asks for its end"):
        Clock({"eks:node-join": {"calls": 3}})
    with pytest.raises(ValueError, match="^nothing takes time under the name eks:moon"):
        Clock({"eks:moon": 1})
