"""Waiting for a condition."""

from __future__ import annotations

import itertools

import pytest

from tests.support.until import until


def test_the_value_is_given_as_soon_as_it_is_true() -> None:
    answers = iter([None, 0, "there", "too late"])
    assert until(lambda: next(answers)) == "there"


def test_what_never_comes_is_named() -> None:
    with pytest.raises(TimeoutError, match=r"^waited 0.05 s in vain until the sky falls$"):
        until(lambda: False, 0.05, "the sky falls")


def test_the_condition_is_looked_at_once_more_at_the_deadline() -> None:
    looks = itertools.count()
    with pytest.raises(TimeoutError):
        until(lambda: next(looks) < 0, 0)
    assert next(looks) == 1
