"""Inputs of the role dns_cert that cannot be right are told in one sentence each."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._preflight.dns_cert_rules import dns_cert_aws_rules, dns_cert_rules

DOMAIN = {"dns_cert_domain": "staging.example.com"}


@pytest.mark.parametrize(
    "given", [{}, {"dns_cert_domain": ""}, DOMAIN, {**DOMAIN, "dns_cert_subject_alternative_names": ["*.api.staging.example.com"]}]
)
def test_valid_inputs_are_accepted(given):
    assert dns_cert_rules(given) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"dns_cert_domain": "staging"}, "dns_cert_domain is 'staging', which is not a valid domain name"),
        ({"dns_cert_domain": "https://staging.example.com"}, "which is not a valid domain name"),
        ({"dns_cert_domain": "*.example.com"}, "omit the wildcard"),
        ({**DOMAIN, "dns_cert_subject_alternative_names": ["www.example.org"]}, "is not in staging.example.com"),
        ({**DOMAIN, "dns_cert_subject_alternative_names": ["a_b.staging.example.com"]}, "which is not a valid domain name"),
        ({"dns_cert_subject_alternative_names": ["www.example.org"]}, "needs dns_cert_domain"),
        ({**DOMAIN, "dns_cert_resolver": "dns.example.com"}, "dns_cert_resolver is 'dns.example.com'"),
    ],
)
def test_invalid_inputs_are_reported(given, sentence):
    (reported,) = dns_cert_rules(given)
    assert sentence in reported


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ({"domain_taken": True, "domain_owner": "it belongs to the environment production"}, "belongs to the environment production"),
        ({"domain_taken": True, "domain_owner": ""}, "dns_cert_adopt: true"),
        ({"domain_zone_ids": ["/hostedzone/Z2", "/hostedzone/Z1"]}, "there are 2 public hosted zones for staging.example.com: Z1, Z2."),
        ({"zone_domain": "old.example.com"}, "which cannot be renamed"),
    ],
)
def test_zones_of_the_account_are_validated_against_the_domain(found, sentence):
    (reported,) = dns_cert_aws_rules({**DOMAIN, "opta_environment": "staging"}, found)
    assert sentence in reported


def test_own_and_adopted_zones_are_accepted():
    assert dns_cert_aws_rules(DOMAIN, {"zone_domain": "staging.example.com", "domain_taken": False}) == []
    assert dns_cert_aws_rules({**DOMAIN, "dns_cert_adopt": True}, {"domain_taken": True, "domain_owner": ""}) == []
    assert dns_cert_aws_rules({}, {"zone_domain": "staging.example.com"}) == []
