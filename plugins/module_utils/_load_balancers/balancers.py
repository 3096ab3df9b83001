# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load balancers that Kubernetes makes: found by their tags, waited for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .. import _tags
from .._errors import ResourceFailed
from .._wait import wait_for
from . import api, targets

ACTIVE, FAILED = "active", "failed"


def find(client: Any, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those that carry all these tags, as the module returns them."""
    balancers = {balancer["LoadBalancerArn"]: balancer for balancer in api.describe_load_balancers(client)}
    arns = list(balancers)
    found = []
    for entry in [entry for start in range(0, len(arns), api.TAGS_AT_ONCE) for entry in _tags_of(client, arns[start:][: api.TAGS_AT_ONCE])]:
        carried = _tags.as_dict(entry["Tags"])
        if tags.items() <= carried.items():
            found.append(as_resource(balancers[entry["ResourceArn"]], carried))
    return found


def _tags_of(client: Any, arns: list[str]) -> list[dict[str, Any]]:
    """DescribeTags fails as a whole when one of the load balancers, of whomever, has gone meanwhile."""
    return api.describe_tags(client, arns) or [entry for arn in arns for entry in api.describe_tags(client, [arn])]


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


def wait_for_one(client: Any, tags: Mapping[str, str], timeout_seconds: float, warn: Callable[[str], None]) -> dict[str, Any]:
    """The one with these tags, once it is active and each of its target groups has a healthy target.

    warn: is called when the health of targets may not be asked for; then an active one is enough.
    """
    words = ", ".join(f"{key}={value}" for key, value in tags.items())

    def poll() -> tuple[bool, tuple[list[dict[str, Any]], str]]:
        found = find(client, tags)
        for balancer in found:
            if balancer["state"] == FAILED:
                raise ResourceFailed(f"Load balancer {balancer['name']} has failed: {balancer['state_reason']}")
        active = [balancer for balancer in found if balancer["state"] == ACTIVE]
        missing = _missing(client, active[0]["arn"], warn) if active else ""
        return bool(active) and not missing, (active or found, missing)

    def reported(seen: tuple[list[dict[str, Any]], str]) -> str:
        return "; ".join(filter(None, [", ".join(balancer["state"] for balancer in seen[0]) or "none", seen[1]]))

    what = f"a load balancer with the tags {words} to be active, with healthy targets"
    return wait_for(poll, what, timeout_seconds, reported)[0][0]


def _missing(client: Any, arn: str, warn: Callable[[str], None]) -> str:
    try:
        return targets.without_service(client, arn)
    except api.BalancerError as error:
        if not api.is_denied(error):
            raise
        warn(
            "The target health of the load balancer is unknown: elasticloadbalancing:DescribeTargetGroups and "
            "elasticloadbalancing:DescribeTargetHealth are not both allowed."
        )
        return ""


def wait_until_none(client: Any, tags: Mapping[str, str], timeout_seconds: float) -> None:
    """Return when AWS shows none with these tags any more."""

    def poll() -> tuple[bool, list[dict[str, Any]]]:
        found = find(client, tags)
        return not found, found

    words = ", ".join(f"{key}={value}" for key, value in tags.items())
    what = f"the load balancers with the tags {words} to be deleted"
    wait_for(poll, what, timeout_seconds, lambda found: f"{', '.join(balancer['name'] for balancer in found)} still exists")
