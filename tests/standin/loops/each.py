"""One object that cannot be handled must not keep the others waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


def for_each(items: Iterable[Item], work: Callable[[Item], None]) -> None:
    """Does the work for every item, then raises the first error there was."""
    first: Exception | None = None
    for item in items:
        try:
            work(item)
        except Exception as error:
            first = first or error
    if first is not None:
        raise first
