# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The security groups of an environment's data stores. Private to the collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _tags
from .._vpc import api


def security_group_ids(ec2: Any, environment: str, names: Sequence[str]) -> dict[str, str]:
    """The id of each group of these names that carries the environment's tag; one that is missing is left out."""
    found = api.describe_security_groups(ec2, {"group-name": list(names), f"tag:{_tags.ENVIRONMENT}": [environment]})
    return {group["GroupName"]: group["GroupId"] for group in found}
