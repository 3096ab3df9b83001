from __future__ import annotations

import json

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._resource import ensure_absent, ensure_present
from ansible_collections.opta.platform.plugins.module_utils._s3 import shapes
from ansible_collections.opta.platform.plugins.module_utils._s3.bucket import Bucket
from moto import mock_aws

TAGS = {"opta:environment": "staging"}
NAME = "opta-staging-logs"
WANTED = {
    "object_ownership": "BucketOwnerEnforced",
    "block_public_access": True,
    "encryption": {"sse_algorithm": "AES256", "kms_key_arn": None},
    "versioning_enabled": False,
    "policy": {},
    "lifecycle_rules": [{"id": "expire", "enabled": True, "expiration_days": 90}],
    "tags": TAGS,
}


@pytest.fixture
def client():
    with mock_aws():
        yield boto3.client("s3", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def calls(client):
    made: list[tuple[str, dict]] = []
    client.meta.events.register("provide-client-params", lambda params, model, **_context: made.append((model.name, params)))
    return made


def present(client, check_mode=False, **wanted):
    return ensure_present(Bucket(client, NAME), {**WANTED, **wanted}, check_mode=check_mode)


def names(client):
    return [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]


def test_create_and_again(client, calls):
    outcome = present(client)
    assert outcome.action == "create"
    assert outcome.resource["arn"] == f"arn:aws:s3:::{NAME}"
    assert all(client.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"].values())
    assert client.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"][0]["Expiration"] == {"Days": 90}
    calls.clear()
    assert present(client).action is None
    assert not [name for name, _params in calls if not name.startswith(("Head", "Get"))]


def test_t13_tags_are_in_the_creating_call(client, calls):
    present(client)
    request = next(params for name, params in calls if name == "CreateBucket")
    assert request["CreateBucketConfiguration"]["Tags"] == [{"Key": "opta:environment", "Value": "staging"}]
    assert request["ObjectOwnership"] == "BucketOwnerEnforced"


def test_check_mode_makes_nothing(client):
    outcome = present(client, check_mode=True)
    assert (outcome.action, outcome.resource["arn"]) == ("create", f"arn:aws:s3:::{NAME}")
    assert names(client) == []


def test_killed_after_create_bucket_is_finished(client):
    client.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": [{"Key": "opta:environment", "Value": "staging"}]})
    assert "lifecycle_rules" in present(client).attributes
    assert present(client).action is None


CHANGES = {
    "versioning_enabled": True,
    "encryption": {"sse_algorithm": "aws:kms", "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/1"},
    "lifecycle_rules": [],
    "policy": shapes.policy("aws", NAME, True, []),
    "tags": {"opta:environment": "staging", "team": "a"},
    "block_public_access": False,
    "object_ownership": "BucketOwnerPreferred",
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_setting_is_changed_in_place(client, name):
    present(client)
    planned = present(client, check_mode=True, **{name: CHANGES[name]})
    done = present(client, **{name: CHANGES[name]})
    assert planned.attributes == done.attributes == [name]
    assert planned.as_action() == done.as_action()
    assert present(client, **{name: CHANGES[name]}).action is None
    assert present(client).attributes in ([name], [])  # tags of others stay


def test_policy_reaches_s3(client):
    present(client, policy=shapes.policy("aws", NAME, True, []))
    statement = json.loads(client.get_bucket_policy(Bucket=NAME)["Policy"])["Statement"][0]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_t3_access_logs_to_a_bucket_under_a_kms_key_are_refused(client):
    target = "opta-staging-target"
    ensure_present(Bucket(client, target), {"encryption": CHANGES["encryption"]}, check_mode=False)
    with pytest.raises(Refused, match="must use AES256"):
        present(client, access_logging={"target_bucket": target, "target_prefix": ""})
    assert names(client) == [target]


def test_absent_refuses_objects_and_then_deletes_all_versions(client):
    present(client, versioning_enabled=True)
    for body in (b"1", b"2"):
        client.put_object(Bucket=NAME, Key="k", Body=body)
    client.delete_object(Bucket=NAME, Key="k")
    for check_mode in (True, False):
        with pytest.raises(Refused, match="delete_contents"):
            ensure_absent(Bucket(client, NAME), check_mode=check_mode, tags=TAGS)
    assert ensure_absent(Bucket(client, NAME, delete_contents=True), check_mode=False, tags=TAGS).action == "delete"
    assert names(client) == []
    assert ensure_absent(Bucket(client, NAME), check_mode=False, tags=TAGS).action is None


def test_bucket_of_another_region_is_refused(client):
    elsewhere = boto3.client("s3", region_name="us-west-2", aws_access_key_id="x", aws_secret_access_key="x")
    elsewhere.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    with pytest.raises(Refused, match="exists in the region us-west-2"):
        present(client)


def test_bucket_of_another_environment_is_refused(client):
    present(client)
    with pytest.raises(Refused, match="belongs to the environment staging"):
        present(client, tags={"opta:environment": "production"})
