# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CORS rules of a bucket as the option has them and as S3 has them. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")

#: option of a rule -> member of S3's rule
MEMBERS = {
    "id": "ID",
    "allowed_origins": "AllowedOrigins",
    "allowed_methods": "AllowedMethods",
    "allowed_headers": "AllowedHeaders",
    "expose_headers": "ExposeHeaders",
    "max_age_seconds": "MaxAgeSeconds",
}


def rule(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """S3's CORSRule of one of the option's rules."""
    return {member: wanted[name] for name, member in MEMBERS.items() if wanted.get(name) not in (None, [], "")}


def option(found: Mapping[str, Any]) -> dict[str, Any]:
    """The option's rule of S3's CORSRule; only what is set."""
    return {name: found[member] for name, member in MEMBERS.items() if found.get(member) not in (None, [], "")}


def same(found: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lists mean the same. The order of rules counts, for the first that fits is taken; that of a rule's lists does not."""

    def normal(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{name: sorted(value) if isinstance(value, list) else value for name, value in option(rule(each)).items()} for each in rules]

    return normal(found) == normal(wanted)
