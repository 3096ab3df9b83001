# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who uses a certificate, and whether they still exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._errors import Refused
from .._load_balancers import api as load_balancers
from .._wait import wait_for
from . import api


def is_load_balancer(arn: str) -> bool:
    """Whether an ARN is of an application or network load balancer, which Elastic Load Balancing can be asked for."""
    return ":elasticloadbalancing:" in arn and ":loadbalancer/" in arn and arn.count("/") >= 3


def is_deleted(client: Any, arn: str) -> bool:
    """Whether a user that ACM still lists is a load balancer that has been deleted: ACM notices that late."""
    return is_load_balancer(arn) and not load_balancers.describe_load_balancer(client, arn)


def of_environment(client: Any, arn: str, marks: Mapping[str, str]) -> bool:
    """Whether a user is a load balancer of the environment with these tags, which is removed before its certificate."""
    if not marks or not is_load_balancer(arn):
        return False
    described = load_balancers.describe_tags(client, [arn])
    return any(_tags.carries(_tags.as_dict(each.get("Tags")), marks) for each in described)


def refuse_if_used(client: Any, name: str, certificates: Sequence[Mapping[str, Any]], marks: Mapping[str, str], check_mode: bool) -> None:
    """Raise Refused for a certificate that something existing uses; a plan lets pass what is removed before the certificate is."""
    users = {arn for each in certificates for arn in each.get("InUseBy") or [] if not is_deleted(client, arn)}
    if check_mode:
        users = {arn for arn in users if not of_environment(client, arn, marks)}
    if users:
        raise Refused(
            f"ACM certificate {name} is not deleted: it is in use by {', '.join(sorted(users))}. "
            "Delete these resources, or attach another certificate to them, and run again."
        )


def wait_until_unused(acm: Any, name: str, arn: str, timeout_seconds: float) -> None:
    """Until ACM has noticed that the users are gone."""

    def poll() -> tuple[bool, list[str]]:
        users = (api.describe_certificate(acm, arn) or {}).get("InUseBy") or []
        return not users, users

    what = f"ACM certificate {name} to be no longer in use"
    wait_for(
        poll,
        what,
        timeout_seconds,
        lambda users: f"ACM still lists {', '.join(users)}, which no longer {'exists' if len(users) == 1 else 'exist'}",
    )
