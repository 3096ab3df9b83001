# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is behind a load balancer, as its own health checks see it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from . import api

HEALTHY = "healthy"


def without_service(client: Any, arn: str) -> str:
    """Which target groups of a load balancer have no healthy target, in words; empty when each has one."""
    groups = api.describe_target_groups(client, arn)
    if not groups:
        return "no target group yet"
    found = [(group["TargetGroupName"], _states(client, group["TargetGroupArn"])) for group in groups]
    return ", ".join(f"target group {name} has no healthy target ({_text(states)})" for name, states in found if HEALTHY not in states)


def _states(client: Any, arn: str) -> Counter[str]:
    described = api.describe_target_health(client, arn)
    return Counter(entry["TargetHealth"]["State"] for entry in described)


def _text(states: Counter[str]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "no target is registered"
