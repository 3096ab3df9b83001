"""What answers of the DNS mean."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._dns import caa
from ansible_collections.opta.platform.plugins.module_utils._dns.addresses import parse_address
from ansible_collections.opta.platform.plugins.module_utils._dns.delegation import classify_delegation
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError

DESIRED = {"ns-1", "ns-2", "ns-3", "ns-4"}


@pytest.mark.parametrize(
    ("named", "delegated", "reason"),
    [
        (["ns-1", "ns-2", "ns-3", "ns-4"], True, ""),
        (["ns-1", "ns-2"], True, ""),
        ([], False, "has no NS records for d"),
        (None, False, "no DNS server answers for d"),
        (["ns-1", "other"], False, "delegates d to other, not to the name servers of the hosted zone"),
    ],
)
def test_delegation_is_classified_by_name_servers(named, delegated, reason):
    seen = classify_delegation("d", DESIRED, named, "the resolver r")
    assert seen.delegated is delegated
    assert reason in seen.reason
    assert delegated or "queried: the resolver r" in seen.reason


@pytest.mark.parametrize(
    ("records", "name", "wildcard"),
    [
        ([], True, True),
        ([("iodef", "mailto:a@example.com")], True, True),
        ([("issue", "letsencrypt.org")], False, False),
        ([("issue", "letsencrypt.org"), ("issue", "amazon.com")], True, True),
        ([("issue", "amazonaws.com; account=1")], True, True),
        ([("issue", ";")], False, False),
        ([("issue", "amazon.com"), ("issuewild", ";")], True, False),
        ([("issue", "letsencrypt.org"), ("issuewild", "amazontrust.com")], False, True),
        ([("issuewild", "letsencrypt.org")], True, False),
    ],
)
def test_caa_records_allow_or_exclude_amazon(records, name, wildcard):
    assert (caa.allows(records, wildcard=False), caa.allows(records, wildcard=True)) == (name, wildcard)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
    ],
)
def test_resolver_addresses_are_parsed(text, address):
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["dns.example.com", "192.0.2.1:domain", "192.0.2", "[2001:db8::1]x"])
def test_an_invalid_resolver_address_is_reported(text):
    with pytest.raises(PlatformError, match=r"192\.0\.2\.53"):
        parse_address(text)
