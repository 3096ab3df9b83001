from __future__ import annotations

from functools import partial

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._rds import retained
from ansible_collections.opta.platform.plugins.module_utils._rds.teardown import final_name
from ansible_collections.opta.platform.plugins.module_utils._retained.resources import RetainedResources, delete_retained
from moto import mock_aws

from tests.support.identities import identity_of, marks

ACCOUNT = "123456789012"
MANIFEST = '{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"}'
OURS = {**marks(), "opta:retained": "true"}
ONLY_VOLUMES = {"expect_volumes": True, "expect_database_snapshots": False, "expect_cache_snapshots": False, "emptied_buckets": None}
OTHERS = [
    {**marks("production"), "opta:retained": "true"},
    {**marks(prefix="acme"), "opta:retained": "true"},
    {**marks(region="us-east-1"), "opta:retained": "true"},
    {"opta:environment": "staging", "opta:retained": "true"},
    marks(),
    {},
]


def as_list(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.fixture
def client():
    with mock_aws():
        yield partial(boto3.client, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def resources(client):
    return RetainedResources(client, identity_of())


@pytest.fixture
def key_arn(client):
    return client("kms").create_key()["KeyMetadata"]["Arn"]


def volume(client, key_arn, tags):
    specification = [{"ResourceType": "volume", "Tags": as_list(tags)}] if tags else []
    request = {"AvailabilityZone": "eu-west-1a", "Size": 1, "Encrypted": True, "KmsKeyId": key_arn}
    return client("ec2").create_volume(**request, TagSpecifications=specification)["VolumeId"]


def snapshot(client, volume_id, tags):
    specification = [{"ResourceType": "snapshot", "Tags": as_list(tags)}] if tags else []
    return client("ec2").create_snapshot(VolumeId=volume_id, TagSpecifications=specification)["SnapshotId"]


def secret(client, name, key_arn, tags):
    return client("secretsmanager").create_secret(Name=name, SecretString="x", KmsKeyId=key_arn, Tags=as_list(tags))["ARN"]


def cluster_snapshot(client, name, tags):
    rds = client("rds")
    master = {"MasterUsername": "u", "MasterUserPassword": "12345678"}
    rds.create_db_cluster(DBClusterIdentifier=f"{name}-cluster", Engine="aurora-postgresql", **master)
    rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier=name, DBClusterIdentifier=f"{name}-cluster", Tags=as_list(tags))


def test_only_resources_with_both_tags_are_listed(client, resources, key_arn):
    kept_volume = volume(client, key_arn, OURS)
    kept_snapshot = snapshot(client, kept_volume, OURS)
    kept_secret = secret(client, "ours", key_arn, OURS)
    cluster_snapshot(client, "ours", OURS)
    for number, tags in enumerate(OTHERS):
        snapshot(client, volume(client, key_arn, tags), tags)
        secret(client, f"other-{number}", key_arn, tags)
        cluster_snapshot(client, f"other-{number}", tags)
    found = {(kept.kind, kept.name): kept for kept in resources.find()}
    assert set(found) == {
        ("EBS volume", kept_volume),
        ("EBS snapshot", kept_snapshot),
        ("secret", "ours"),
        ("database cluster snapshot", "ours"),
    }
    assert found["EBS volume", kept_volume].kms_key_arn == key_arn
    assert found["secret", "ours"].arn == kept_secret
    assert found["EBS volume", kept_volume].arn == f"arn:aws:ec2:eu-west-1:{ACCOUNT}:volume/{kept_volume}"


def test_resources_of_an_unknown_type_have_no_known_key(client, resources):
    client("s3").create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client("s3").put_bucket_tagging(Bucket="kept", Tagging={"TagSet": as_list(OURS)})
    (kept,) = resources.find()
    assert (kept.arn.rsplit(":", 1)[1], kept.kms_key_arn) == ("kept", None)
    with pytest.raises(Refused, match="delete it first"):
        delete_retained(resources, check_mode=False)


def test_images_of_a_service_are_retained_and_deleted_with_their_repository(client, resources, monkeypatch):
    ecr = client("ecr")
    arns = [ecr.create_repository(repositoryName=name)["repository"]["repositoryArn"] for name in ("opta-staging/shop/hello", "gone")]
    ecr.put_image(repositoryName="opta-staging/shop/hello", imageManifest=MANIFEST, imageTag="1")
    ecr.delete_repository(repositoryName="gone")
    shown = [{"ResourceARN": arn} for arn in arns]  # moto's tagging API does not know ECR
    monkeypatch.setattr("ansible_collections.opta.platform.plugins.module_utils._retained.api.tagged_resources", lambda *_given: shown)
    (kept,) = resources.find()
    assert (kept.kind, kept.name, kept.kms_key_arn) == ("ECR repository", "opta-staging/shop/hello", "")
    delete_retained(resources, check_mode=False)
    assert (resources.find(), ecr.describe_repositories()["repositories"]) == ([], [])


def test_delete_retained_deletes_everything_except_in_check_mode(client, resources, key_arn):
    snapshot(client, volume(client, key_arn, OURS), OURS)
    secret(client, "ours", key_arn, OURS)
    cluster_snapshot(client, "ours", OURS)
    other = snapshot(client, volume(client, key_arn, {}), OTHERS[0])
    planned = delete_retained(resources, check_mode=True)
    assert len(resources.find()) == 4
    done = delete_retained(resources, check_mode=False)
    assert [outcome.as_action() for outcome in planned] == [outcome.as_action() for outcome in done]
    assert resources.find() == []
    assert [s["SnapshotId"] for s in client("ec2").describe_snapshots(SnapshotIds=[other])["Snapshots"]] == [other]


def test_a_plan_expects_the_snapshots_of_the_volumes_of_kubernetes(client, resources, key_arn):
    of_driver = volume(client, key_arn, {**marks(), "ebs.csi.aws.com/cluster": "true"})
    volume(client, key_arn, marks())
    assert [(kept.name, kept.kms_key_arn) for kept in resources.expected(ONLY_VOLUMES)] == [(f"of {of_driver}", key_arn)]


def test_a_plan_expects_the_final_snapshots_of_databases(client):
    rds, master = client("rds"), {"MasterUsername": "u", "MasterUserPassword": "12345678"}
    for name, environment in (("kept", "staging"), ("skipped", "staging"), ("other", "production")):
        tags = as_list(marks(environment))
        rds.create_db_cluster(DBClusterIdentifier=name, Engine="aurora-postgresql", Tags=tags, **master)
    kept = rds.describe_db_clusters(DBClusterIdentifier="kept")["DBClusters"][0]
    final = final_name("kept", kept["DbClusterResourceId"], [])
    options = {"expect_database_snapshots": True, "databases_without_snapshot": ["skipped"]}
    assert [kept.name for kept in retained.expected(client, identity_of(), options)] == [final]
