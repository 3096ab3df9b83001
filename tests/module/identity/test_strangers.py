"""What bears an environment's names without its tags is neither read as the environment's nor touched."""

from __future__ import annotations

import uuid

import pytest

from tests.support.identities import marks


def as_list(tags, key="Key", value="Value"):
    return [{key: name, value: content} for name, content in tags.items()]


@pytest.fixture(params=["another tool", "another environment", "an early release"])
def tags(request, identity):
    return {
        "another tool": {"owner": "another-tool"},
        "another environment": marks(identity.environment, prefix="acme"),
        "an early release": {"opta:environment": identity.environment},
    }[request.param]


@pytest.fixture
def domain(identity):
    return f"{identity.environment}.example.com"


@pytest.fixture
def foreign_resources(aws, identity, domain, tags):
    """A VPC, a key, a cluster with nodes and a zone that bear the environment's names."""
    made = {"vpc": aws.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]}
    aws.ec2.create_tags(Resources=[made["vpc"]], Tags=as_list({"Name": identity.name, **tags}))
    key = aws.kms.create_key(Tags=as_list(tags, "TagKey", "TagValue"))["KeyMetadata"]
    aws.kms.create_alias(AliasName=f"alias/{identity.name}", TargetKeyId=key["KeyId"])
    aws.node_group(aws.cluster(name=identity.cluster_name, tags=tags), nodegroupName="workers", tags=tags)
    issuer = aws.eks.describe_cluster(name=identity.cluster_name)["cluster"]["identity"]["oidc"]["issuer"]
    aws.iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["sts.amazonaws.com"])
    route53 = aws.client("route53")
    zone = route53.create_hosted_zone(Name=domain, CallerReference=uuid.uuid4().hex)["HostedZone"]["Id"].rpartition("/")[2]
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=as_list(tags))
    return {**made, "key": key["KeyId"], "zone": zone}


def test_foreign_resources_are_reported_and_not_published_as_outputs(run_module, identity, domain, changes, foreign_resources):
    changes()
    read = run_module("environment_info", environment=identity.environment, domain=domain)
    assert not {"network", "eks", "dns_cert", "k8s_addons"} & read["outputs"].keys()
    assert read["found"]["domain_taken"]
    reported = {each["what"]: each["why"] for each in read["found"]["strangers"]}
    assert set(reported) == {f"VPC {identity.name}", f"KMS key alias/{identity.name}", f"EKS cluster {identity.name}"}
    assert len(set(reported.values())) == 1
    for what, why in reported.items():
        assert f"{what} does not belong to the environment and is not changed: {why}." in str(read["warnings"])
    assert changes() == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_destroy_does_not_change_foreign_resources(run_module, identity, domain, changes, foreign_resources, check_mode):
    ours = identity.tags("eks", identity.cluster_name)
    changes()
    read = run_module("eks_cluster_info", name=identity.cluster_name, tags=ours)
    assert (read["cluster"], read["node_group_names"], read["addon_names"]) == (None, [], [])
    for module, options in {
        "eks_node_group": {"cluster_name": identity.cluster_name, "name": "workers", "tags": ours},
        "eks_cluster": {"name": identity.cluster_name, "tags": ours, "deletion_protection": False},
        "vpc_network": {"name": identity.name, "tags": identity.tags("network", identity.name)},
        "kms_key": {"name": identity.name, "tags": identity.tags("network", identity.name)},
        "route53_zone": {"name": domain, "tags": identity.tags("dns_cert", domain), "delete_records": True},
    }.items():
        left = run_module(module, check_mode=check_mode, state="absent", **options)
        assert (left["changed"], left["actions"], left["left_alone"]) == (False, [], True)
        assert "is left alone: it" in str(left["warnings"])
    assert changes() == []


def test_volumes_of_a_foreign_cluster_are_retained(aws, run_module, identity, changes, tags):
    zone = aws.ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    of_driver = {"ebs.csi.aws.com/cluster": "true", f"kubernetes.io/cluster/{identity.cluster_name}": "owned"}
    specification = [{"ResourceType": "volume", "Tags": as_list({**of_driver, **tags})}]
    volume = aws.ec2.create_volume(AvailabilityZone=zone, Size=1, TagSpecifications=specification)["VolumeId"]
    changes()
    left = run_module("eks_volumes", cluster_name=identity.cluster_name, tags=identity.tags("eks", identity.cluster_name))
    assert (left["actions"], changes()) == ([], [])
    assert volume in str(left["warnings"])
