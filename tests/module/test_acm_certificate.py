"""The module acm_certificate through Ansible, asked of ACM and Route 53."""

from __future__ import annotations

import pytest

from tests.support import domains
from tests.support.steps import plan_and_do

KEY_TYPES = ["RSA_2048", "EC_prime256v1"]


@pytest.fixture
def acm(standin):
    return standin.client("acm")


@pytest.fixture
def route53(standin):
    return standin.client("route53")


@pytest.fixture
def zone(standin, route53, unique):
    """A delegated zone: its domain and id."""
    domain = f"{unique('cert')}.example.com"
    made = route53.create_hosted_zone(Name=domain, CallerReference=domain)
    domains.delegate(standin, domain, made["DelegationSet"]["NameServers"])
    return domain, made["HostedZone"]["Id"].rsplit("/", 1)[-1]


@pytest.fixture
def options(zone):
    domain, zone_id = zone
    return {
        "domain_name": domain,
        "subject_alternative_names": [f"*.{domain}"],
        "hosted_zone_id": zone_id,
        "tags": {"opta:environment": domain.split(".")[0], "opta:role": "dns_cert", "opta:name": domain},
        "wait_timeout": 60,
    }


def certificates(acm, domain):
    listed = acm.list_certificates(Includes={"keyTypes": KEY_TYPES})["CertificateSummaryList"]
    return [acm.describe_certificate(CertificateArn=s["CertificateArn"])["Certificate"] for s in listed if s["DomainName"] == domain]


def cnames(route53, zone_id):
    found = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return [record["Name"] for record in found if record["Type"] == "CNAME"]


def use(standin, unique, arn, environment=""):
    """A load balancer whose listener has the certificate: its ARN and the listener's."""
    balancing, ec2 = standin.client("elbv2"), standin.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24", AvailabilityZone="eu-west-1a")["Subnet"]["SubnetId"]
    tags = [{"Key": "opta:environment", "Value": environment}] if environment else [{"Key": "a", "Value": "b"}]
    balancer = balancing.create_load_balancer(Name=unique("lb"), Type="network", Subnets=[subnet], Tags=tags)["LoadBalancers"][0]
    group = balancing.create_target_group(Name=unique("tg"), Protocol="TCP", Port=443, VpcId=vpc)["TargetGroups"][0]
    listener = balancing.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="TLS",
        Port=443,
        Certificates=[{"CertificateArn": arn}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
    )["Listeners"][0]
    return balancer["LoadBalancerArn"], listener["ListenerArn"]


def test_certificates_are_created_updated_tagged_and_deleted(standin, run_module, acm, route53, options):
    """Details come late; a domain and its wildcard share one record."""
    domain, zone_id = options["domain_name"], options["hosted_zone_id"]
    made = plan_and_do(standin, run_module, "acm_certificate", "create", **options)["certificate"]
    (found,) = certificates(acm, domain)
    assert (found["Status"], found["CertificateArn"]) == ("ISSUED", made["arn"])
    assert sorted(found["SubjectAlternativeNames"]) == sorted([domain, f"*.{domain}"])
    assert len(cnames(route53, zone_id)) == 1
    plan_and_do(standin, run_module, "acm_certificate", "update", **{**options, "tags": {**options["tags"], "team": "web"}})
    plan_and_do(standin, run_module, "acm_certificate", "delete", **options, state="absent")
    assert certificates(acm, domain) == []
    assert cnames(route53, zone_id) == []


def test_a_certificate_with_changed_names_is_replaced_without_downtime(standin, run_module, acm, route53, options, unique):
    domain, zone_id = options["domain_name"], options["hosted_zone_id"]
    first = run_module("acm_certificate", **options)["certificate"]["arn"]
    balancer, listener = use(standin, unique, first)
    changed = {**options, "subject_alternative_names": [f"*.{domain}", f"*.api.{domain}"]}
    done = plan_and_do(standin, run_module, "acm_certificate", "replace", **changed)
    second = done["certificate"]["arn"]
    assert second != first
    tags = {tag["Key"] for tag in acm.list_tags_for_certificate(CertificateArn=first)["Tags"]}
    assert "opta:superseded" in tags
    assert balancer in " ".join(run_module("acm_certificate", **changed)["warnings"])
    assert {each["CertificateArn"]: each["Status"] for each in certificates(acm, domain)} == {first: "ISSUED", second: "ISSUED"}
    standin.client("elbv2").modify_listener(ListenerArn=listener, Certificates=[{"CertificateArn": second}])
    certificates(acm, domain)  # ACM looks
    removed = run_until_changed(run_module, changed)
    assert [action["action"] for action in removed["actions"]] == ["delete"]
    assert [each["CertificateArn"] for each in certificates(acm, domain)] == [second]
    assert len(cnames(route53, zone_id)) == 2, "the record of the domain is the new certificate's too"


def run_until_changed(run_module, options):
    """ACM notices late that nothing uses a certificate any more."""
    for _ in range(10):
        done = run_module("acm_certificate", **options)
        if done["changed"]:
            return done
    raise AssertionError("the superseded certificate is never deleted")


def test_an_unused_certificate_is_replaced_in_one_run_and_its_old_records_are_deleted(standin, run_module, acm, route53, options):
    domain, zone_id = options["domain_name"], options["hosted_zone_id"]
    wide = {**options, "subject_alternative_names": [f"*.{domain}", f"api.{domain}"]}
    run_module("acm_certificate", **wide)
    assert len(cnames(route53, zone_id)) == 2
    done = plan_and_do(standin, run_module, "acm_certificate", "replace", **options)
    assert [action["action"] for action in done["actions"]] == ["replace", "delete"]
    assert len(certificates(acm, domain)) == len(cnames(route53, zone_id)) == 1


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_records_of_another_certificate_are_retained(standin, run_module, route53, options, region):
    domain, zone_id = options["domain_name"], options["hosted_zone_id"]
    standin.client("acm", region).request_certificate(DomainName=f"*.{domain}", ValidationMethod="DNS")
    run_module("acm_certificate", **options)
    done = run_module("acm_certificate", **options, state="absent")
    assert done["changed"]
    assert done["removed_records"] == []
    assert len(cnames(route53, zone_id)) == 1


def test_a_certificate_in_use_is_not_deleted_and_its_users_are_reported(standin, run_module, acm, options, unique):
    arn = run_module("acm_certificate", **options)["certificate"]["arn"]
    balancer, _listener = use(standin, unique, arn, options["tags"]["opta:environment"])
    refused = run_module("acm_certificate", expect_failure=True, **options, state="absent")
    assert balancer in refused["msg"]
    planned = run_module("acm_certificate", check_mode=True, **options, state="absent")  # its own load balancer goes before it
    standin.client("elbv2").delete_load_balancer(LoadBalancerArn=balancer)
    acm.describe_certificate(CertificateArn=arn)  # and ACM lists it for a moment
    done = run_module("acm_certificate", **options, state="absent")
    assert done["actions"] == planned["actions"]
    assert certificates(acm, options["domain_name"]) == []


def test_a_plan_refuses_to_delete_a_certificate_used_by_others(standin, run_module, options, unique):
    arn = run_module("acm_certificate", **options)["certificate"]["arn"]
    balancer, _listener = use(standin, unique, arn)
    assert balancer in run_module("acm_certificate", check_mode=True, expect_failure=True, **options, state="absent")["msg"]


def test_a_deleted_validation_record_is_created_again(standin, run_module, route53, options):
    record = run_module("acm_certificate", **options)["certificate"]["validation_records"][0]
    domains.lose(route53, options["hosted_zone_id"], record)
    assert cnames(route53, options["hosted_zone_id"]) == []
    plan_and_do(standin, run_module, "acm_certificate", "update", **options)
    assert len(cnames(route53, options["hosted_zone_id"])) == 1


def test_a_run_interrupted_after_the_request_is_completed(standin, run_module, acm, options):
    standin.fault("ChangeResourceRecordSets", code="AccessDenied", message="no", count=20)
    run_module("acm_certificate", expect_failure=True, **options)
    standin.clear_faults()
    plan_and_do(standin, run_module, "acm_certificate", "update", **options)
    (found,) = certificates(acm, options["domain_name"])
    assert found["Status"] == "ISSUED"


def test_a_request_with_a_lost_response_is_not_duplicated(standin, run_module, acm, options):
    standin.fault("RequestCertificate", kind="drop", carried_out=True)
    run_module("acm_certificate", **options)
    assert len(certificates(acm, options["domain_name"])) == 1


def test_without_delegation_no_certificate_is_requested_and_existing_ones_are_kept(standin, run_module, acm, options):
    waiting = {**options, "validation_possible": False}
    nothing = plan_and_do(standin, run_module, "acm_certificate", None, **waiting)
    assert nothing["certificate"] is None
    assert "not requested yet" in " ".join(nothing["warnings"])
    arn = run_module("acm_certificate", **options)["certificate"]["arn"]
    changed = {**waiting, "subject_alternative_names": []}
    assert plan_and_do(standin, run_module, "acm_certificate", None, **changed)["certificate"]["arn"] == arn


def test_a_failed_certificate_is_reported_with_the_reason_and_replaced(standin, run_module, acm, route53, options):
    domain, zone_id = options["domain_name"], options["hosted_zone_id"]
    domains.change(route53, zone_id, "CREATE", domain, "CAA", ['0 issue "letsencrypt.org"'])
    failed = run_module("acm_certificate", expect_failure=True, **options)
    assert "CAA_ERROR" in failed["msg"]
    assert "amazon.com" in failed["msg"]
    domains.change(route53, zone_id, "UPSERT", domain, "CAA", ['0 issue "amazon.com"'])
    done = plan_and_do(standin, run_module, "acm_certificate", "create", **options)
    assert [action["action"] for action in done["actions"]] == ["create", "delete"]
    assert [each["Status"] for each in certificates(acm, domain)] == ["ISSUED"]


def test_each_environment_has_its_own_certificate(run_module, acm, options):
    first = run_module("acm_certificate", **options)["certificate"]["arn"]
    others = {**options, "tags": {**options["tags"], "opta:environment": "other"}}
    assert run_module("acm_certificate", check_mode=True, **others, adopt=True)["certificate"]["arn"] == first
    assert run_module("acm_certificate", **others)["certificate"]["arn"] != first


def test_without_tags_the_certificates_of_others_are_not_changed(run_module, acm, options):
    domain = options["domain_name"]
    acm.request_certificate(DomainName=domain, ValidationMethod="DNS")
    bare = {name: value for name, value in options.items() if name != "tags"}
    done = run_module("acm_certificate", **bare)
    assert [action["action"] for action in done["actions"]] == ["replace"]
    assert len(certificates(acm, domain)) == 2
    assert "set its ownership tags" in run_module("acm_certificate", expect_failure=True, **bare, state="absent")["msg"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"domain_name": "staging"}, "is not a valid domain name"),
        ({"domain_name": "a.example.com", "subject_alternative_names": ["a_b.example.com"]}, "is not a valid domain name"),
        ({"domain_name": f"{'a' * 60}.example.com"}, "at most 64"),
    ],
)
def test_invalid_names_are_reported_before_the_first_call(standin, run_module, wrong, message):
    before = standin.mark()
    assert message in run_module("acm_certificate", expect_failure=True, **wrong)["msg"]
    assert standin.requests(before) == []
