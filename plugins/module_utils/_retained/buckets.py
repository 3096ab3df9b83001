# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Buckets of S3 that an environment keeps on purpose. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from .. import _tags
from .._names import Identity
from .._s3 import api, contents, previous_keys, transformations
from .._s3.role_entries import ROLE, name_prefix
from .retained_resource import RetainedResource


def retained_buckets(client: Any, identity: Identity) -> list[RetainedResource]:
    """Those of the role s3 that carry opta:retained, by S3's own answers."""
    return [_retained(client, name, identity.partition, tags) for name, tags in _ours(client, identity) if _tags.RETAINED in tags]


def retained_bucket(client: Any, identity: Identity, arn: str) -> list[RetainedResource]:
    """The bucket that the tagging API shows, if S3 still says that it is kept; one of another role is not deleted here."""
    name = arn.rsplit(":", 1)[1]
    tags = _tags.as_dict(api.get_tags(client, name))
    if not _tags.carries(tags, identity.marks()) or _tags.RETAINED not in tags:
        return []
    return [
        _retained(client, name, identity.partition, tags) if tags.get(_tags.ROLE) == ROLE else RetainedResource("resource", arn, arn, None)
    ]


def buckets_to_retain(client: Any, identity: Identity, emptied: Sequence[str]) -> list[RetainedResource]:
    """Those of the role s3 that hold objects and are not among the emptied ones."""
    return [
        _retained(client, name, identity.partition, tags)
        for name, tags in _ours(client, identity)
        if _tags.RETAINED not in tags and tags.get(_tags.NAME) not in emptied and contents.holds_objects(client, name)
    ]


def _ours(client: Any, identity: Identity) -> list[tuple[str, dict[str, str]]]:
    """Name and tags of the buckets that the role s3 made for the environment; their names say the rest of its identity."""
    start = name_prefix(identity)
    names = [name for name in api.list_buckets(client, start) if name.startswith(start) and name.endswith(identity.suffix)]
    found = [(name, _tags.as_dict(api.get_tags(client, name))) for name in names]
    return [(name, tags) for name, tags in found if _tags.carries(tags, {**identity.marks(), _tags.ROLE: ROLE})]


def _retained(client: Any, name: str, partition: str, tags: Mapping[str, str]) -> RetainedResource:
    key = previous_keys.needed_key(transformations.encryption(api.get_encryption(client, name)), tags)
    remove = partial(contents.remove, client, name, True)
    return RetainedResource("S3 bucket", name, transformations.bucket_arn(partition, name), key, remove)
