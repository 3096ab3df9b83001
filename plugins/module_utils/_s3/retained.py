# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""S3 buckets that are retained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from .. import _tags
from .._names import Identity
from .._retained.retained_resource import RetainedResource
from . import api, contents, previous_keys, transformations
from .role_entries import ROLE, name_prefix


def retained_buckets(client: Any, identity: Identity) -> list[RetainedResource]:
    """The buckets of the role s3 with the tag opta:retained, as S3 returns it."""
    return [_retained(client, name, identity.partition, tags) for name, tags in _ours(client, identity) if _tags.RETAINED in tags]


def retained_bucket(client: Any, identity: Identity, arn: str) -> list[RetainedResource]:
    """The bucket that the tagging API returns, if S3 still has the tag. A bucket of another role is not deleted here."""
    name = arn.rsplit(":", 1)[1]
    tags = _tags.as_dict(api.get_tags(client, name))
    if not _tags.carries(tags, identity.marks()) or _tags.RETAINED not in tags:
        return []
    return [
        _retained(client, name, identity.partition, tags) if tags.get(_tags.ROLE) == ROLE else RetainedResource("resource", arn, arn, None)
    ]


def buckets_to_retain(client: Any, identity: Identity, emptied: Sequence[str]) -> list[RetainedResource]:
    """The buckets of the role s3 with objects. emptied: names of the buckets that are deleted with their objects."""
    return [
        _retained(client, name, identity.partition, tags)
        for name, tags in _ours(client, identity)
        if _tags.RETAINED not in tags and tags.get(_tags.NAME) not in emptied and contents.holds_objects(client, name)
    ]


def _ours(client: Any, identity: Identity) -> list[tuple[str, dict[str, str]]]:
    """Name and tags of the buckets that the role s3 created for the environment. Their names contain the rest of its identity."""
    start = name_prefix(identity)
    names = [name for name in api.list_buckets(client, start) if name.startswith(start) and name.endswith(identity.suffix)]
    found = [(name, _tags.as_dict(api.get_tags(client, name))) for name in names]
    return [(name, tags) for name, tags in found if _tags.carries(tags, {**identity.marks(), _tags.ROLE: ROLE})]


def _retained(client: Any, name: str, partition: str, tags: Mapping[str, str]) -> RetainedResource:
    key = previous_keys.needed_key(transformations.encryption(api.get_encryption(client, name)), tags)
    remove = partial(contents.remove, client, name, True)
    return RetainedResource("S3 bucket", name, transformations.bucket_arn(partition, name), key, remove)
