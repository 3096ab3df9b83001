"""Environments of one name in two regions and under two prefixes, beside things of others with nearly their names: none touches another."""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any

import pytest

from tests.environment.observed import EC2_KINDS, tags_of
from tests.module.test_lost_responses import MADE, lose_first_responses
from tests.support.identities import identity_of

NAME, HERE, THERE = "production", "eu-west-1", "us-east-1"
IDENTITIES = {
    "europe": identity_of(NAME, region=HERE),
    "america": identity_of(NAME, region=THERE),
    "acme": identity_of(NAME, prefix="acme", region=HERE),
}
GLOBAL_SERVICES = {"iam", "route53", "s3"}
TAGS = "network,eks,s3,dns_cert,retention"
FOREIGN = "opta-production-old"
OF_INTERFACE_ENDPOINTS = {"CreateSecurityGroup", "AuthorizeSecurityGroupIngress"}
WORD = {"opta_destroy_confirm": NAME, "opta_deletion_protection": False}


@pytest.fixture(scope="module")
def play(empty, ansible, tmp_path_factory):
    """All three on one inventory; without nodes, which take longest and are found by their cluster."""
    hosts = {
        host: {"opta_region": identity.region, "opta_name_prefix": identity.prefix, "dns_cert_domain": f"{host}.example.com"}
        for host, identity in IDENTITIES.items()
    }
    given = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "opta_environment": NAME,
        "network_zone_count": 2,
        "network_gateway_endpoints": ["s3"],
        "eks_node_groups": [],
        "eks_default_storage_class_enabled": False,
        "s3_buckets": [
            {"name": "uploads", "versioning_enabled": True, "replication": {"bucket": "copy"}},
            {"name": "copy", "versioning_enabled": True},
        ],
        "dns_cert_resolver": empty.environment["STANDIN_DNS"],
    }
    inventory = tmp_path_factory.mktemp("inventory") / "hosts.yml"
    inventory.write_text(json.dumps({"environments": {"hosts": hosts, "vars": given}}))

    def run(playbook, *arguments, **variables):
        done = ansible.run(f"opta.platform.{playbook}", "-i", str(inventory), "--tags", TAGS, *arguments, variables=variables)
        assert done.returncode == 0, done.failure() + done.output[-3000:]
        return done

    return run


@pytest.fixture(scope="module")
def foreign(empty) -> set[str]:
    """The ids and names of a VPC, a key, a cluster and a zone of somebody else."""
    empty.set_times(iam_role_visible=0.0)
    empty.set_control_planes()
    ec2, kms, eks, iam, route53 = (empty.client(service) for service in ("ec2", "kms", "eks", "iam", "route53"))
    tags = {"Name": FOREIGN, "opta:environment": "production-old", "opta:role": "network"}
    as_list = [{"Key": key, "Value": value} for key, value in tags.items()]
    vpc_id = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": as_list}])["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{HERE}{zone}")["Subnet"]["SubnetId"]
        for number, zone in enumerate("ab")
    ]
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=f"alias/{FOREIGN}", TargetKeyId=key_id)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "eks.amazonaws.com"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=f"{FOREIGN}-eks-cluster", Path="/opta/production/", AssumeRolePolicyDocument=document)["Role"]
    iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")
    eks.create_cluster(name=FOREIGN, roleArn=role["Arn"], resourcesVpcConfig={"subnetIds": subnets}, tags={"owner": "another-tool"})
    zone = route53.create_hosted_zone(Name="old.europe.example.com", CallerReference=uuid.uuid4().hex)["HostedZone"]["Id"]
    return {vpc_id, *subnets, key_id, FOREIGN, role["RoleName"], zone.rpartition("/")[2]}


def regional(standin: Any, region: str) -> dict[str, dict[str, str]]:
    """The tags of everything of a region that is under somebody's hand, by id or ARN; `in`: the VPC that it lies in."""
    ec2, eks, kms = (standin.client(service, region) for service in ("ec2", "eks", "kms"))
    found = {
        item[id_key]: {**tags_of(item), "in": item.get("VpcId", "")}
        for operation, key, id_key in EC2_KINDS
        for item in getattr(ec2, operation)()[key]
    }
    clusters = [eks.describe_cluster(name=name)["cluster"] for name in eks.list_clusters()["clusters"]]
    found.update({cluster["arn"]: cluster["tags"] for cluster in clusters})
    for key in kms.list_keys()["Keys"]:
        described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if described["KeyManager"] == "CUSTOMER" and described["KeyState"] != "PendingDeletion":
            tags = kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]
            found[key["KeyId"]] = {tag["TagKey"]: tag["TagValue"] for tag in tags}
    return found


def worldwide(standin: Any) -> dict[str, dict[str, str]]:
    """Likewise of roles, providers, zones and buckets, by their names or ids."""
    iam, route53, s3 = (standin.client(service) for service in ("iam", "route53", "s3"))
    roles = [iam.get_role(RoleName=role["RoleName"])["Role"] for role in iam.list_roles(PathPrefix="/opta/")["Roles"]]
    found = {role["RoleName"]: tags_of(role) for role in roles}
    for listed in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        found[listed["Arn"]] = tags_of(iam.get_open_id_connect_provider(OpenIDConnectProviderArn=listed["Arn"]))
    for zone in route53.list_hosted_zones()["HostedZones"]:
        zone_id = zone["Id"].rpartition("/")[2]
        found[zone_id] = tags_of(route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id)["ResourceTagSet"])
    for bucket in s3.list_buckets()["Buckets"]:
        found[bucket["Name"]] = tags_of({"Tags": s3.get_bucket_tagging(Bucket=bucket["Name"])["TagSet"]})
    return found


def everything(standin: Any) -> dict[str, dict[str, str]]:
    return {**regional(standin, HERE), **regional(standin, THERE), **worldwide(standin)}


def of(identity: Any, found: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """What carries its tags, and what AWS itself has made in its VPC."""
    own = {name for name, tags in found.items() if identity.marks().items() <= tags.items()}
    return {name: tags for name, tags in found.items() if name in own or tags.get("in") in own}


def touched(standin: Any, mark: int, names: set[str], regions: set[str]) -> list[tuple[str, str]]:
    """(service, operation) of the calls since the mark that change something in another region, or name one of these things."""
    calls = [entry for entry in standin.requests(mark) if entry["mutating"]]
    assert calls, "the run has changed nothing"
    elsewhere = [entry for entry in calls if entry["service"] not in GLOBAL_SERVICES and entry["region"] not in regions]
    naming = [entry for entry in calls if any(name in json.dumps(entry["parameters"], default=str) for name in names)]
    return [(entry["service"], entry["operation"]) for entry in [*elsewhere, *naming]]


@pytest.fixture(scope="module")
def before(empty, foreign):
    """What is there before any of the environments."""
    return everything(empty)


@pytest.fixture(scope="module")
def built(empty, play, before):
    """A first run in which the first response of each call that makes something is lost, answers the mark of its beginning."""
    lose_first_responses(empty, {operation for made in MADE.values() for operation in made})
    mark = empty.mark()
    play("env")
    return mark


def test_a_lost_response_does_not_create_a_duplicate_resource(empty, built, before):
    lost = {entry["operation"] for entry in empty.requests(built) if entry["status"] == 0}
    assert lost >= MADE["kms_key"] | MADE["vpc_network"] - OF_INTERFACE_ENDPOINTS | {"CreateCluster", "CreateHostedZone"}
    found = everything(empty)
    own = {host: of(identity, found) for host, identity in IDENTITIES.items()}
    assert len({len(things) for things in own.values()}) == 1, {host: sorted(things) for host, things in own.items()}
    assert set(found) - set(before) == {name for things in own.values() for name in things}


def test_environments_are_created_in_parallel(empty, built, foreign):
    assert touched(empty, built, foreign, {HERE, THERE}) == []
    found = everything(empty)
    own = {host: of(identity, found) for host, identity in IDENTITIES.items()}
    assert len({frozenset(map(str, things)) for things in own.values()}) == 3
    for host, identity in IDENTITIES.items():
        roles = {name for name in own[host] if name in {identity.role_name(kind) for kind in ("eks-cluster", "eks-node", "flow-logs")}}
        assert len(roles) == 3
        assert f"arn:aws:eks:{identity.region}:123456789012:cluster/{identity.cluster_name}" in own[host]
        assert {identity.bucket_name("logs"), identity.bucket_name("bucket", "uploads")} <= own[host].keys()
    assert not foreign & {name for things in own.values() for name in things}


def test_a_second_run_of_all_environments_changes_nothing(empty, play, built):
    mark = empty.mark()
    again = play("env")
    assert (again.changed(), empty.mutating(mark)) == ([], [])


def test_destroying_one_environment_does_not_change_the_others(empty, play, built, foreign):
    before = everything(empty)
    europe = of(IDENTITIES["europe"], before)
    others = {name: tags for name, tags in before.items() if name not in europe}
    mark = empty.mark()
    play("destroy", "--limit", "europe", **WORD)
    assert touched(empty, mark, {*others, *foreign}, {HERE}) == []
    after = everything(empty)
    assert of(IDENTITIES["europe"], after) == {}
    assert {name: tags for name, tags in after.items() if name in others} == others
    mark = empty.mark()
    again = play("env", "--limit", "america,acme")
    assert (again.changed(), empty.mutating(mark)) == ([], [])
