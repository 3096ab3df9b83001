# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define and validate the options for the validity of certificates. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._limits import Range

TERM_ARGUMENTS: dict[str, dict[str, Any]] = {
    "trust_anchor_days": {"type": "int", "default": 1095},
    "trust_anchor_renewal_days": {"type": "int", "default": 180},
    "issuer_days": {"type": "int", "default": 180},
    "issuer_renewal_days": {"type": "int", "default": 30},
    "webhook_days": {"type": "int", "default": 365},
    "webhook_renewal_days": {"type": "int", "default": 30},
}
RENEWABLE = ["trust_anchor", "issuer", "webhooks"]
#: a trust anchor for ten years is one that nobody knows how to renew
DAYS = {"trust_anchor_days": Range(2, 1826, 1095), "issuer_days": Range(2, 366, 180), "webhook_days": Range(2, 825, 365)}


def refusal(given: Mapping[str, Any], prefix: str = "") -> str:
    """Return a sentence about the first problem; empty without one."""
    for kind in ("trust_anchor", "issuer", "webhook"):
        days, renewal = given[f"{kind}_days"], given[f"{kind}_renewal_days"]
        if problem := DAYS[f"{kind}_days"].problem(f"{prefix}{kind}_days", days):
            return problem
        if not 1 <= renewal < days:
            return f"{prefix}{kind}_renewal_days is {renewal}: it must be at least 1 and below {prefix}{kind}_days, which is {days}."
    if given["issuer_days"] > given["trust_anchor_days"]:
        return (
            f"{prefix}issuer_days is {given['issuer_days']}: an issuer cannot outlive its trust anchor, "
            f"so it must be at most {prefix}trust_anchor_days, which is {given['trust_anchor_days']}."
        )
    return ""
