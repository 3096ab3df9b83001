# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names and ownership tags for roles; the same pure functions that modules use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.opta.platform.plugins.module_utils import _names
from ansible_collections.opta.platform.plugins.module_utils._credentials.options import secret_name
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError


def _of_identity(method: str) -> Callable[..., Any]:
    """A filter of __<role>_identity that calls this method of Identity, or reads this property."""

    def asked(identity: Mapping[str, Any], *arguments: Any) -> Any:
        try:
            found = getattr(_names.Identity.of(identity), method)
            return found(*arguments) if callable(found) else found
        except PlatformError as error:
            raise AnsibleFilterError(str(error)) from error

    return asked


class FilterModule:
    """The filters for names."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "resource_name": _names.resource_name,
            "secret_name": secret_name,
            "role_name": _of_identity("role_name"),
            "role_arn": _of_identity("role_arn"),
            "bucket_name": _of_identity("bucket_name"),
            "iam_path": _of_identity("iam_path"),
            "dns_owner_id": _of_identity("dns_owner_id"),
            "identity_tags": _of_identity("marks"),
            "ownership_tags": _of_identity("tags"),
        }
