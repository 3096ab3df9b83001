# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pure decisions of the role s3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._names import Identity
from ansible_collections.opta.platform.plugins.module_utils._s3 import role_entries
from ansible_collections.opta.platform.plugins.module_utils._s3.role_entries import EncryptionDefaults


def described_buckets(
    entries: Sequence[Mapping[str, Any]], identity: Mapping[str, str], kms_key_arn: str, log_bucket_name: str, tags: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What to bring each of the buckets to. identity: as the filters for names take it."""
    try:
        return role_entries.desired_buckets(entries, Identity.of(identity), EncryptionDefaults(kms_key_arn, log_bucket_name, tags))
    except PlatformError as error:
        raise AnsibleFilterError(str(error)) from error


def removed_buckets(entries: Sequence[Mapping[str, Any]], standing: Mapping[str, str], identity: Mapping[str, str]) -> list[dict[str, Any]]:
    """The buckets to remove. standing: bucket names by name, as they were found."""
    return role_entries.buckets_to_delete(entries, standing, Identity.of(identity))


class FilterModule:
    """The filters of the role s3."""

    def filters(self) -> dict[str, Any]:
        return {
            "described_buckets": described_buckets,
            "removed_buckets": removed_buckets,
            "emptied_buckets": role_entries.buckets_to_empty,
            "bucket_outputs": role_entries.outputs,
        }
