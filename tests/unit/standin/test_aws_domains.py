"""The stand-in's Route 53, ACM and public DNS refuse and delay as AWS does."""

from __future__ import annotations

import threading

import dns.message
import dns.query
import pytest

from tests.standin.aws import public_dns
from tests.standin.dns_server import DnsServer


@pytest.fixture(scope="module")
def route53(aws):
    return aws.client("route53")


@pytest.fixture(scope="module")
def acm(aws):
    return aws.client("acm")


@pytest.fixture(scope="module")
def owner(aws):
    """Route 53 of who owns the zones above."""
    role = f"arn:aws:iam::{public_dns.REGISTRY}:role/owner"
    keys = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="owner")["Credentials"]
    client = aws.client(
        "route53",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    (zone,) = [zone["Id"] for zone in client.list_hosted_zones()["HostedZones"] if zone["Name"] == "example.com."]
    return client, zone


@pytest.fixture
def zone(aws, route53):
    domain = f"{aws.name('zone')}.example.com"
    made = route53.create_hosted_zone(Name=domain, CallerReference=domain)
    return domain, made["HostedZone"]["Id"], made["DelegationSet"]["NameServers"]


def change(client, zone_id, action, name, kind, *values):
    record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}
    client.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]})


def test_zones_have_name_servers_of_their_own_and_one_reference(aws, route53, zone, refusal):
    domain, zone_id, servers = zone
    other = route53.create_hosted_zone(Name=domain, CallerReference=aws.name("reference"))
    assert len(set(servers) | set(other["DelegationSet"]["NameServers"])) > 4
    assert "HostedZoneAlreadyExists" in refusal(route53.create_hosted_zone, Name=domain, CallerReference=domain)
    apex = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    assert [record["Type"] for record in apex] == ["NS", "SOA"]


def test_a_delegation_set_is_shared_and_kept(aws, route53, refusal):
    servers = route53.get_reusable_delegation_set(Id=public_dns.DELEGATION_SET)["DelegationSet"]["NameServers"]
    made = route53.create_hosted_zone(Name="staging.example.com", CallerReference="s", DelegationSetId=public_dns.DELEGATION_SET)
    assert made["DelegationSet"]["NameServers"] == servers
    assert public_dns.follow("staging.example.com").zone is not None
    assert route53.get_reusable_delegation_set(Id=public_dns.DELEGATION_SET)["DelegationSet"]["NameServers"] == servers
    route53.delete_hosted_zone(Id=made["HostedZone"]["Id"])
    assert public_dns.follow("any.example.net").delegation == tuple(f"{server}." for server in servers)
    wrong = {"Name": "a.example.com", "CallerReference": "w", "DelegationSetId": "NNONE"}
    assert "NoSuchDelegationSet" in refusal(route53.create_hosted_zone, **wrong)


def test_changes_that_aws_refuses(route53, zone, refusal):
    domain, zone_id, _servers = zone
    change(route53, zone_id, "CREATE", f"a.{domain}", "A", "192.0.2.1")
    for action, name, kind, value in (
        ("CREATE", f"a.{domain}", "A", "192.0.2.2"),
        ("DELETE", f"a.{domain}", "A", "192.0.2.2"),
        ("DELETE", f"b.{domain}", "A", "192.0.2.1"),
        ("CREATE", f"a.{domain}", "CNAME", "b.example.com"),
        ("CREATE", "a.example.org", "A", "192.0.2.1"),
    ):
        record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        assert "InvalidChangeBatch" in refusal(route53.change_resource_record_sets, HostedZoneId=zone_id, ChangeBatch=batch)
    assert "HostedZoneNotEmpty" in refusal(route53.delete_hosted_zone, Id=zone_id)


def test_the_target_of_an_alias_is_listed_with_a_dot_and_deleted_without(route53, zone, refusal):
    domain, zone_id, _servers = zone
    target = {"DNSName": "b.elb.eu-west-1.amazonaws.com", "HostedZoneId": "Z2IFOLAFXWLO4F", "EvaluateTargetHealth": True}
    record = {"Name": domain, "Type": "A", "AliasTarget": target}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)
    (listed,) = (each for each in route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"] if each["Type"] == "A")
    assert listed["AliasTarget"] == {**target, "DNSName": "b.elb.eu-west-1.amazonaws.com."}
    other = {"Action": "DELETE", "ResourceRecordSet": {**record, "AliasTarget": {**target, "DNSName": "c.elb.eu-west-1.amazonaws.com"}}}
    assert "InvalidChangeBatch" in refusal(route53.change_resource_record_sets, HostedZoneId=zone_id, ChangeBatch={"Changes": [other]})
    batch["Changes"][0]["Action"] = "DELETE"
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)
    assert {each["Type"] for each in route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]} == {"NS", "SOA"}


def test_a_certificate_needs_its_record_in_a_delegated_zone(aws, acm, route53, owner, zone):
    domain, zone_id, servers = zone
    aws.world.clock.set_times({"acm:validation-timeout": 1e6})
    arn = acm.request_certificate(DomainName=domain, SubjectAlternativeNames=[f"*.{domain}"], ValidationMethod="DNS")["CertificateArn"]

    def look():
        return acm.describe_certificate(CertificateArn=arn)["Certificate"]

    assert "ResourceRecord" not in look()["DomainValidationOptions"][0]
    aws.pass_time()
    records = [option["ResourceRecord"] for option in look()["DomainValidationOptions"]]
    assert records[0] == records[1]
    change(route53, zone_id, "CREATE", records[0]["Name"], "CNAME", records[0]["Value"])
    aws.pass_time()
    assert look()["Status"] == "PENDING_VALIDATION"  # nobody in the world finds the zone
    change(*owner, "CREATE", domain, "NS", *servers)
    aws.pass_time()
    assert look()["Status"] == "ISSUED"
    kind = {"DomainName": domain, "KeyAlgorithm": "EC_prime256v1", "ValidationMethod": "DNS"}
    other = acm.request_certificate(**kind)["CertificateArn"]
    listed = [summary["CertificateArn"] for summary in acm.list_certificates()["CertificateSummaryList"]]
    assert arn in listed
    assert other not in listed  # unless it is asked for


def test_a_certificate_without_validation_times_out(aws, acm, zone):
    aws.world.clock.set_times({"acm:validation-timeout": 60.0})
    arn = acm.request_certificate(DomainName=f"x.{zone[0]}", ValidationMethod="DNS", IdempotencyToken="a1")["CertificateArn"]
    again = acm.request_certificate(DomainName=f"x.{zone[0]}", ValidationMethod="DNS", IdempotencyToken="a1")["CertificateArn"]
    assert again == arn
    aws.pass_time()
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "VALIDATION_TIMED_OUT"


def test_names_that_acm_refuses(acm, refusal):
    assert "ValidationException" in refusal(acm.request_certificate, DomainName="a_b.example.com")
    names = [f"a{n}.example.com" for n in range(11)]
    assert "LimitExceededException" in refusal(acm.request_certificate, DomainName="a.example.com", SubjectAlternativeNames=names)


@pytest.fixture(scope="module")
def server(aws):
    running = DnsServer(aws.world)
    running.start()
    yield running
    running.stop()


def ask(server, name, kind, recursive=True, tcp=False):
    host, port = server.address.split(":")
    question = dns.message.make_query(name, kind)
    if not recursive:
        question.flags &= ~dns.flags.RD
    return (dns.query.tcp if tcp else dns.query.udp)(question, host, 5, int(port))


@pytest.mark.parametrize("tcp", [False, True])
def test_the_dns_server_follows_delegations(server, route53, owner, zone, tcp):
    domain, zone_id, servers = zone
    change(route53, zone_id, "CREATE", f"*.{domain}", "A", "192.0.2.9")
    assert ask(server, domain, "NS", tcp=tcp).rcode() == dns.rcode.NXDOMAIN
    change(*owner, "CREATE", domain, "NS", *servers)
    assert sorted(str(record.target) for record in ask(server, domain, "NS", tcp=tcp).answer[0]) == sorted(f"{s}." for s in servers)
    referral = ask(server, domain, "NS", recursive=False, tcp=tcp)
    assert (len(referral.answer), len(referral.authority[0])) == (0, 4)
    assert str(ask(server, f"hello.{domain}", "A", tcp=tcp).answer[0][0]) == "192.0.2.9"
    change(*owner, "UPSERT", domain, "NS", "ns1.elsewhere.example.org")
    assert ask(server, domain, "NS", tcp=tcp).rcode() == dns.rcode.SERVFAIL


def test_the_dns_server_handles_parallel_queries(server):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask(server, "example.com", "SOA").rcode())) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [dns.rcode.NOERROR] * 10
