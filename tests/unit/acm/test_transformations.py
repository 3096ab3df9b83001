"""What ACM's answers say."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.opta.platform.plugins.module_utils._acm import outputs, transformations
from ansible_collections.opta.platform.plugins.module_utils._acm.names import certificate_names, names_problem
from ansible_collections.opta.platform.plugins.module_utils._acm.usage import is_load_balancer
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY

NOW = datetime(2026, 11, 1, tzinfo=timezone.utc)
RECORD = {"Name": "_1.example.com.", "Type": "CNAME", "Value": "_2.acm-validations.aws."}


def certificate(**more):
    names = ["example.com", "*.example.com"]
    options = [{"DomainName": name, "ValidationStatus": "PENDING_VALIDATION", "ResourceRecord": RECORD} for name in names]
    known = {"DomainName": "example.com", "SubjectAlternativeNames": names, "DomainValidationOptions": options}
    return {**known, "Status": "PENDING_VALIDATION", "CertificateArn": "arn", **more}


def test_a_domain_and_its_wildcard_share_a_validation_record():
    expected = {"name": "_1.example.com", "type": "CNAME", "value": "_2.acm-validations.aws"}
    assert transformations.validation_records(certificate()) == [expected]
    there = [{"Name": "_1.example.com.", "Type": "CNAME", "ResourceRecords": [{"Value": "_2.ACM-validations.aws"}]}]
    assert transformations.present_records([expected], there) == [expected]
    other = [{**there[0], "ResourceRecords": [{"Value": "_3.acm-validations.aws."}]}]
    assert transformations.present_records([expected], other) == []


def test_validation_details_are_complete_when_every_name_has_a_record():
    assert transformations.has_details(certificate())
    assert not transformations.has_details(certificate(DomainValidationOptions=[]))
    late = [{"DomainName": "example.com", "ResourceRecord": RECORD}, {"DomainName": "*.example.com"}]
    assert not transformations.has_details(certificate(DomainValidationOptions=late))


def test_alternative_names_and_key_algorithm_are_read_from_a_certificate():
    assert transformations.alternative_names(certificate()) == ["*.example.com"]
    assert transformations.key_algorithm(certificate(KeyAlgorithm="RSA-2048")) == "RSA_2048"
    assert transformations.key_algorithm(certificate(KeyAlgorithm="EC-prime256v1")) == "EC_prime256v1"


@pytest.mark.parametrize(
    ("answer", "reported"),
    [
        ({}, "PENDING_VALIDATION of *.example.com, example.com"),
        ({"Status": "ISSUED"}, "ISSUED"),
        ({"Status": "FAILED", "FailureReason": "CAA_ERROR"}, "FAILED, CAA_ERROR"),
    ],
)
def test_status_of_a_certificate(answer, reported):
    assert transformations.status(certificate(**answer)) == reported


@pytest.mark.parametrize(
    ("answer", "reported"),
    [
        ({"RenewalEligibility": "INELIGIBLE"}, []),
        ({"RenewalEligibility": "INELIGIBLE", "InUseBy": ["lb"]}, ["not eligible for renewal"]),
        ({"RenewalSummary": {"RenewalStatus": "SUCCESS"}}, []),
        ({"RenewalSummary": {"RenewalStatus": "PENDING_AUTO_RENEWAL"}}, []),
        ({"RenewalSummary": {"RenewalStatus": "FAILED", "RenewalStatusReason": "CAA_ERROR"}}, ["FAILED (CAA_ERROR)"]),
        ({"RenewalSummary": {"RenewalStatus": "PENDING_VALIDATION"}}, ["renewal is PENDING_VALIDATION"]),
        ({"Status": "ISSUED", "NotAfter": NOW + timedelta(days=100)}, []),
        ({"Status": "ISSUED", "NotAfter": NOW + timedelta(days=9)}, ["expires in 9 days"]),
    ],
)
def test_an_unhealthy_renewal_is_reported(answer, reported):
    sentences = transformations.attention(certificate(**answer), NOW)
    assert len(sentences) == len(reported)
    assert all(part in sentence for part, sentence in zip(reported, sentences, strict=True))


def test_certificates_with_a_common_name_share_a_record():
    names = ["example.com", "*.example.com"]
    assert transformations.shares_a_name({"DomainName": "*.example.com"}, names)
    assert transformations.shares_a_name({"DomainName": "a.org", "SubjectAlternativeNameSummaries": ["example.com"]}, names)
    assert transformations.shares_a_name({"DomainName": "a.org", "HasAdditionalSubjectAlternativeNames": True}, names)
    assert not transformations.shares_a_name({"DomainName": "www.example.com"}, names)


def test_certificate_names_are_sorted_and_deduplicated():
    assert certificate_names("Example.com", True, ["b.example.com", "a.example.com", "example.com"]) == [
        "*.example.com",
        "a.example.com",
        "b.example.com",
    ]
    assert certificate_names("", True, []) == []
    assert names_problem("example.com", ["*.example.com"]) == ""
    assert "at most 100" in names_problem("example.com", [f"a{n}.example.com" for n in range(100)])


@pytest.mark.parametrize(
    ("arn", "is_one"),
    [
        ("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/a/b", True),
        ("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/classic", False),
        ("arn:aws:cloudfront::1:distribution/A", False),
    ],
)
def test_load_balancer_arns_are_recognized(arn, is_one):
    assert is_load_balancer(arn) is is_one


ZONE = {"zone_id": "Z1", "arn": "arn:zone", "name_servers": ["a", "b", "c", "d"]}


def test_outputs_of_each_certificate_state():
    assert outputs.outputs("", None, False, None) == outputs.NOTHING
    issued = {"arn": "arn:cert", "status": "ISSUED"}
    assert outputs.outputs("example.com", ZONE, True, issued)["certificate_arn"] == "arn:cert"
    pending = outputs.outputs("example.com", ZONE, True, {**issued, "status": "PENDING_VALIDATION"})
    assert (pending["certificate_arn"], pending["delegated"]) == ("", "true")
    planned = outputs.outputs("example.com", {**ZONE, "name_servers": KNOWN_AFTER_APPLY}, False, None)
    assert planned["name_servers"] == [KNOWN_AFTER_APPLY] * 4


def test_delegation_advice_names_the_parent_zone_of_the_account():
    lines = outputs.delegation_advice("staging.example.com", ["a", "b"], {"name": "example.com", "zone_id": "Z9"}, "why")
    assert "which is the zone Z9 of this account" in lines[1]
    assert lines[2:4] == ["staging.example.com. NS a.", "staging.example.com. NS b."]
    assert "where the domain is registered" in outputs.delegation_advice("example.com", ["a"], {"name": "", "zone_id": ""}, "why")[1]
