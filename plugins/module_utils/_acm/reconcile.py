# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reconcile or delete a certificate and those that it replaced.

A new certificate is issued before an old one goes: the old one is tagged superseded, and deleted once nothing uses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .. import _tags
from .._errors import Refused
from .._reconcile import ensure_present
from .._resource import KNOWN_AFTER_APPLY, Outcome
from .._route53 import api as route53_api
from .._route53 import records
from . import api, transformations, usage
from .certificate import REQUESTED_ANEW, SUPERSEDED, Certificate


def ensure_certificate(
    certificate: Certificate, desired: Mapping[str, Any], possible: bool, check_mode: bool, wait: bool, timeout_seconds: float
) -> list[Outcome]:
    """Bring the certificate to `wanted`, then see to those that it replaced. The first outcome is the certificate's.

    possible: whether DNS can validate now; while it cannot, nothing is requested or waited for, and what stands is kept.
    """
    notes: list[str] = []
    if not possible:
        found = certificate.find()
        if found is None:
            note = (
                f"{certificate.kind} {certificate.name} is not requested yet, because DNS "
                "cannot validate it. Run again after the delegation."
            )
            return [Outcome(certificate.kind, certificate.title, notes=[note])]
        if not certificate.as_desired(found):
            notes.append(f"{certificate.kind} {certificate.name} keeps its domain names until DNS can validate a new certificate.")
            desired = {name: value for name, value in desired.items() if name not in REQUESTED_ANEW}
    outcome = ensure_present(
        certificate, desired, check_mode=check_mode, adopt=certificate.adopt, wait=wait and possible, timeout_seconds=timeout_seconds
    )
    outcome.notes += notes
    if set(REQUESTED_ANEW) & set(outcome.attributes) and outcome.action == "update":
        outcome.action = "replace"
        if check_mode:
            unknown = dict.fromkeys((*certificate.computed, "validation_records"), KNOWN_AFTER_APPLY)
            outcome.resource = {**(outcome.resource or {}), **unknown}
    issued = (outcome.resource or {}).get("status") == transformations.ISSUED
    return [outcome, *(_replaced(certificate, outcome, check_mode) if issued else [])]


def _replaced(certificate: Certificate, outcome: Outcome, check_mode: bool) -> list[Outcome]:
    """What becomes of the environment's other certificates of the domain; without ownership tags nobody knows which these are."""
    if not certificate.owner:
        return []
    current = (outcome.resource or {}).get("arn")
    outcomes = []
    for other in certificate.known:
        arn = other["CertificateArn"]
        if arn == current:
            continue
        title = f"{certificate.name} {arn.rsplit('/', 1)[-1]}"
        users = other.get("InUseBy") or []
        if not users:
            outcomes.append(Outcome(certificate.kind, title, action="delete", before={"arn": arn}))
            if not check_mode:
                remove(certificate, other)
        else:
            reported = f"{certificate.kind} {title} is superseded. A later run deletes it once {', '.join(users)} uses the new certificate."
            done = Outcome(certificate.kind, title, notes=[reported])
            if SUPERSEDED not in other["tags"]:
                done.action, done.attributes, done.after = "update", ["tags"], {"tags": {SUPERSEDED: KNOWN_AFTER_APPLY}}
                if not check_mode:
                    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
                    api.add_tags(certificate.acm, arn, {SUPERSEDED: now})
            outcomes.append(done)
    return outcomes


def ensure_no_certificate(
    certificate: Certificate, load_balancing: Any, check_mode: bool, timeout_seconds: float
) -> tuple[list[Outcome], list[str]]:
    """Delete the environment's certificates of the domain. Also answers the names of the validation records that went, or would go."""
    own = certificate.own()
    if not certificate.owner and len(own) > 1:
        raise Refused(
            f"there are {len(own)} certificates for {certificate.name}, and no tags to select one: "
            "set its ownership tags, for example opta:environment."
        )
    usage.refuse_if_used(load_balancing, certificate.name, own, _tags.marks(certificate.owner), check_mode)
    outcomes, names = [], set()
    deleting = [each["CertificateArn"] for each in own]
    for each in own:
        arn = each["CertificateArn"]
        title = certificate.name if len(own) == 1 else f"{certificate.name} {arn.rsplit('/', 1)[-1]}"
        outcomes.append(Outcome(certificate.kind, title, action="delete", before={"arn": arn, "status": each["Status"]}))
        names |= {record["name"] for record in spare_records(certificate, each, deleting)}
    if not check_mode:
        for each in own:
            if each.get("InUseBy"):
                usage.wait_until_unused(certificate.acm, certificate.name, each["CertificateArn"], timeout_seconds)
            remove(certificate, each)
    return outcomes or [Outcome(certificate.kind, certificate.title)], sorted(names)


def remove(certificate: Certificate, found: Mapping[str, Any]) -> None:
    """Delete a certificate; its records first, for without it nobody knows them."""
    record_sets = certificate.zone_records()
    spare = {(record["name"], record["type"]) for record in spare_records(certificate, found, [found["CertificateArn"]])}
    gone = [each for each in record_sets if (records.normal(each["Name"]), each["Type"]) in spare]
    if gone:
        route53_api.change_resource_record_sets(certificate.route53, str(certificate.hosted_zone_id), records.as_changes("DELETE", gone))
    api.delete_certificate(certificate.acm, found["CertificateArn"])


def spare_records(certificate: Certificate, found: Mapping[str, Any], deleting: Sequence[str]) -> list[dict[str, str]]:
    """The validation records that nobody needs once the certificates `going` are gone: no other one of the account lists them."""
    spare = certificate.expected_records(found)
    names = [records.normal(name) for name in (found["DomainName"], *(found.get("SubjectAlternativeNames") or []))]
    for client in (certificate.acm, *certificate.elsewhere()):
        for summary in api.list_certificates(client):
            if summary["CertificateArn"] not in deleting and transformations.shares_a_name(summary, names):
                theirs = transformations.validation_records(api.describe_certificate(client, summary["CertificateArn"]) or {})
                spare = [record for record in spare if record not in theirs]
    return spare
