# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The security groups of an environment's data stores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._names import Identity
from .._vpc import api


def security_group_ids(ec2: Any, identity: Identity, names: Sequence[str]) -> dict[str, str]:
    """The id of each group of these names that carries the environment's tags; one that is missing is left out."""
    found = api.describe_security_groups(
        ec2, {"group-name": list(names), **{f"tag:{key}": [value] for key, value in identity.marks().items()}}
    )
    return {group["GroupName"]: group["GroupId"] for group in found}
