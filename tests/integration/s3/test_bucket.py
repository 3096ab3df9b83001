from __future__ import annotations

import json
from typing import Any
from unittest import mock

import boto3
import botocore.exceptions
import pytest
from ansible_collections.amazon.aws.plugins.module_utils import cloud
from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency, _wait
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present
from ansible_collections.opta.platform.plugins.module_utils._s3 import policy, previous_keys
from ansible_collections.opta.platform.plugins.module_utils._s3.bucket import Bucket
from moto import mock_aws

TAGS = {"opta:environment": "staging"}
NAME = "opta-staging-logs"
DESIRED = {
    "object_ownership": "BucketOwnerEnforced",
    "public_access": "none",
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


def present(client, check_mode=False, **desired):
    return ensure_present(Bucket(client, NAME), {**DESIRED, **desired}, check_mode=check_mode)


def names(client):
    return [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]


def test_a_second_run_after_creation_changes_nothing(client, calls):
    outcome = present(client)
    assert outcome.action == "create"
    assert outcome.resource["arn"] == f"arn:aws:s3:::{NAME}"
    assert all(client.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"].values())
    assert client.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"][0]["Expiration"] == {"Days": 90}
    calls.clear()
    assert present(client).action is None
    assert not [name for name, _params in calls if not name.startswith(("Head", "Get"))]


def test_tags_are_in_the_creating_call(client, calls):
    present(client)
    request = next(params for name, params in calls if name == "CreateBucket")
    assert request["CreateBucketConfiguration"]["Tags"] == [{"Key": "opta:environment", "Value": "staging"}]
    assert request["ObjectOwnership"] == "BucketOwnerEnforced"


@pytest.mark.parametrize("operation", ["CreateBucket", "DeleteBucket"])
def test_a_conflicting_bucket_operation_is_waited_for(client, monkeypatch, operation):
    """Its name is free again only moments after it was deleted, and S3 carries out one change at a time."""
    monkeypatch.setattr(cloud.time, "sleep", lambda _seconds: None)
    left = iter(range(3))

    def at_work(**_context):
        if next(left, None) is not None:
            reported = {"Code": "OperationAborted", "Message": "A conflicting conditional operation is currently in progress"}
            raise botocore.exceptions.ClientError({"Error": reported}, operation)

    client.meta.events.register(f"before-call.s3.{operation}", at_work)
    assert present(client).action == "create"
    assert ensure_absent(Bucket(client, NAME), check_mode=False, tags=TAGS).action == "delete"
    assert (names(client), next(left, None)) == ([], None)


@pytest.mark.parametrize(
    ("operation", "code"),
    [("HeadBucket", "404"), ("GetBucketVersioning", "NoSuchBucket"), ("PutBucketVersioning", "NoSuchBucket")],
)
def test_a_bucket_that_is_not_yet_visible_gets_its_settings(client, monkeypatch, operation, code):
    monkeypatch.setattr(_wait, "FIRST_DELAY_SECONDS", 0.001)
    monkeypatch.setattr(cloud.time, "sleep", lambda _seconds: None)
    made: list[Any] = []
    left = iter(range(3))

    def not_shown(**_context):
        if made and next(left, None) is not None:
            raise botocore.exceptions.ClientError({"Error": {"Code": code, "Message": "The specified bucket does not exist"}}, operation)

    client.meta.events.register("before-call.s3.CreateBucket", lambda **_context: made.append(True))
    client.meta.events.register(f"before-call.s3.{operation}", not_shown)
    desired = {"versioning_enabled": True, "policy": policy.document("aws", NAME, True, "none", [])}
    assert present(client, **desired).action == "create"
    assert client.get_bucket_versioning(Bucket=NAME)["Status"] == "Enabled"
    assert json.loads(client.get_bucket_policy(Bucket=NAME)["Policy"]) == desired["policy"]
    assert present(client, **desired).action is None


def test_check_mode_changes_nothing(client):
    outcome = present(client, check_mode=True)
    assert (outcome.action, outcome.resource["arn"]) == ("create", f"arn:aws:s3:::{NAME}")
    assert names(client) == []


def test_a_run_interrupted_after_create_bucket_is_completed(client):
    client.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": [{"Key": "opta:environment", "Value": "staging"}]})
    assert "lifecycle_rules" in present(client).attributes
    assert present(client).action is None


CHANGES = {
    "versioning_enabled": True,
    "encryption": {"sse_algorithm": "aws:kms", "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/1"},
    "lifecycle_rules": [],
    "policy": policy.document("aws", NAME, True, "none", []),
    "cors_rules": [{"allowed_origins": ["https://example.com"], "allowed_methods": ["GET"]}],
    "tags": {"opta:environment": "staging", "team": "a"},
    "public_access": "read",
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
    assert present(client).attributes in ([name], [], ["encryption", "tags"])  # tags of others stay, a key is remembered


def test_the_bucket_policy_is_applied(client):
    present(client, policy=policy.document("aws", NAME, True, "none", []))
    statement = json.loads(client.get_bucket_policy(Bucket=NAME)["Policy"])["Statement"][0]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_access_logs_to_a_bucket_under_a_kms_key_are_refused(client):
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
    with pytest.raises(Refused, match="exists in region us-west-2"):
        present(client)


def test_bucket_of_another_environment_is_refused(client):
    present(client)
    with pytest.raises(Refused, match="belongs to the environment staging"):
        present(client, tags={"opta:environment": "production"})


REPLICATION = {"destination_bucket_arn": "arn:aws:s3:::else", "role_arn": "arn:aws:iam::123456789012:role/r"}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"


def test_replication_is_enabled_and_disabled(client):
    on = {"versioning_enabled": True, "replication": REPLICATION}
    assert present(client, **on).action == "create"
    assert present(client, **on).action is None
    rule = client.get_bucket_replication(Bucket=NAME)["ReplicationConfiguration"]["Rules"][0]
    assert rule["Destination"]["Bucket"] == "arn:aws:s3:::else"
    assert present(client, versioning_enabled=False, replication={}).attributes == ["versioning_enabled", "replication"]
    assert present(client, replication={}).action is None


def test_replication_needs_versions_and_the_key_of_the_replicas(client):
    with pytest.raises(Refused, match="requires versioning_enabled: true"):
        present(client, replication=REPLICATION)
    with pytest.raises(Refused, match="requires kms_key_arn"):
        present(client, versioning_enabled=True, replication=REPLICATION, encryption=CHANGES["encryption"])
    present(client, versioning_enabled=True, replication=REPLICATION)
    with pytest.raises(Refused, match="requires versioning_enabled: true"):
        present(client, check_mode=True)
    assert names(client) == [NAME]


def test_public_access_is_refused_with_a_kms_key(client):
    with pytest.raises(Refused, match="requires encryption with AES256"):
        present(client, public_access="read", encryption=CHANGES["encryption"])
    assert names(client) == []


def test_public_access_block_and_policy_are_changed_in_a_safe_order(client, calls):
    opened = {"public_access": "read", "policy": policy.document("aws", NAME, True, "read", [])}
    present(client)
    calls.clear()
    present(client, **opened)
    assert [name for name, _params in calls if name.startswith("Put")] == ["PutPublicAccessBlock", "PutBucketPolicy"]
    calls.clear()
    present(client, policy=policy.document("aws", NAME, True, "none", []))
    put = [params for name, params in calls if name == "PutPublicAccessBlock"]
    assert all(put[0]["PublicAccessBlockConfiguration"].values())


def test_the_key_that_the_objects_were_encrypted_with_is_remembered(client):
    present(client, encryption={"sse_algorithm": "aws:kms", "kms_key_arn": KEY})
    planned = present(client, check_mode=True)
    done = present(client)
    assert planned.attributes == done.attributes == ["encryption", "tags"]
    tags = {tag["Key"]: tag["Value"] for tag in client.get_bucket_tagging(Bucket=NAME)["TagSet"]}
    assert tags[previous_keys.TAG] == KEY
    assert present(client).action is None
    assert ensure_present(Bucket(client, NAME, purge_tags=True), DESIRED, check_mode=False).action is None


def test_a_retained_bucket_is_managed_again(client):
    present(client, tags={**TAGS, "opta:retained": "true"})
    assert present(client).attributes == ["tags"]
    assert client.get_bucket_tagging(Bucket=NAME)["TagSet"] == [{"Key": "opta:environment", "Value": "staging"}]


def test_a_name_taken_concurrently_by_another_account_is_reported(client, monkeypatch):
    error = botocore.exceptions.ClientError({"Error": {"Code": "BucketAlreadyExists", "Message": "taken"}}, "CreateBucket")
    monkeypatch.setattr(client, "create_bucket", mock.Mock(side_effect=error))
    with pytest.raises(Refused, match="use another name"):
        present(client)


def test_a_bucket_without_read_permission_is_reported(client, monkeypatch):
    error = botocore.exceptions.ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")
    monkeypatch.setattr(client, "head_bucket", mock.Mock(side_effect=error))
    for check_mode in (True, False):
        with pytest.raises(Refused, match="belongs to another account"):
            present(client, check_mode=check_mode)


def denied():
    message = "not authorized to perform: s3:PutBucketPolicy because public policies are blocked by the BlockPublicPolicy setting."
    return botocore.exceptions.ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, "PutBucketPolicy")


OPENED = {"public_access": "read", "policy": policy.document("aws", NAME, True, "read", [])}


def test_a_recently_opened_bucket_is_waited_for(client, monkeypatch):
    present(client)
    put = client.put_bucket_policy
    answers = [denied()]
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0)
    monkeypatch.setattr(client, "put_bucket_policy", lambda **request: put(**request) if not answers else raised(answers.pop()))
    assert present(client, **OPENED).attributes == ["public_access", "policy"]


def raised(error):
    raise error


def test_an_account_that_blocks_public_access_is_reported(client, monkeypatch):
    present(client)
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0)
    monkeypatch.setattr(_eventual_consistency, "time", mock.Mock(monotonic=mock.Mock(side_effect=range(0, 1000, 10))))
    monkeypatch.setattr(client, "put_bucket_policy", mock.Mock(side_effect=denied()))
    with pytest.raises(Refused, match="The account may block public access"):
        present(client, **OPENED)


def test_defaults_for_new_buckets_do_not_change_existing_buckets(client):
    policy_of_ours = policy.document("aws", NAME, True, "none", [])

    def reconcile(days):
        rules = [{"id": "expire", "enabled": True, "expiration_days": days}]
        bucket = Bucket(client, NAME, lifecycle_rules_at_creation_only=True)
        return ensure_present(bucket, {**DESIRED, "policy": policy_of_ours, "lifecycle_rules": rules}, check_mode=False)

    def days():
        return client.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"][0]["Expiration"]["Days"]

    reconcile(90)
    assert days() == 90
    assert reconcile(30).action is None
    client.delete_bucket_policy(Bucket=NAME)
    assert "lifecycle_rules" in reconcile(30).attributes, "a run was cut before the policy, which comes last"
