"""The module route53_zone through Ansible, asked of Route 53."""

from __future__ import annotations

import pytest

from tests.support import domains
from tests.support.steps import plan_and_do, twelve_steps

SET = "N0STANDINDEMO"


@pytest.fixture
def route53(standin):
    return standin.client("route53")


@pytest.fixture
def options(unique):
    name = unique("zone")
    domain = f"{name}.example.com"
    return {"name": domain, "comment": "a test", "tags": {"opta:environment": name, "opta:role": "dns_cert", "opta:name": domain}}


def zones(route53, domain):
    return [zone for zone in route53.list_hosted_zones()["HostedZones"] if zone["Name"] == f"{domain}."]


def tags_of(route53, zone_id):
    found = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id)["ResourceTagSet"]["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found}


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, route53, options):
    def poll():
        found = zones(route53, options["name"])
        return [(zone["Config"]["Comment"], tags_of(route53, zone["Id"].rsplit("/", 1)[-1])) for zone in found]

    changed = {**options, "comment": "another", "tags": {**options["tags"], "team": "web"}}
    created, updated, deleted = twelve_steps(standin, run_module, "route53_zone", options, changed, poll)
    assert created == [("a test", options["tags"])]
    assert updated == [("another", changed["tags"])]
    assert deleted == []


def test_several_public_zones_of_the_domain_are_refused_with_their_ids(standin, run_module, route53, options):
    ids = sorted(
        route53.create_hosted_zone(Name=options["name"], CallerReference=f"{options['name']}-{number}")["HostedZone"]["Id"].rsplit("/", 1)[
            -1
        ]
        for number in range(2)
    )
    mark = standin.mark()
    for check_mode in (True, False):
        refused = run_module("route53_zone", check_mode=check_mode, expect_failure=True, **options, adopt=True, delegation_set_id=SET)
        assert f"there are 2 public hosted zones for {options['name']}: {', '.join(ids)}." in refused["msg"]
    assert standin.mutating(mark) == []
    route53.delete_hosted_zone(Id=ids[0])
    assert run_module("route53_zone", **options, adopt=True)["zone"]["zone_id"] == ids[1]


def test_a_run_interrupted_before_the_tags_is_completed(standin, run_module, route53, options):
    environment = options["tags"]["opta:environment"]
    standin.fault("ChangeTagsForResource", kind="error", count=20, code="AccessDenied", message="no")
    run_module("route53_zone", expect_failure=True, **options)
    standin.clear_faults()
    (zone,) = zones(route53, options["name"])
    assert tags_of(route53, zone["Id"].rsplit("/", 1)[-1]) == {}
    plan_and_do(standin, run_module, "route53_zone", "update", **options)
    assert len(zones(route53, options["name"])) == 1
    assert tags_of(route53, zone["Id"].rsplit("/", 1)[-1])["opta:environment"] == environment


def test_a_lost_response_creates_no_duplicate_zone(standin, run_module, route53, options):
    standin.fault("CreateHostedZone", kind="drop", carried_out=True)
    run_module("route53_zone", **options)
    assert len(zones(route53, options["name"])) == 1


def test_foreign_records_are_reported_and_deleted_on_confirmation(standin, run_module, route53, options):
    zone_id = run_module("route53_zone", **options)["zone"]["zone_id"]
    domains.change(route53, zone_id, "CREATE", f"mail.{options['name']}", "A", ["192.0.2.7"])
    for check_mode in (True, False):
        refused = run_module("route53_zone", check_mode=check_mode, expect_failure=True, **options, state="absent")
        assert f"mail.{options['name']} A" in refused["msg"]
        assert "delete_records: true" in refused["msg"]
    plan_and_do(standin, run_module, "route53_zone", "delete", **options, state="absent", delete_records=True)
    assert zones(route53, options["name"]) == []


def test_records_of_external_dns_are_deleted_with_the_zone(standin, run_module, route53, options):
    zone_id, domain = run_module("route53_zone", **options)["zone"]["zone_id"], options["name"]
    note = '"heritage=external-dns,external-dns/owner=opta-test,external-dns/resource=service/hello/hello"'
    for name in (f"hello.{domain}", domain):
        domains.change(route53, zone_id, "CREATE", name, "A", ["192.0.2.7"])
        domains.change(route53, zone_id, "CREATE", f"a-extdns.{name}", "TXT", [note])
    other = {**options, "state": "absent", "external_dns_owner_id": "opta-other"}
    assert f"hello.{domain} A" in run_module("route53_zone", expect_failure=True, **other)["msg"]
    plan_and_do(standin, run_module, "route53_zone", "delete", **options, state="absent", external_dns_owner_id="opta-test")


def test_the_zone_of_another_environment_is_refused_unless_adopted(run_module, options):
    run_module("route53_zone", **options)
    others = {**options, "tags": {**options["tags"], "opta:environment": "other"}}
    refused = run_module("route53_zone", expect_failure=True, **others)
    assert f"belongs to the environment {options['tags']['opta:environment']}" in refused["msg"]
    assert run_module("route53_zone", **others, adopt=True)["zone"]["tags"]["opta:environment"] == "other"


def test_a_delegation_set_defines_the_name_servers_in_advance(standin, run_module, route53, unique):
    options = {"name": f"{unique('set')}.example.org", "delegation_set_id": SET}
    servers = sorted(route53.get_reusable_delegation_set(Id=SET)["DelegationSet"]["NameServers"])
    assert run_module("route53_zone", check_mode=True, **options)["zone"]["name_servers"] == servers
    assert plan_and_do(standin, run_module, "route53_zone", "create", **options)["zone"]["name_servers"] == servers
    run_module("route53_zone", **options, state="absent")


def test_a_delegation_set_cannot_be_changed_and_must_exist(run_module, options):
    for check_mode in (True, False):
        wrong = run_module("route53_zone", check_mode=check_mode, expect_failure=True, **options, delegation_set_id="NNONE")
        assert "no reusable delegation set" in wrong["msg"]
    run_module("route53_zone", **options)
    assert "cannot change the name servers" in run_module("route53_zone", expect_failure=True, **options, delegation_set_id=SET)["msg"]


def test_the_parent_in_the_same_account_is_reported(run_module, options):
    parent = run_module("route53_zone", **options)["zone"]
    below = run_module("route53_zone", name=f"below.{options['name']}")
    assert below["parent"] == {"name": options["name"], "zone_id": parent["zone_id"]}


@pytest.mark.parametrize("name", ["staging", "a_b.example.com", "-a.example.com", "192.0.2.1", "a..example.com"])
def test_an_invalid_domain_is_reported_before_the_first_call(standin, run_module, name):
    before = standin.mark()
    assert "is not a valid domain name" in run_module("route53_zone", expect_failure=True, name=name)["msg"]
    assert standin.requests(before) == []
