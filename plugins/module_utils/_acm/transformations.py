# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What ACM's answers say: names, validation records, what has failed, what needs attention. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .._route53 import records

ISSUED, PENDING = "ISSUED", "PENDING_VALIDATION"
#: a certificate that is not valid now and never will be again
FAILED = ("FAILED", "VALIDATION_TIMED_OUT", "EXPIRED", "REVOKED", "INACTIVE")
DEFAULT_KEY_ALGORITHM = "RSA_2048"
#: ACM renews 45 to 60 days ahead: one that ends sooner has not been renewed
ATTENTION_DAYS = 30
RECORD_TTL_SECONDS = 300

REMEDIES = {
    "CAA_ERROR": "A CAA record forbids Amazon to issue certificates. Allow amazon.com in it, and run again.",
    "DOMAIN_NOT_ALLOWED": "Amazon considers the domain unsafe. Contact AWS Support, then run again.",
    "INVALID_PUBLIC_DOMAIN": "The domain is not publicly registered. Use a public domain.",
    "ADDITIONAL_VERIFICATION_REQUIRED": "AWS Support must release the domain. Open a case, then run again.",
}


def alternative_names(certificate: Mapping[str, Any]) -> list[str]:
    """The names besides the domain, in order."""
    domain = records.normal(certificate["DomainName"])
    return sorted({records.normal(name) for name in certificate.get("SubjectAlternativeNames") or []} - {domain})


def key_algorithm(certificate: Mapping[str, Any]) -> str:
    """As RequestCertificate takes it; DescribeCertificate writes it with a hyphen."""
    return str(certificate.get("KeyAlgorithm") or DEFAULT_KEY_ALGORITHM).replace("-", "_")


def validation_records(certificate: Mapping[str, Any]) -> list[dict[str, str]]:
    """The records that validate all names, each once: a domain and its wildcard share theirs. Without details, none."""
    found = {}
    for option in certificate.get("DomainValidationOptions") or []:
        record = option.get("ResourceRecord")
        if record:
            name = records.normal(record["Name"])
            found[name] = {"name": name, "type": record["Type"], "value": records.normal(record["Value"])}
    return [found[name] for name in sorted(found)]


def has_details(certificate: Mapping[str, Any]) -> bool:
    """Whether ACM shows the record of every name; it takes seconds after the request."""
    options = certificate.get("DomainValidationOptions") or []
    names = {records.normal(option["DomainName"]) for option in options if option.get("ResourceRecord")}
    desired = {records.normal(name) for name in (*(certificate.get("SubjectAlternativeNames") or []), certificate["DomainName"])}
    return bool(options) and desired <= names


def present_records(desired: Iterable[Mapping[str, str]], record_sets: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Those of the wanted records that a zone has."""
    there = {(records.normal(each["Name"]), each["Type"], records.normal(value)) for each in record_sets for value in records.values(each)}
    return [dict(each) for each in desired if (each["name"], each["type"], each["value"]) in there]


def record_set(record: Mapping[str, str]) -> dict[str, Any]:
    """As Route 53 takes a record that is to be made."""
    return {"Name": record["name"], "Type": record["type"], "TTL": RECORD_TTL_SECONDS, "ResourceRecords": [{"Value": record["value"]}]}


def zone_of(record_sets: Sequence[Mapping[str, Any]]) -> str:
    """The zone's name, by its start of authority."""
    return next((records.normal(each["Name"]) for each in record_sets if each["Type"] == "SOA"), "")


def shares_a_name(summary: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Whether another certificate may be validated by the same records: it has one of the names, with or without `*.` before it."""
    listed = {summary.get("DomainName"), *(summary.get("SubjectAlternativeNameSummaries") or [])}
    theirs = {records.normal(name).removeprefix("*.") for name in listed if name}
    return summary.get("HasAdditionalSubjectAlternativeNames") is True or bool(theirs & {name.removeprefix("*.") for name in names})


def status(certificate: Mapping[str, Any]) -> str:
    """AWS's word for how far it is, with its reason or the names that it waits for."""
    word = str(certificate["Status"])
    if certificate.get("FailureReason"):
        return f"{word}, {certificate['FailureReason']}"
    options = certificate.get("DomainValidationOptions") or []
    waiting = sorted({option["DomainName"] for option in options if option.get("ValidationStatus") == PENDING})
    return f"{word} of {', '.join(waiting)}" if word == PENDING and waiting else word


def attention(certificate: Mapping[str, Any], now: datetime | None = None) -> list[str]:
    """Sentences about a certificate whose renewal is not as it should be."""
    reported = []
    summary = certificate.get("RenewalSummary") or {}
    if summary.get("RenewalStatus") in {PENDING, "FAILED"}:
        reason = f" ({summary['RenewalStatusReason']})" if summary.get("RenewalStatusReason") else ""
        reported.append(
            f"its renewal is {summary['RenewalStatus']}{reason}: check the validation records and CAA records of its domain names."
        )
    if certificate.get("InUseBy") and certificate.get("RenewalEligibility") == "INELIGIBLE":
        reported.append("ACM reports that it is not eligible for renewal, although it is in use.")
    ends = certificate.get("NotAfter")
    if ends and certificate["Status"] == ISSUED:
        days = (ends - (now or datetime.now(timezone.utc))).days
        if days < ATTENTION_DAYS:
            reported.append(f"it expires in {days} days, on {ends:%Y-%m-%d}, and ACM has not renewed it.")
    return reported
