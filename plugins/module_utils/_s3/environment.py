# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outputs of the role s3, read from AWS."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from .. import _tags
from .._names import Identity
from .._parallel import run_parallel
from . import api, transformations
from .role_entries import ROLE, name_prefix, outputs

READERS_AT_ONCE = 8


def s3_outputs(client: Any, identity: Identity, names: Sequence[str]) -> dict[str, dict[str, str]] | None:
    """Those of all the environment's buckets; None when there are none. One that is kept on purpose belongs to it no more.

    names: of buckets, those of the environment among them.
    """
    buckets = [bucket for bucket in environment_buckets(client, identity, names) if _tags.RETAINED not in bucket["tags"]]
    return outputs(buckets) if buckets else None


def environment_buckets(client: Any, identity: Identity, names: Sequence[str]) -> list[dict[str, Any]]:
    """The environment's buckets by the tags that the role s3 gives them, with what the outputs need."""

    def read(bucket_name: str) -> dict[str, Any]:
        tags = _tags.as_dict(api.get_tags(client, bucket_name))
        return {
            "name": tags.get(_tags.NAME, ""),
            "bucket_name": bucket_name,
            "arn": transformations.bucket_arn(identity.partition, bucket_name),
            "encryption": transformations.encryption(api.get_encryption(client, bucket_name)),
            "tags": tags,
        }

    found = run_parallel(
        {name: partial(read, name) for name in names if name.startswith(name_prefix(identity)) and name.endswith(identity.suffix)},
        READERS_AT_ONCE,
    )
    owner = {**identity.marks(), _tags.ROLE: ROLE}
    return [bucket for bucket in found.values() if _tags.carries(bucket["tags"], owner) and bucket["name"]]
