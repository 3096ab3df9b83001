"""What `make test` holds the tests to: the most expensive ones are listed, and cost no more than is recorded of them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from tests.profile.costs import LISTED, PATH, Cost, Costs
from tests.support.standin import ROOT

#: times what is recorded, times how much slower than then this machine is in the median
GENEROUS = 2.0
#: a difference of so few seconds says nothing
NOTHING_SECONDS = 5.0
ADVICE = f"make it cheaper, or record what it costs now: make test-profile writes {PATH.relative_to(ROOT)}"


def excesses(recorded: Costs, measured: Mapping[str, Cost]) -> list[str]:
    """A sentence for each test that costs too much; none when fewer than half of the listed tests ran: then nothing can be compared."""
    both = {name: (budget, measured[name]) for name, budget in recorded.tests.items() if name in measured}
    if len(both) < LISTED / 2:
        return []
    slower = max(1.0, statistics.median(test.seconds / budget.seconds for budget, test in both.values()))
    found = []
    for name, (budget, test) in both.items():
        found += [f"{name}: {reason}; {ADVICE}" for reason in _reasons(budget, test, slower)]
    least = _limit(min(budget.seconds for budget in recorded.tests.values()), slower)
    for name in measured.keys() - recorded.tests.keys():
        if measured[name].seconds > least:
            found.append(f"{name}: {measured[name].seconds:.0f} s make it one of the {LISTED} most expensive tests; {ADVICE}")
    return sorted(found)


def _limit(seconds: float, slower: float) -> float:
    return seconds * slower * GENEROUS + NOTHING_SECONDS


def _reasons(budget: Cost, test: Cost, slower: float) -> list[str]:
    found = []
    for count, what in (("ansible_runs", "runs of Ansible"), ("control_planes", "control planes")):
        allowed = getattr(budget, count)
        if getattr(test, count) > allowed + allowed // 10:  # where a run is killed, its place decides how many are needed
            found.append(f"{getattr(test, count)} {what} instead of {allowed}")
    if test.seconds > _limit(budget.seconds, slower):
        found.append(f"{test.seconds:.0f} s instead of {budget.seconds:.0f} s, on a machine that is {slower:.1f} times slower")
    return found
