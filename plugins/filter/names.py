# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names and ownership tags for roles; the same pure functions that modules use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.opta.platform.plugins.module_utils import _names, _tags
from ansible_collections.opta.platform.plugins.module_utils._credentials.options import secret_name


class FilterModule:
    """The filters for names."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "resource_name": _names.resource_name,
            "role_name": _names.role_name,
            "global_name": _names.global_name,
            "secret_name": secret_name,
            "iam_path": _names.iam_path,
            "role_arn": _names.role_arn,
            "ownership_tags": _tags.ownership_tags,
        }
