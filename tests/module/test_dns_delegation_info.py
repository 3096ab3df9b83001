"""The module dns_delegation_info through Ansible, which asks the stand-in's DNS server."""

from __future__ import annotations

import pytest

from tests.support import domains


@pytest.fixture
def resolver(standin):
    return standin.environment["STANDIN_DNS"]


@pytest.fixture
def zone(standin, unique):
    """A zone that nobody delegates to yet: its domain, id and name servers."""
    domain = f"{unique('dns')}.example.com"
    made = standin.client("route53").create_hosted_zone(Name=domain, CallerReference=domain)
    return domain, made["HostedZone"]["Id"].rsplit("/", 1)[-1], made["DelegationSet"]["NameServers"]


def test_delegation_is_reported_as_missing_foreign_or_complete(standin, run_module, resolver, zone):
    domain, _zone_id, servers = zone
    options = {"name": domain, "name_servers": servers, "resolver": resolver}
    seen = run_module("dns_delegation_info", **options)
    assert (seen["delegated"], seen["name_servers"]) == (False, [])
    assert "the name servers of example.com" in seen["reason"]
    domains.delegate(standin, domain, ["ns1.elsewhere.example.org", servers[0].replace("ns-", "ns-9")])
    seen = run_module("dns_delegation_info", **options)
    assert not seen["delegated"]
    assert "ns1.elsewhere.example.org" in seen["reason"]
    assert "not to the name servers of the hosted zone" in seen["reason"]
    domains.delegate(standin, domain, servers)
    for check_mode in (True, False):
        seen = run_module("dns_delegation_info", check_mode=check_mode, **options)
        assert (seen["delegated"], seen["reason"]) == (True, "")
        assert seen["name_servers"] == sorted(servers)


def test_a_delegation_that_precedes_its_zone_is_reported(standin, run_module, resolver, unique):
    domain, servers = f"{unique('ahead')}.example.com", ["ns-1.awsdns-01.com", "ns-2.awsdns-02.net"]
    domains.delegate(standin, domain, servers)
    assert run_module("dns_delegation_info", name=domain, name_servers=servers, resolver=resolver)["delegated"]


def test_a_zone_known_after_apply_is_not_delegated(run_module, resolver):
    seen = run_module("dns_delegation_info", name="a.example.com", name_servers="(known after apply)", resolver=resolver)
    assert not seen["delegated"]
    assert "does not exist yet" in seen["reason"]


def test_caa_records_that_exclude_amazon_are_reported(standin, run_module, resolver, zone):
    domain, zone_id, servers = zone
    domains.delegate(standin, domain, servers)
    names = [domain, f"*.{domain}"]
    options = {"name": domain, "name_servers": servers, "resolver": resolver, "certificate_names": names}
    assert run_module("dns_delegation_info", **options)["validation_possible"]
    domains.change(standin.client("route53"), zone_id, "CREATE", domain, "CAA", ['0 issue "amazon.com"', '0 issuewild "letsencrypt.org"'])
    seen = run_module("dns_delegation_info", **options)
    (problem,) = seen["caa_problems"]
    assert problem.startswith(f"Amazon cannot issue a certificate for *.{domain}")
    assert (seen["delegated"], seen["validation_possible"]) == (True, False)


def test_unreachable_name_servers_are_not_a_failure(run_module):
    seen = run_module("dns_delegation_info", name="a.example.com", name_servers=["ns"], resolver="127.0.0.1:9", timeout_seconds=0.2)
    assert not seen["delegated"]
    assert "no DNS server answers" in seen["reason"]


def test_the_resolver_option_must_be_an_ip_address(run_module):
    wrong = run_module("dns_delegation_info", expect_failure=True, name="a.example.com", name_servers=[], resolver="dns.example.com")
    assert "192.0.2.53" in wrong["msg"]
