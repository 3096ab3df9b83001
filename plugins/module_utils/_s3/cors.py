# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CORS rules of a bucket as the option has them and as S3 has them. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


def errors(rules: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A sentence for each rule that S3 refuses (S3 API, CORSRule)."""
    for each in rules:
        for origin in each.get("allowed_origins") or []:
            if str(origin).count("*") > 1:
                yield f"cors_rules: the allowed origin {origin} has more than one *, for example https://*.example.com."
        unknown = sorted({str(method) for method in each.get("allowed_methods") or []} - set(METHODS))
        if unknown:
            yield f"cors_rules: allowed_methods has {', '.join(unknown)}; there are {', '.join(METHODS)}."


def same(found: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lists mean the same. The order of rules counts, for the first that fits is taken; that of a rule's lists does not."""

    def normal(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{name: sorted(value) if isinstance(value, list) else value for name, value in option(rule(each)).items()} for each in rules]

    return normal(found) == normal(wanted)
