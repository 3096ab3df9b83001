"""Waiting for a condition."""

from __future__ import annotations

import itertools

import pytest

from tests.support.until import until


def test_until_returns_the_first_true_value() -> None:
    answers = iter([None, 0, "there", "too late"])
    assert until(lambda: next(answers)) == "there"


def test_a_timeout_names_the_awaited_condition() -> None:
    with pytest.raises(TimeoutError, match=r"^waited 0.05 s in vain until the sky falls$"):
        until(lambda: False, 0.05, "the sky falls")


def test_the_condition_is_checked_once_more_at_the_deadline() -> None:
    looks = itertools.count()
    with pytest.raises(TimeoutError):
        until(lambda: next(looks) < 0, 0)
    assert next(looks) == 1
