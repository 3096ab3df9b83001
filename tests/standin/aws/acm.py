"""ACM: details appear late, a certificate is issued once the world finds its CNAMEs, and none that is in use is deleted."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from moto.acm.models import CertBundle, acm_backends
from moto.elbv2.models import elbv2_backends

from tests.standin.aws import public_dns
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.route53 import normal

NAME = re.compile(r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])")
LISTED_UNASKED = ("RSA_1024", "RSA_2048")
AMAZON = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")
VALID = timedelta(days=198)
NAMES_QUOTA = 10

CertBundle.check = lambda self: None  # moto issues after a minute, whatever DNS says


def backend(call: Call) -> Any:
    return acm_backends[call.account][call.region]


@answers("acm", "RequestCertificate")
def request_certificate(call: Call) -> dict[str, Any]:
    names = _names(call)
    token = call.get("IdempotencyToken")
    for known in backend(call)._certificates.values():
        if token and getattr(known, "token", None) == token and known.requested == names:
            return {"CertificateArn": known.arn}
    call.parameters.pop("IdempotencyToken", None)
    arn = backend(call).request_certificate(
        domain_name=names[0],
        idempotency_token=None,
        subject_alt_names=names[1:],
        tags=call.get("Tags", []),
        cert_authority_arn=None,
        cert_options=None,
    )
    bundle = backend(call)._certificates[arn]
    bundle.requested, bundle.token, bundle.users = names, token, {}
    bundle.key_algorithm = call.get("KeyAlgorithm", "RSA_2048")
    bundle.requested_at, bundle.issued_at, bundle.failure = datetime.now(timezone.utc), None, None
    bundle.details, bundle.renewal = False, None
    clock = call.world.clock
    clock.after("acm:details", lambda: setattr(bundle, "details", True))
    clock.after("acm:certificate", lambda: _validate(call, bundle))
    clock.after("acm:validation-timeout", lambda: _time_out(bundle))
    return {"CertificateArn": arn}


def _names(call: Call) -> list[str]:
    names = [call.get("DomainName"), *call.get("SubjectAlternativeNames", [])]
    for name in names:
        if not NAME.fullmatch(name):
            message = f"1 validation error detected: Value '{name}' at 'domainName' failed to satisfy constraint: {NAME.pattern}"
            raise AwsError("ValidationException", message)
    names = list(dict.fromkeys(name.lower() for name in names))
    if len(names) > NAMES_QUOTA:
        raise AwsError("LimitExceededException", f"Certificate can have at most {NAMES_QUOTA} names")
    if len(names[0]) > 64:
        raise AwsError("InvalidDomainValidationOptionsException", "The first domain name can be no longer than 64 octets.")
    return names


def _validate(call: Call, bundle: Any) -> bool:
    """Looks as the world does; False to look again later."""
    if bundle.status != "PENDING_VALIDATION" or bundle.arn not in backend(call)._certificates:
        return True
    records = [_record(call, name) for name in bundle.requested]
    if any(normal(record["Value"]) not in map(normal, public_dns.values(record["Name"], "CNAME")) for record in records):
        return False
    if any(not may_issue(name) for name in bundle.requested):
        bundle.status, bundle.failure = "FAILED", "CAA_ERROR"
        return True
    bundle.status, bundle.issued_at = "ISSUED", datetime.now(timezone.utc)
    return True


def _time_out(bundle: Any) -> None:
    if bundle.status == "PENDING_VALIDATION":
        bundle.status = "VALIDATION_TIMED_OUT"


def may_issue(name: str) -> bool:
    """Whether the nearest CAA records let Amazon issue."""
    wildcard, place = name.startswith("*."), normal(name).removeprefix("*.")
    while place:
        properties = [value.split(None, 2) for value in public_dns.values(place, "CAA")]
        if properties:
            issue = [value.strip('"') for _flags, tag, value in properties if tag == "issue"]
            wild = [value.strip('"') for _flags, tag, value in properties if tag == "issuewild"]
            relevant = wild if wildcard and wild else issue
            return not relevant or any(value.split(";")[0].strip() in AMAZON for value in relevant)
        place = place.partition(".")[2]
    return True


def _record(call: Call, name: str) -> dict[str, str]:
    """The same for every certificate of a name in the account, and for its wildcard."""
    bare = normal(name).removeprefix("*.")
    digest = hashlib.sha256(f"{call.account} {bare}".encode()).hexdigest()
    return {"Name": f"_{digest[:32]}.{bare}.", "Type": "CNAME", "Value": f"_{digest[32:]}.acm-validations.aws."}


@answers("acm", "DescribeCertificate")
def describe_certificate(call: Call) -> dict[str, Any]:
    bundle = _bundle(call)
    if not hasattr(bundle, "requested"):
        return call.moto()
    known = {
        "CertificateArn": bundle.arn,
        "DomainName": bundle.requested[0],
        "SubjectAlternativeNames": bundle.requested,
        "DomainValidationOptions": [_validation(call, bundle, name) for name in bundle.requested],
        "CreatedAt": bundle.requested_at,
        "Status": bundle.status,
        "KeyAlgorithm": bundle.key_algorithm.replace("RSA_", "RSA-"),
        "SignatureAlgorithm": "SHA256WITHRSA",
        "InUseBy": _users(call, bundle),
        "Type": "AMAZON_ISSUED",
        "RenewalEligibility": "ELIGIBLE" if _users(call, bundle) else "INELIGIBLE",
        "Options": {"CertificateTransparencyLoggingPreference": "ENABLED", "Export": "DISABLED"},
    }
    if bundle.failure:
        known["FailureReason"] = bundle.failure
    if bundle.renewal:
        known["RenewalSummary"] = bundle.renewal
    if bundle.issued_at:
        known |= {"IssuedAt": bundle.issued_at, "NotBefore": bundle.issued_at, "NotAfter": bundle.issued_at + VALID}
        known |= {"Subject": f"CN={bundle.requested[0]}", "Issuer": "Amazon", "Serial": "0a:bc:de"}
    return {"Certificate": known}


def _validation(call: Call, bundle: Any, name: str) -> dict[str, Any]:
    status = {"ISSUED": "SUCCESS", "PENDING_VALIDATION": "PENDING_VALIDATION"}.get(bundle.status, "FAILED")
    option = {"DomainName": name, "ValidationDomain": name, "ValidationMethod": "DNS", "ValidationStatus": status}
    return {**option, "ResourceRecord": _record(call, name)} if bundle.details else option


@answers("acm", "ListCertificates")
def list_certificates(call: Call) -> dict[str, Any]:
    """Unless asked for others, those with RSA keys of at most 2048 bits."""
    kinds = (call.get("Includes") or {}).get("keyTypes") or LISTED_UNASKED
    statuses = call.get("CertificateStatuses")
    summaries = []
    for bundle in backend(call)._certificates.values():
        if statuses and bundle.status not in statuses:
            continue
        names = getattr(bundle, "requested", None) or [bundle.common_name, *bundle.sans]
        kind = getattr(bundle, "key_algorithm", "RSA_2048")
        if kind in kinds:
            summaries.append(
                {
                    "CertificateArn": bundle.arn,
                    "DomainName": names[0],
                    "SubjectAlternativeNameSummaries": names,
                    "HasAdditionalSubjectAlternativeNames": False,
                    "Status": bundle.status,
                    "Type": bundle.type,
                    "KeyAlgorithm": kind,
                    "InUse": bool(_users(call, bundle)),
                }
            )
    return {"CertificateSummaryList": summaries}


@answers("acm", "DeleteCertificate")
def delete_certificate(call: Call) -> dict[str, Any]:
    bundle = _bundle(call)
    if _users(call, bundle):
        raise AwsError("ResourceInUseException", f"Certificate {bundle.arn} in account {call.account} is in use.")
    backend(call)._certificates.pop(bundle.arn)
    return {}


def _bundle(call: Call) -> Any:
    arn = call.get("CertificateArn")
    if arn not in backend(call)._certificates:
        raise AwsError("ResourceNotFoundException", f"Could not find certificate {arn}.")
    return backend(call)._certificates[arn]


def _users(call: Call, bundle: Any) -> list[str]:
    """The load balancers whose listeners have it; one that has gone is listed for a moment longer."""
    now = {
        balancer.arn
        for balancer in elbv2_backends[call.account][call.region].load_balancers.values()
        for listener in balancer.listeners.values()
        if bundle.arn in (listener.certificates or [])
    }
    users = bundle.__dict__.setdefault("users", {})
    for arn in now:
        users[arn] = True
    for arn in [arn for arn, uses in users.items() if uses and arn not in now]:
        users[arn] = False
        call.world.clock.after("acm:in-use", partial(_forget, users, arn))
    return sorted(users)


def _forget(users: dict[str, bool], arn: str) -> None:
    """Unless it has the certificate again."""
    if not users.get(arn):
        users.pop(arn, None)
