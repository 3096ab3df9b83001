"""The outputs of the role s3, read back, and the buckets that are kept."""

from __future__ import annotations

from functools import partial

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils._retained.resources import RetainedResources, delete_retained
from ansible_collections.opta.platform.plugins.module_utils._s3 import api
from ansible_collections.opta.platform.plugins.module_utils._s3.environment import s3_outputs
from ansible_collections.opta.platform.plugins.module_utils._s3.previous_keys import TAG
from ansible_collections.opta.platform.plugins.module_utils._s3.retained import buckets_to_retain
from ansible_collections.opta.platform.plugins.module_utils._s3.role_entries import bucket_name
from moto import mock_aws

from tests.support.identities import identity_of

IDENTITY = identity_of()
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"


@pytest.fixture
def client():
    with mock_aws():
        yield partial(boto3.client, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def make(client):
    s3 = client("s3")

    def made(name, identity=IDENTITY, key=None, holds=False, **more):
        bucket = bucket_name(identity, name)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        tags = {**identity.marks(), "opta:role": "s3", "opta:name": name, **more}
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags.items()]})
        if key:
            rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
            s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        if holds:
            s3.put_object(Bucket=bucket, Key="k", Body=b"1")
        return bucket

    return made


@pytest.fixture
def resources(client):
    return RetainedResources(client, IDENTITY)


def test_outputs_are_those_of_the_environments_own_buckets(client, make):
    uploads = make("uploads", key=KEY)
    make("kept", **{"opta:retained": "true"})
    make("uploads", identity_of("staging-bucket-b"))
    assert s3_outputs(client("s3"), IDENTITY, api.list_buckets(client("s3"))) == {
        "bucket_names": {"uploads": uploads},
        "bucket_arns": {"uploads": f"arn:aws:s3:::{uploads}"},
        "kms_key_arns": {"uploads": KEY},
    }


def test_without_buckets_there_are_no_outputs(client):
    assert s3_outputs(client("s3"), IDENTITY, []) is None


def test_retained_buckets_report_the_key_of_their_objects(make, resources):
    retained = {"opta:retained": "true"}
    expected = {
        make("now", key=KEY, holds=True, **retained): KEY,
        make("earlier", holds=True, **retained, **{TAG: KEY}): KEY,
        make("both", key="other", holds=True, **retained, **{TAG: KEY}): None,
        make("never", holds=True, **retained): "",
    }
    assert {kept.name: kept.kms_key_arn for kept in resources.find()} == expected


def test_a_plan_lists_the_buckets_that_the_run_retains(client, make, resources):
    kept = make("kept", key=KEY, holds=True)
    make("emptied", key=KEY, holds=True)
    make("empty", key=KEY)
    assert [(each.name, each.kms_key_arn) for each in buckets_to_retain(client("s3"), resources.identity, ["emptied"])] == [(kept, KEY)]
    assert resources.find() == []


def test_retained_buckets_are_deleted_with_their_objects_except_in_check_mode(client, make, resources):
    name = make("kept", holds=True, **{"opta:retained": "true"})
    assert [outcome.name for outcome in delete_retained(resources, check_mode=True)] == [name]
    assert client("s3").list_objects_v2(Bucket=name)["KeyCount"] == 1
    delete_retained(resources, check_mode=False)
    assert client("s3").list_buckets()["Buckets"] == []
