# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Caller references of zones: CreateHostedZone takes no tags, and until they are set the reference says whose a zone is.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping

from .. import _tags

FIELDS = (_tags.PREFIX, _tags.REGION, _tags.ENVIRONMENT)


def reference_prefix(marks: Mapping[str, str]) -> str:
    """How the caller references of an environment's zones begin."""
    return "/".join((_tags.COLLECTION, *(marks.get(field, "") for field in FIELDS), ""))


def marks_of(reference: str) -> dict[str, str]:
    """The tags that the caller reference of a zone stands for; none of a zone that others made."""
    first, *fields = reference.split("/")
    if first != _tags.COLLECTION or len(fields) != len(FIELDS) + 1:
        return {}
    return {field: value for field, value in zip(FIELDS, fields) if value}  # noqa: B905


def tags_of(zone: Mapping[str, object]) -> dict[str, str]:
    """The tags that decide ownership: of a zone whose run ended before it was tagged, what its caller reference says."""
    tags: Mapping[str, str] = zone["tags"]  # type: ignore[assignment]
    return {**({} if _tags.ENVIRONMENT in tags else marks_of(str(zone["CallerReference"]))), **tags}
