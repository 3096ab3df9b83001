"""The module s3_bucket through Ansible, asked of S3."""

from __future__ import annotations

import json

import botocore.exceptions
import pytest

from tests.support.steps import plan_and_do, twelve_steps


@pytest.fixture
def s3(standin):
    return standin.client("s3")


@pytest.fixture
def options(unique):
    return {
        "name": unique("opta-bucket"),
        "encryption": {"sse_algorithm": "AES256"},
        "lifecycle_rules": [{"id": "expire", "expiration_days": 90}],
        "tags": {"opta:environment": "staging"},
    }


def names(s3):
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def statements(s3, name):
    return {statement["Sid"]: statement for statement in json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]}


def test_twelve_steps(standin, run_module, s3, options):
    name = options["name"]

    def look():
        if name not in names(s3):
            return None
        days = [rule["Expiration"]["Days"] for rule in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]]
        return days, s3.get_bucket_versioning(Bucket=name).get("Status"), s3.get_bucket_tagging(Bucket=name)["TagSet"]

    changed = {**options, "lifecycle_rules": [{"id": "expire", "expiration_days": 30}], "versioning_enabled": True}
    created, updated, deleted = twelve_steps(standin, run_module, "s3_bucket", options, changed, look)
    tags = [{"Key": "opta:environment", "Value": "staging"}]
    assert created == ([90], None, tags)
    assert updated == ([30], "Enabled", tags)
    assert deleted is None


def test_bucket_is_private_and_reached_by_tls_alone(run_module, s3, options):
    run_module("s3_bucket", **options)
    name = options["name"]
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    rule = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    deny = statements(s3, name)["TlsOnly"]
    assert (deny["Effect"], deny["Principal"], deny["Condition"]) == ("Deny", {"AWS": "*"}, {"Bool": {"aws:SecureTransport": "false"}})
    assert set(deny["Resource"]) == {f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"}


def test_statements_are_merged_with_tls_only(standin, run_module, s3, options):
    account = standin.client("sts").get_caller_identity()["Account"]
    statement = {
        "Sid": "Logs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{options['name']}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    plan_and_do(standin, run_module, "s3_bucket", "create", **options)
    plan_and_do(standin, run_module, "s3_bucket", "update", **options, policy_statements=[statement])
    assert set(statements(s3, options["name"])) == {"TlsOnly", "Logs"}
    plan_and_do(standin, run_module, "s3_bucket", "update", **options)
    assert set(statements(s3, options["name"])) == {"TlsOnly"}


def test_encryption_with_a_key(standin, run_module, s3, options):
    key_arn = standin.client("kms").create_key()["KeyMetadata"]["Arn"]
    encryption = {"sse_algorithm": "aws:kms", "kms_key_arn": key_arn}
    plan_and_do(standin, run_module, "s3_bucket", "create", **{**options, "encryption": encryption})
    rule = s3.get_bucket_encryption(Bucket=options["name"])["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    assert rule["BucketKeyEnabled"] is True


def test_t3_access_logs_go_to_a_bucket_with_aes_256_only(standin, run_module, s3, options, unique):
    account = standin.client("sts").get_caller_identity()["Account"]
    target = {**options, "name": unique("opta-logs")}
    writer = {
        "Sid": "Logs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{target['name']}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    run_module("s3_bucket", **{**target, "encryption": {"sse_algorithm": "aws:kms"}}, policy_statements=[writer])
    logging = {"target_bucket": target["name"], "target_prefix": "a/"}
    for check_mode in (True, False):
        refused = run_module("s3_bucket", check_mode=check_mode, expect_failure=True, **options, access_logging=logging)
        assert "must use AES256" in refused["msg"]
    assert options["name"] not in names(s3)
    run_module("s3_bucket", **target, policy_statements=[writer])
    plan_and_do(standin, run_module, "s3_bucket", "create", **options, access_logging=logging)
    enabled = s3.get_bucket_logging(Bucket=options["name"])["LoggingEnabled"]
    assert (enabled["TargetBucket"], enabled["TargetPrefix"]) == (target["name"], "a/")
    plan_and_do(standin, run_module, "s3_bucket", "update", **options, access_logging={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=options["name"])


def test_objects_are_deleted_on_word_alone_with_all_versions(standin, run_module, s3, options):
    name = options["name"]
    run_module("s3_bucket", **options, versioning_enabled=True)
    for body in (b"1", b"2"):
        s3.put_object(Bucket=name, Key="k", Body=body)
    s3.delete_object(Bucket=name, Key="k")
    for check_mode in (True, False):
        refused = run_module("s3_bucket", check_mode=check_mode, expect_failure=True, **options, state="absent")
        assert "delete_contents" in refused["msg"]
    plan_and_do(standin, run_module, "s3_bucket", "delete", **options, state="absent", delete_contents=True)
    with pytest.raises(botocore.exceptions.ClientError, match="404"):
        s3.head_bucket(Bucket=name)


def test_another_environments_bucket_is_refused(run_module, options):
    run_module("s3_bucket", **options)
    others = {**options, "tags": {"opta:environment": "production"}}
    assert "belongs to the environment staging" in run_module("s3_bucket", expect_failure=True, **others)["msg"]
    refused = run_module("s3_bucket", expect_failure=True, **others, state="absent")
    assert "belongs to the environment staging" in refused["msg"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "Not_A_Bucket"}, "3 to 63 lower-case"),
        ({"encryption": {"sse_algorithm": "AES256", "kms_key_arn": "arn:x"}}, "needs encryption.sse_algorithm: aws:kms"),
        ({"lifecycle_rules": [{"id": "nothing"}]}, "does nothing"),
    ],
)
def test_wrong_input_is_told_before_the_first_call(standin, run_module, options, wrong, message):
    before = standin.mark()
    assert message in run_module("s3_bucket", expect_failure=True, **{**options, **wrong})["msg"]
    assert standin.requests(before) == []
