# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A public certificate of ACM that DNS records validate: what it is, how it is requested and changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import _tags
from .._resource import KNOWN_AFTER_APPLY, Attribute, Resource, State
from .._route53 import api as route53_api
from .._route53 import records
from .._wait import wait_for
from . import api, transformations

SUPERSEDED = "opta:superseded"
DETAILS_SECONDS = 120.0
#: a change of these is another certificate
REQUESTED_ANEW = ("subject_alternative_names", "key_algorithm")


def keeping_others(found: Mapping[str, str] | None, desired: Mapping[str, Any]) -> dict[str, str]:
    """A certificate that is wanted again is superseded no more."""
    return _tags.keeping_others({name: value for name, value in (found or {}).items() if name != SUPERSEDED}, desired)


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """The table of a certificate's attributes."""
    return (
        Attribute("subject_alternative_names", transformations.alternative_names),
        Attribute("key_algorithm", transformations.key_algorithm),
        Attribute("status", lambda c: c["Status"]),
        Attribute("validation_records", lambda c: c["present_records"]),
        Attribute("tags", lambda c: c["tags"], merge=_tags.only_desired if purge_tags else keeping_others),
    )


class Certificate(Resource):
    """The environment's certificate of a domain, found by its tags; of several, the one with the wanted names.

    hosted_zone_id: where its validation records are created; None when somebody else creates them.
    waiting: whether it is to be issued when the module ends.
    elsewhere: gives clients of ACM in other regions, whose certificates may share the validation records.
    """

    kind = "ACM certificate"
    computed = ("arn", "in_use_by", "not_after", "renewal_status")

    def __init__(
        self,
        acm: Any,
        route53: Any,
        domain: str,
        desired: Mapping[str, Any],
        hosted_zone_id: str | None = None,
        waiting: bool = True,
        adopt: bool = False,
        purge_tags: bool = False,
        elsewhere: Callable[[], Sequence[Any]] = tuple,
    ) -> None:
        self.acm, self.route53, self.elsewhere = acm, route53, elsewhere
        self.name = records.normal(domain)
        self.desired = desired
        self.hosted_zone_id = hosted_zone_id
        self.waiting = waiting
        self.adopt = adopt
        self.attributes = attributes(purge_tags)
        self.owner = _tags.owner(desired.get("tags"))
        self.zone_name = ""
        self._made: str | None = None
        self._validating = False
        #: the certificates of the domain with our tags, as they were found
        self.known: list[dict[str, Any]] = []

    def own(self) -> list[dict[str, Any]]:
        """All certificates of the domain with our tags, superseded and failed ones too; the newest first."""
        return [each for each in self._of_the_domain() if self.owner.items() <= each["tags"].items()]

    def _of_the_domain(self) -> list[dict[str, Any]]:
        named = [s["CertificateArn"] for s in api.list_certificates(self.acm) if records.normal(s.get("DomainName", "")) == self.name]
        described = [(arn, api.describe_certificate(self.acm, arn)) for arn in named]
        found = [{**each, "tags": api.list_tags(self.acm, arn)} for arn, each in described if each and each.get("Type") == "AMAZON_ISSUED"]
        return sorted(found, key=lambda each: each["CreatedAt"], reverse=True)

    def as_desired(self, found: Mapping[str, Any]) -> bool:
        """Whether a certificate has the names and the kind of key that are wanted."""
        given = [a for a in self.attributes if a.name in REQUESTED_ANEW and self.desired.get(a.name) is not None]
        return not any(a.differs(found, self._normal(a.name, self.desired[a.name])) for a in given)

    @staticmethod
    def _normal(name: str, value: Any) -> Any:
        return sorted({records.normal(each) for each in value}) if name == "subject_alternative_names" else value

    def find(self) -> Mapping[str, Any] | None:
        if self._made is None:
            found = self._choose()
            return self._read(found) if found else None
        certificate = api.describe_new_certificate(self.acm, self._made)
        if self._validating and certificate["Status"] == transformations.PENDING:
            return certificate
        return self._read({**certificate, "tags": api.list_tags(self.acm, self._made)})

    def _choose(self) -> dict[str, Any] | None:
        """A certificate with the wanted names, issued before pending; else the newest that still holds."""
        self.known = self.own()
        own = [each for each in self.known if each["Status"] not in transformations.FAILED]
        if not own and self.adopt:
            own = [each for each in self._of_the_domain() if each["Status"] == transformations.ISSUED and self.as_desired(each)]
        fitting = [each for each in own if self.as_desired(each)]
        fitting.sort(key=lambda each: (each["Status"] != transformations.ISSUED, SUPERSEDED in each["tags"]))
        standing = [each for each in own if SUPERSEDED not in each["tags"]]
        return next(iter([*fitting, *standing]), None)

    def _read(self, certificate: Mapping[str, Any]) -> dict[str, Any]:
        ends = certificate.get("NotAfter")
        record_sets = self.zone_records()
        expected = self.expected_records(certificate)
        return {
            **certificate,
            "arn": certificate["CertificateArn"],
            "in_use_by": list(certificate.get("InUseBy") or []),
            "not_after": ends.isoformat() if ends else None,
            "renewal_status": (certificate.get("RenewalSummary") or {}).get("RenewalStatus"),
            "present_records": transformations.present_records(expected, record_sets),
        }

    def zone_records(self) -> list[dict[str, Any]]:
        """All record sets of the hosted zone; none of one that a plan does not know yet."""
        if self.hosted_zone_id in {None, "", KNOWN_AFTER_APPLY}:
            return []
        found = route53_api.list_resource_record_sets(self.route53, self.hosted_zone_id)
        self.zone_name = transformations.zone_of(found)
        return found

    def expected_records(self, certificate: Mapping[str, Any]) -> list[dict[str, str]]:
        """The validation records that are ours to make: those within the hosted zone."""
        if not self.hosted_zone_id:
            return []
        if not self.zone_name:
            self.zone_records()
        zone = self.zone_name or self.name
        return [record for record in transformations.validation_records(certificate) if records.within(record["name"], zone)]

    def state(self, found: Mapping[str, Any]) -> State:
        if found["Status"] in transformations.FAILED:
            return State.FAILED
        return State.IN_PROGRESS if self._validating and found["Status"] == transformations.PENDING else State.READY

    def status(self, found: Mapping[str, Any] | None) -> str:
        return "gone" if found is None else transformations.status(found)

    def remedy(self, found: Mapping[str, Any]) -> str:
        return transformations.REMEDIES.get(str(found.get("FailureReason")), "Run again to request a new certificate.")

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        completed = {name: self._normal(name, value) for name, value in desired.items()}
        if self.waiting:
            completed["status"] = transformations.ISSUED
        expected = self.expected_records(found) if found and self.as_desired(found) else []
        return {**completed, "validation_records": expected} if expected else completed

    def create(self, desired: Mapping[str, Any]) -> None:
        names = list(desired.get("subject_alternative_names") or [])
        request: dict[str, Any] = {"DomainName": self.name, "ValidationMethod": "DNS"}
        if names:
            request["SubjectAlternativeNames"] = [self.name, *names]
        if desired.get("key_algorithm"):
            request["KeyAlgorithm"] = desired["key_algorithm"]
        if desired.get("tags"):
            request["Tags"] = _tags.as_list({name: value for name, value in desired["tags"].items() if name != SUPERSEDED})
        self._made = api.request_certificate(self.acm, IdempotencyToken=self._token(request), **request)
        described = wait_for(
            self._look_for_details,
            f"the details of {self.kind} {self.name}",
            DETAILS_SECONDS,
            transformations.status,
            longest_delay_seconds=2.0,
        )
        self._make_records(described)
        self._validating = self.waiting

    def _token(self, request: Mapping[str, Any]) -> str:
        """The same for a run that repeats a request whose answer was lost; another one once there is another certificate, or zone."""
        names = sorted(request.get("SubjectAlternativeNames") or [])
        known = sorted(each["CertificateArn"] for each in self.known)
        parts = [self.name, *sorted(self.owner.values()), *names, request.get("KeyAlgorithm", ""), str(self.hosted_zone_id), *known]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    def _look_for_details(self) -> tuple[bool, dict[str, Any]]:
        certificate = api.describe_new_certificate(self.acm, str(self._made))
        return transformations.has_details(certificate) or certificate["Status"] in transformations.FAILED, certificate

    def _make_records(self, certificate: Mapping[str, Any]) -> None:
        record_sets = self.zone_records()
        expected = self.expected_records(certificate)
        present = transformations.present_records(expected, record_sets)
        missing = [transformations.record_set(record) for record in expected if record not in present]
        if missing:
            route53_api.change_resource_record_sets(self.route53, str(self.hosted_zone_id), records.as_changes("UPSERT", missing))

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if set(REQUESTED_ANEW) & set(names):
            kept = {a.name: a.read(found) for a in self.attributes if a.name in REQUESTED_ANEW}
            self.create({**kept, **desired})
            return
        self._made = found["arn"]
        if "tags" in names:
            _tags.change(self.acm, found["arn"], found["tags"], desired["tags"], api.add_tags, api.remove_tags)
        if {"validation_records", "status"} & set(names):
            _done, described = self._look_for_details()
            if not transformations.has_details(described):
                described = wait_for(
                    self._look_for_details, f"the details of {self.kind} {self.name}", DETAILS_SECONDS, transformations.status
                )
            self._make_records(described)
            self._validating = self.waiting

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        reported = [f"{self.kind} {self.name} ({found['arn']}): {sentence}" for sentence in transformations.attention(found)]
        elsewhere = [r for r in transformations.validation_records(found) if r not in self.expected_records(found)]
        if self.hosted_zone_id and elsewhere and found["Status"] == transformations.PENDING:
            records_told = ", ".join(f"{r['name']} CNAME {r['value']}" for r in elsewhere)
            reported.append(f"{self.kind} {self.name} requires DNS records outside its hosted zone, which you must create: {records_told}.")
        return reported
