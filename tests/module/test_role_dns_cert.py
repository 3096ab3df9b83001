"""The role dns_cert: a domain that is delegated between two runs, changed, damaged and removed."""

from __future__ import annotations

import sys

import pytest

from tests.support import domains


@pytest.fixture
def domain(unique):
    return f"{unique('role')}.example.com"


@pytest.fixture
def run(standin, playbooks, domain):
    """The role, after what every playbook begins with: main, or another entry point."""

    def ran(entry_point="main", check=False, fails=False, **variables):
        include = {"name": "opta.platform.dns_cert", "tasks_from": entry_point}
        play = {
            "name": "Run the role",
            "hosts": "all",
            "gather_facts": False,
            "vars": {
                "ansible_connection": "local",
                "ansible_python_interpreter": sys.executable,
                "opta_environment": domain.split(".")[0],
                "opta_region": standin.region,
                "dns_cert_domain": domain,
                "dns_cert_resolver": standin.environment["STANDIN_DNS"],
                **variables,
            },
            "tasks": [
                {"name": "Prepare", "ansible.builtin.include_role": {"name": "opta.platform.common"}},
                {"name": "Domain", "ansible.builtin.include_role": include},
                {"name": "Show", "ansible.builtin.debug": {"var": "dns_cert_outputs"}},
            ],
        }
        done = playbooks.play(play, "--diff", *(["--check"] if check else []))
        assert (done.returncode != 0) == fails, done.output[-3000:]
        return done

    return ran


def outputs(done):
    return done.tasks[-1]["result"]["dns_cert_outputs"]


def certificates(standin, domain):
    acm = standin.client("acm")
    found = [s["CertificateArn"] for s in acm.list_certificates()["CertificateSummaryList"] if s["DomainName"] == domain]
    return [acm.describe_certificate(CertificateArn=arn)["Certificate"] for arn in found]


def test_the_role_follows_delegation_from_missing_to_removed(standin, run, domain):
    route53 = standin.client("route53")
    planned, done = run(check=True), run()
    assert planned.actions() == done.actions()
    assert [action["resource"] for action in done.actions()] == [f"hosted zone {domain}"]
    seen = outputs(done)
    assert (seen["delegated"], seen["certificate_arn"], len(seen["name_servers"])) == ("false", "", 4)
    for server in seen["name_servers"]:
        assert f"{domain}. NS {server}." in done.output
    assert certificates(standin, domain) == []
    assert run().changed() == []

    domains.delegate(standin, domain, seen["name_servers"])
    planned, done = run(check=True), run()
    assert planned.actions() == done.actions()
    (certificate,) = certificates(standin, domain)
    seen = outputs(done)
    assert (certificate["Status"], seen["delegated"]) == ("ISSUED", "true")
    assert seen["certificate_arn"] == certificate["CertificateArn"]

    made = route53.list_resource_record_sets(HostedZoneId=seen["zone_id"])["ResourceRecordSets"]
    assert sorted(each["Type"] for each in made) == ["CNAME", "NS", "SOA"], "Z2: records of load balancers are external-dns's"

    record = certificate["DomainValidationOptions"][0]["ResourceRecord"]
    domains.lose(route53, seen["zone_id"], {"name": record["Name"].rstrip("."), "type": "CNAME"})
    assert run().actions() != []
    again = run(dns_cert_domain=f"{domain.capitalize()}.")
    assert again.changed() == [], "another spelling is the same domain"
    assert len(certificates(standin, domain)) == 1
    (read,) = [result["outputs"]["dns_cert"] for result in again.results if "outputs" in result]
    assert read == outputs(again)

    domains.change(route53, seen["zone_id"], "CREATE", f"mail.{domain}", "A", ["192.0.2.7"])
    word = {"opta_destroy_confirm": domain.split(".")[0]}
    assert "opta_destroy_confirm" in run("absent", fails=True).failure()
    assert f"mail.{domain} A" in run("absent", check=True, fails=True, **word).failure()
    assert f"mail.{domain} A" in run("absent", fails=True, **word).failure()
    gone = {**word, "dns_cert_delete_records": True, "dns_cert_domain": ""}  # what stands decides
    planned, done = run("absent", check=True, **gone), run("absent", **gone)
    assert planned.actions() == done.actions()
    assert certificates(standin, domain) == []
    assert run("absent", **word).changed() == []


def test_without_a_domain_no_resource_is_created_and_outputs_are_empty(standin, run):
    mark = standin.mark()
    standin.fault("ListHostedZones", code="AccessDenied", message="not allowed")
    done = run(dns_cert_domain="")
    assert standin.mutating(mark) == []
    assert outputs(done) == {"domain": "", "zone_id": "", "zone_arn": "", "name_servers": [], "delegated": "", "certificate_arn": ""}


def test_a_domain_of_another_environment_is_refused_before_any_change(standin, run, domain):
    run()
    mark = standin.mark()
    failure = run(opta_environment="other", fails=True).failure()
    assert f"belongs to the environment {domain.split('.')[0]}" in failure
    assert f"other.{domain}" in failure
    renamed = run(dns_cert_domain=f"new.{domain}", fails=True).failure()
    assert "which cannot be renamed" in renamed
    assert standin.mutating(mark) == []
