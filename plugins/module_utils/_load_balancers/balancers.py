# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load balancers that Kubernetes makes: found by their tags, waited for. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import _tags
from .._errors import ResourceFailed
from .._wait import wait_for
from . import api

ACTIVE, FAILED = "active", "failed"


def find(client: Any, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those that carry all these tags, as the module returns them."""
    balancers = {balancer["LoadBalancerArn"]: balancer for balancer in api.describe_load_balancers(client)}
    arns = list(balancers)
    described = [
        entry
        for start in range(0, len(arns), api.TAGS_AT_ONCE)
        for entry in api.describe_tags(client, arns[start : start + api.TAGS_AT_ONCE])
    ]
    found = []
    for entry in described:
        carried = _tags.as_dict(entry["Tags"])
        if tags.items() <= carried.items():
            found.append(as_resource(balancers[entry["ResourceArn"]], carried))
    return found


def as_resource(balancer: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    state = balancer.get("State") or {}
    return {
        "arn": balancer["LoadBalancerArn"],
        "name": balancer["LoadBalancerName"],
        "dns_name": balancer.get("DNSName", ""),
        "scheme": balancer.get("Scheme", ""),
        "type": balancer.get("Type", ""),
        "state": state.get("Code", ""),
        "state_reason": state.get("Reason", ""),
        "tags": dict(tags),
    }


def wait_for_one(client: Any, tags: Mapping[str, str], timeout_seconds: float) -> dict[str, Any]:
    """The one with these tags, once it works."""
    words = ", ".join(f"{key}={value}" for key, value in tags.items())

    def look() -> tuple[bool, list[dict[str, Any]]]:
        found = find(client, tags)
        for balancer in found:
            if balancer["state"] == FAILED:
                raise ResourceFailed(f"Load balancer {balancer['name']} has failed: {balancer['state_reason']}")
        return any(balancer["state"] == ACTIVE for balancer in found), found

    what = f"a load balancer with the tags {words} to be active"
    found = wait_for(look, what, timeout_seconds, lambda found: ", ".join(balancer["state"] for balancer in found) or "none")
    return next(balancer for balancer in found if balancer["state"] == ACTIVE)


def wait_until_none(client: Any, tags: Mapping[str, str], timeout_seconds: float) -> None:
    """Return when AWS shows none with these tags any more."""

    def look() -> tuple[bool, list[dict[str, Any]]]:
        found = find(client, tags)
        return not found, found

    words = ", ".join(f"{key}={value}" for key, value in tags.items())
    what = f"the load balancers with the tags {words} to go"
    wait_for(look, what, timeout_seconds, lambda found: f"{', '.join(balancer['name'] for balancer in found)} still there")
