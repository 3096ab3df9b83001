"""What ACM refuses is requested again once its remedy is carried out, and the refused certificate goes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._acm import api
from ansible_collections.opta.platform.plugins.module_utils._acm.certificate import Certificate
from ansible_collections.opta.platform.plugins.module_utils._acm.reconcile import ensure_certificate
from ansible_collections.opta.platform.plugins.module_utils._acm.transformations import REMEDIES
from ansible_collections.opta.platform.plugins.module_utils._errors import ResourceFailed

DOMAIN, OTHER = "staging.example.com", "staging.example.org"
TAGS = {"opta:environment": "staging"}
BEGIN = datetime(2026, 11, 1, tzinfo=timezone.utc)


class Acm:
    """ACM's answers by the functions of _acm.api; `failure` is why it issues nothing."""

    def __init__(self, monkeypatch):
        self.known: dict[str, Any] = {}
        self.tokens: list[str] = []
        self.failure = None
        monkeypatch.setattr(api, "list_certificates", lambda _client: [*self.known.values()])
        monkeypatch.setattr(api, "describe_certificate", lambda _client, arn: self.known[arn])
        monkeypatch.setattr(api, "describe_new_certificate", lambda _client, arn: self.known[arn])
        monkeypatch.setattr(api, "list_tags", lambda _client, _arn: TAGS)
        monkeypatch.setattr(api, "delete_certificate", lambda _client, arn: self.known.pop(arn))
        monkeypatch.setattr(api, "request_certificate", self.request)

    def request(self, _client, **request):
        assert request["IdempotencyToken"] not in self.tokens, "ACM would answer the certificate that failed"
        self.tokens.append(request["IdempotencyToken"])
        arn = f"arn:{len(self.tokens)}"
        created = BEGIN + timedelta(minutes=len(self.tokens))
        self.known[arn] = {"CertificateArn": arn, "DomainName": request["DomainName"], "Type": "AMAZON_ISSUED", "CreatedAt": created}
        record = {"Name": "_a.example.com.", "Type": "CNAME", "Value": "_b.acm-validations.aws."}
        self.known[arn]["DomainValidationOptions"] = [{"DomainName": request["DomainName"], "ResourceRecord": record}]
        self.known[arn] |= {"Status": "FAILED", "FailureReason": self.failure} if self.failure else {"Status": "ISSUED"}
        return arn

    def reconcile(self, domain=DOMAIN, check_mode=False):
        certificate = Certificate(None, None, domain, {"tags": TAGS}, hosted_zone_id=None, waiting=True)
        return ensure_certificate(certificate, {"tags": TAGS}, True, check_mode, True, 30)

    def statuses(self):
        return {(each["DomainName"], each["Status"]) for each in self.known.values()}


@pytest.fixture
def acm(monkeypatch):
    return Acm(monkeypatch)


@pytest.mark.parametrize("reason", [*sorted(set(REMEDIES) - {"INVALID_PUBLIC_DOMAIN"}), "OTHER"])
def test_a_failed_certificate_is_requested_again_once_its_cause_is_removed(acm, reason):
    acm.failure = reason
    with pytest.raises(ResourceFailed, match=r"FAILED, \w+.*[Rr]un again"):
        acm.reconcile()
    acm.failure = None
    planned = acm.reconcile(check_mode=True)
    assert acm.statuses() == {(DOMAIN, "FAILED")}
    done = acm.reconcile()
    assert [outcome.action for outcome in planned] == ["create", "delete"]
    assert [outcome.action for outcome in done] == ["create", "delete"]
    assert acm.statuses() == {(DOMAIN, "ISSUED")}
    assert [outcome.action for outcome in acm.reconcile()] == [None]


def test_a_changed_domain_gets_a_new_certificate_after_a_failure(acm):
    acm.failure = "INVALID_PUBLIC_DOMAIN"
    with pytest.raises(ResourceFailed, match="Use a public domain"):
        acm.reconcile()
    acm.failure = None
    assert [outcome.action for outcome in acm.reconcile(OTHER)] == ["create"]
    assert (OTHER, "ISSUED") in acm.statuses()
