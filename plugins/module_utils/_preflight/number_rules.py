# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Checks the numbers among the inputs that are not part of a list. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._limits import WAIT_TIMEOUT_SECONDS
from .._linkerd.validity_rules import DAYS
from .input_limits import INPUT_LIMITS, LOG_RETENTION, LOG_RETENTIONS, WAIT_TIMEOUT

#: linkerd_rules compares these with each other, and reports one problem at most
COMPARED = {f"k8s_addons_linkerd_{term}" for term in DAYS}


def number_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each number that is not allowed; given: inputs and literal defaults by name."""
    numbers = {name: value for name, value in given.items() if isinstance(value, (int, float)) and not isinstance(value, bool)}
    limits = {name: limit for name, limit in INPUT_LIMITS.items() if name in numbers and name not in COMPARED}
    limits.update({name: WAIT_TIMEOUT_SECONDS for name in sorted(numbers) if name.endswith(WAIT_TIMEOUT)})
    sentences = [limit.problem(name, numbers[name]) for name, limit in limits.items()]
    days = ", ".join(map(str, LOG_RETENTIONS))
    sentences += [
        f"{name} is {value}, but CloudWatch Logs accepts {days} days (0: never expire), for example 30."
        for name, value in numbers.items()
        if name.endswith(LOG_RETENTION) and value not in LOG_RETENTIONS
    ]
    return [sentence for sentence in sentences if sentence]
