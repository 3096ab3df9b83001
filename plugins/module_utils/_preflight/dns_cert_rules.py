# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold of the inputs of the role dns_cert, before AWS is asked and after. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import PlatformError


def dns_cert_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each rule broken."""
    from .._acm.names import names_problem  # noqa: PLC0415
    from .._dns.addresses import parse_address  # noqa: PLC0415
    from .._route53.records import within  # noqa: PLC0415

    sentences = []
    domain, further = given.get("dns_cert_domain") or "", given.get("dns_cert_subject_alternative_names") or []
    if given.get("dns_cert_resolver"):
        try:
            parse_address(str(given["dns_cert_resolver"]))
        except PlatformError as error:
            sentences.append(f"dns_cert_{error}")
    if not domain:
        return [
            *sentences,
            *(["dns_cert_subject_alternative_names needs dns_cert_domain, for example staging.example.com."] if further else []),
        ]
    problem = names_problem(domain, further, "dns_cert_domain", "dns_cert_subject_alternative_names")
    if not problem and str(domain).startswith("*."):
        problem = f"dns_cert_domain is {domain!r}: omit the wildcard; dns_cert_wildcard_enabled adds it to the certificate."
    if problem:
        return [*sentences, problem]
    outside = sorted(str(name) for name in further if not within(str(name).removeprefix("*."), domain))
    if outside:
        sentences.append(
            f"dns_cert_subject_alternative_names has {', '.join(outside)}, which is not in {domain}: "
            f"the hosted zone cannot validate it. Use names such as api.{domain}."
        )
    return sentences


def dns_cert_aws_rules(given: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Rules that need to know whose zones the account has."""
    from .._route53.records import normal, several_zones  # noqa: PLC0415

    domain = normal(str(given.get("dns_cert_domain") or ""))
    if not domain:
        return []
    if found.get("domain_taken") and found.get("domain_owner"):
        example = f"{given.get('opta_environment') or 'staging'}.{domain}"
        return [
            f"dns_cert_domain is {domain}, but the hosted zone for it in this account belongs to another owner: {found['domain_owner']}. "
            f"Use a different domain for this environment, for example {example}."
        ]
    if len(found.get("domain_zone_ids") or []) > 1:
        return [f"dns_cert_domain is {domain}: {several_zones(domain, found['domain_zone_ids'])}"]
    if found.get("domain_taken") and not given.get("dns_cert_adopt"):
        return [
            f"dns_cert_domain is {domain}, and this account has a hosted zone for it that this collection did not create: "
            "set dns_cert_adopt: true to adopt it, or use another domain."
        ]
    standing = found.get("zone_domain")
    if standing and standing != domain:
        return [
            f"dns_cert_domain is {domain}, but the environment has the hosted zone {standing}, which cannot be renamed: "
            f"delete it first with the playbook destroy and --tags dns_cert, or keep {standing}."
        ]
    return []
