# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What clusters, node groups, add-ons and access entries of EKS share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import ResourceFailed
from .._wait import wait_for
from . import api


def issues_text(health: Mapping[str, Any] | None) -> str:
    """AWS's own reasons, in one line: "Code: message (resources)"; empty when there are none."""
    return "; ".join(_issue(i.get("code"), i.get("message"), i.get("resourceIds")) for i in (health or {}).get("issues") or [])


def _issue(code: str | None, message: str | None, resources: Sequence[str] | None) -> str:
    where = f" ({', '.join(resources)})" if resources else ""
    return f"{code}: {message}{where}"


def status_text(status: str, health: Mapping[str, Any] | None) -> str:
    """The status and, when there are any, AWS's reasons for it."""
    reasons = issues_text(health)
    return f"{status}: {reasons}." if reasons else f"{status}."


def wait_for_update(client: Any, cluster_name: str, update: Mapping[str, Any], what: str, timeout_seconds: float, **of: str) -> None:
    """Wait until an update has ended.

    what: what is updated, e.g. "EKS cluster opta-staging".
    of: nodegroupName or addonName, where the update is not the cluster's.
    Raises ResourceFailed with the update's own errors when it failed or was cancelled.
    """

    def poll() -> tuple[bool, Mapping[str, Any]]:
        now = api.describe_update(client, cluster_name, update["id"], **of)
        return now["status"] != "InProgress", now

    ended = wait_for(poll, f"{what} ({update['type']})", timeout_seconds, lambda now: str(now["status"]))
    if ended["status"] != "Successful":
        errors = [_issue(e.get("errorCode"), e.get("errorMessage"), e.get("resourceIds")) for e in ended.get("errors") or []]
        reason = "; ".join(errors) or (ended.get("cancellation") or {}).get("reason") or "AWS gives no reason"
        raise ResourceFailed(f"{what}: {update['type']} {ended['status'].lower()}: {reason}.")


def as_tags(tags: Mapping[str, Any] | None) -> dict[str, str]:
    """Tags as the API takes them: strings only."""
    return {name: str(value) for name, value in (tags or {}).items()}
