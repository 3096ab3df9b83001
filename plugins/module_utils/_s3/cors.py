# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CORS rules of a bucket as the option has them and as S3 has them. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")
#: S3 refuses other letters and wildcards in headers that a page may read (cloudserver, pull request 497; neuroglancer, issue 788)
EXPOSED = re.compile(r"[A-Za-z0-9-]+")

#: option of a rule -> member of S3's rule
MEMBERS = {
    "id": "ID",
    "allowed_origins": "AllowedOrigins",
    "allowed_methods": "AllowedMethods",
    "allowed_headers": "AllowedHeaders",
    "expose_headers": "ExposeHeaders",
    "max_age_seconds": "MaxAgeSeconds",
}


def rule(desired: Mapping[str, Any]) -> dict[str, Any]:
    """S3's CORSRule of one of the option's rules."""
    return {member: desired[name] for name, member in MEMBERS.items() if desired.get(name) not in (None, [], "")}


def option(found: Mapping[str, Any]) -> dict[str, Any]:
    """The option's rule of S3's CORSRule; only what is set."""
    return {name: found[member] for name, member in MEMBERS.items() if found.get(member) not in (None, [], "")}


def same(found: Sequence[Mapping[str, Any]], desired: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lists mean the same. The order of rules counts, for the first that fits is taken; that of a rule's lists does not."""

    def normal(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{name: sorted(value) if isinstance(value, list) else value for name, value in option(rule(each)).items()} for each in rules]

    return normal(found) == normal(desired)


def errors(rules: Sequence[Mapping[str, Any]], where: str = "cors_rules") -> list[str]:
    """A sentence for each rule that S3 would refuse."""
    sentences: list[str] = []
    for each in rules:
        origins, methods = _listed(each.get("allowed_origins")), _listed(each.get("allowed_methods"))
        if not origins or not methods:
            sentences.append(f"{where}: each rule requires allowed_origins, for example [https://example.com], and allowed_methods.")
        sentences += [
            f"{where}: {method} is not a valid method; valid methods are {', '.join(METHODS)}."
            for method in methods
            if method not in METHODS
        ]
        for option, values in (("allowed_origins", origins), ("allowed_headers", _listed(each.get("allowed_headers")))):
            sentences += [
                f"{where}: {option} has {value!r}, but S3 allows one * per value: use one value for each."
                for value in values
                if str(value).count("*") > 1
            ]
        sentences += [
            f"{where}: expose_headers has {header!r}: list each header, for example ETag; S3 allows no wildcards here."
            for header in _listed(each.get("expose_headers"))
            if not EXPOSED.fullmatch(str(header))
        ]
    return sentences


def _listed(value: Any) -> list[str]:
    """A list as validation takes it: a text is one with commas."""
    return value.split(",") if isinstance(value, str) else list(value or [])
