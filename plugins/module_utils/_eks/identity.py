# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who calls, and which role stands behind an ARN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._errors import PlatformError, error_code
from .._iam.api import IamError, get_role


def cluster_arn(caller_arn: str, account_id: str, region: str, name: str) -> str:
    """The ARN that a cluster of this name has; the partition is the caller's."""
    return f"arn:{partition(caller_arn)}:eks:{region}:{account_id}:cluster/{name}"


def partition(arn: str) -> str:
    """The partition of an ARN, e.g. aws-cn of arn:aws-cn:iam::111122223333:role/x."""
    return arn.split(":")[1]


def assumed_role(arn: str) -> str | None:
    """The name of the role of an assumed-role ARN (arn:<partition>:sts::<account>:assumed-role/<role>/<session>), else None."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[2] == "sts" and parts[5].startswith("assumed-role/"):
        return parts[5].split("/")[1]
    return None


def role_behind(iam_client: Callable[[], Any], arn: str) -> str:
    """The ARN of the role of an assumed-role ARN, with the path that the session has lost; any other ARN as it is."""
    name = assumed_role(arn)
    if name is None:
        return arn
    try:
        role = get_role(iam_client(), name)
    except IamError as error:
        if error_code(error) in ("AccessDenied", "AccessDeniedException"):
            example = f"arn:{partition(arn)}:iam::{arn.split(':')[4]}:role/<path>/{name}"
            raise PlatformError(
                f"{arn} is a session, which does not include the path of its role, and iam:GetRole is not allowed: "
                f"use the full ARN of the role, for example {example}."
            ) from error
        raise
    if role is None:
        raise PlatformError(
            f"{arn} is a session of the role {name}, which does not exist in this account: use the ARN of an existing role."
        )
    return str(role["Arn"])


def is_caller(caller_arn: str, principal_arn: str) -> bool:
    """Whether a principal is the one that calls; a session counts as its role, whatever its path."""
    name = assumed_role(caller_arn)
    if name is None:
        return caller_arn == principal_arn
    parts = principal_arn.split(":", 5)
    return parts[2] == "iam" and parts[4] == caller_arn.split(":")[4] and parts[5].startswith("role/") and parts[5].split("/")[-1] == name
