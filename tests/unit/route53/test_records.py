"""Names and record sets of a zone."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._route53 import records


@pytest.mark.parametrize("domain", ["example.com", "a.b.example.co.uk", "EXAMPLE.com.", "1and1.de", "xn--mnchen-3ya.de"])
def test_valid_domains_are_accepted(domain):
    assert records.name_problem(domain) == ""


@pytest.mark.parametrize(
    ("domain", "part"),
    [
        ("", "two labels"),
        ("staging", "two labels"),
        ("a_b.com", "'a_b'"),
        ("-a.com", "'-a'"),
        ("a..com", "''"),
        ("10.0.0.1", "number"),
        (".".join(["a" * 60] * 5), "253"),
        (7, "not a string"),
    ],
)
def test_invalid_domains_are_refused(domain, part):
    assert part in records.name_problem(domain)


def test_names_are_compared_without_escapes_and_dots():
    assert records.normal("\\052.Example.com.") == "*.example.com"
    assert records.within("a.example.com", "example.com.")
    assert not records.within("badexample.com", "example.com")


def test_the_nearest_parent_zone_is_found():
    zones = [{"Name": "com."}, {"Name": "example.com."}, {"Name": "a.example.com."}, {"Name": "other.com."}]
    assert records.nearest_parent("a.example.com", zones) == {"Name": "example.com."}
    assert records.nearest_parent("a.example.org", zones) is None


def record(name, kind, *values):
    return {"Name": f"{name}.", "Type": kind, "ResourceRecords": [{"Value": value} for value in values]}


OWN = [record("example.com", "NS", "ns-1"), record("example.com", "SOA", "ns-1 admin 1 2 3 4 5")]


def test_foreign_records_prevent_deletion_of_the_zone():
    foreign = [record("mail.example.com", "A", "192.0.2.1"), record("sub.example.com", "NS", "ns-2")]
    assert records.beyond_the_zones_own([*OWN, *foreign], "example.com") == foreign
    assert records.describe_record_sets(foreign) == ["mail.example.com A", "sub.example.com NS"]


def note(name, owner):
    return record(name, "TXT", f'"heritage=external-dns,external-dns/owner={owner},external-dns/resource=service/a/b"')


@pytest.mark.parametrize(
    ("noted", "name", "kind"),
    [
        ("a-extdns.hello.example.com", "hello.example.com", "A"),
        ("cname-extdns.hello.example.com", "hello.example.com", "CNAME"),
        ("a-extdns.example.com", "example.com", "A"),
        ("a-hello.example.com", "hello.example.com", "A"),
    ],
)
def test_records_of_external_dns_are_recognized_by_owner(noted, name, kind):
    made = [note(noted, "ours"), record(name, kind, "192.0.2.1")]
    others = [record(f"x{name}", kind, "192.0.2.1"), record(name, "MX", "1 mail"), note("a-extdns.z.example.com", "theirs")]
    assert records.of_external_dns([*others, *made], "ours") == made
    assert records.of_external_dns([*others, *made], "") == []


def test_registry_records_of_aliases_match_external_dns_0_21():
    """registry/txt/registry.go and provider/aws/aws.go: A is noted as CNAME, AAAA as itself; a record `extdns.…` is somebody else's."""
    target = {"HostedZoneId": "Z1", "DNSName": "lb.elb.eu-west-1.amazonaws.com", "EvaluateTargetHealth": True}
    aliases = [{"Name": "\\052.example.com.", "Type": kind, "AliasTarget": target} for kind in ("A", "AAAA")]
    notes = [note(f"{kind}-extdns.\\052.example.com", "ours") for kind in ("cname", "aaaa")]
    theirs = {**aliases[0], "Name": "extdns.\\052.example.com."}
    assert records.of_external_dns([*aliases, *notes, theirs], "ours") == [*notes, *aliases]


def test_the_registry_record_of_an_alias_has_the_type_cname():
    target = {"HostedZoneId": "Z1", "DNSName": "lb.elb.eu-west-1.amazonaws.com", "EvaluateTargetHealth": True}
    alias = {"Name": "hello.example.com.", "Type": "A", "AliasTarget": target}
    plain = record("hello.example.com", "AAAA", "2001:db8::1")
    noted = note("cname-extdns.hello.example.com", "ours")
    assert records.of_external_dns([alias, plain, noted], "ours") == [noted, alias]
