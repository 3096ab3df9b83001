# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which names a certificate can have. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._route53.records import name_problem, normal

#: ACM's default quota is 10; it can be raised to 100
MOST_NAMES = 100
#: the longest that a certificate's common name can be (RFC 5280)
LONGEST_DOMAIN = 64


def names_problem(
    domain: str, alternative_names: Sequence[Any], what: str = "domain_name", others: str = "subject_alternative_names"
) -> str:
    """A sentence about the first name that ACM would refuse; empty when there is none."""
    problem = name_problem(str(domain).removeprefix("*."))
    if problem:
        return f"{what} is {domain!r}, which is not a valid domain name: {problem}. For example staging.example.com."
    if len(normal(domain)) > LONGEST_DOMAIN:
        return f"{what} is {domain!r}: ACM allows at most {LONGEST_DOMAIN} characters for the first domain name of a certificate."
    for name in alternative_names:
        problem = name_problem(str(name).removeprefix("*."))
        if problem:
            return f"{others} has {name!r}, which is not a valid domain name: {problem}. For example *.staging.example.com."
    if len(alternative_names) >= MOST_NAMES:
        return f"{others} has {len(alternative_names)} names; ACM allows at most {MOST_NAMES}, including the domain."
    return ""


def certificate_names(domain: str, wildcard: bool, further: Sequence[str]) -> list[str]:
    """The names of a certificate besides its domain, each once, in order."""
    given = {normal(name) for name in further} | ({f"*.{normal(domain)}"} if domain and wildcard else set())
    return sorted(given - {normal(domain)})
