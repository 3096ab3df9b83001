# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which KMS keys a bucket's objects may need although its encryption has changed since. Pure functions.

S3 encrypts an object when it is written and leaves it so: a key that was given up must not be deleted while the bucket is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TAG = "opta:earlier-kms-keys"
LONGEST_TAG = 256
#: what the tag says when it cannot hold them all
MANY = "many"


def tag(before: Mapping[str, Any], after: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, str]:
    """The tag to set when the encryption changes from before to after; nothing when no key is given up."""
    given_up = before.get("kms_key_arn")
    known = tags.get(TAG, "").split()
    if not given_up or given_up == after.get("kms_key_arn") or given_up in known or known == [MANY]:
        return {}
    content = " ".join([*known, given_up])
    return {TAG: content if len(content) <= LONGEST_TAG else MANY}


def needed_key(encryption: Mapping[str, Any], tags: Mapping[str, str]) -> str | None:
    """The one key that the bucket's objects need; empty for none, None when several may be."""
    keys = {*tags.get(TAG, "").split(), *([encryption["kms_key_arn"]] if encryption.get("kms_key_arn") else [])}
    if MANY in keys or len(keys) > 1:
        return None
    return keys.pop() if keys else ""
