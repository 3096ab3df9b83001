"""The twelve steps of a module: create, update, delete, each planned and done, each twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .standin import Standin

KNOWN_AFTER_APPLY = "(known after apply)"
Run = Callable[..., dict[str, Any]]


def plan_and_do(standin: Standin, run: Run, module: str, expected: str | None, **options: Any) -> dict[str, Any]:
    """Plan, do, plan again, do again: the plan says what is done, and changes nothing; the second time nothing is left to do.

    expected: the action that is done with the first resource, None for nothing.
    """
    before = standin.mark()
    planned = run(module, check_mode=True, **options)
    _nothing_changed(standin, before, "check mode")
    done = run(module, **options)
    actions = [action["action"] for action in done["actions"][:1]]
    assert actions == ([expected] if expected else []), f"{expected} was expected, done was {done['actions']}"
    for key in ("actions", "changed", "diff"):
        assert fits(planned[key], done[key]), f"planned was {planned[key]}, done was {done[key]}"
    assert done["changed"] is bool(expected)
    before = standin.mark()
    for check_mode in (True, False):
        again = run(module, check_mode=check_mode, **options)
        assert (again["changed"], again["actions"]) == (False, []), f"the second time did {again['actions']}: {again['diff']}"
    _nothing_changed(standin, before, "the second time")
    return done


def fits(planned: Any, done: Any) -> bool:
    """Whether what came is what was planned, where the plan could know it."""
    if isinstance(planned, dict):
        return isinstance(done, dict) and planned.keys() == done.keys() and all(fits(planned[key], done[key]) for key in planned)
    if isinstance(planned, list):
        return len(planned) == len(done) and all(fits(one, other) for one, other in zip(planned, done, strict=True))
    return planned in (done, KNOWN_AFTER_APPLY)


def _nothing_changed(standin: Standin, since: int, when: str) -> None:
    called = standin.mutating(since)
    assert called == [], f"{when} called {called}"


def twelve_steps(
    standin: Standin,
    run: Run,
    module: str,
    create: Mapping[str, Any],
    update: Mapping[str, Any],
    look: Callable[[], Any],
    delete: Mapping[str, Any] | None = None,
) -> list[Any]:
    """All twelve steps; answers what look() saw after each of create, update and delete."""
    seen = []
    for expected, options in (("create", create), ("update", update), ("delete", {**(delete or create), "state": "absent"})):
        plan_and_do(standin, run, module, expected, **options)
        seen.append(look())
    return seen
