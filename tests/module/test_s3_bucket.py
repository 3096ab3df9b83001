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


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, s3, options):
    name = options["name"]

    def poll():
        if name not in names(s3):
            return None
        days = [rule["Expiration"]["Days"] for rule in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]]
        return days, s3.get_bucket_versioning(Bucket=name).get("Status"), s3.get_bucket_tagging(Bucket=name)["TagSet"]

    changed = {**options, "lifecycle_rules": [{"id": "expire", "expiration_days": 30}], "versioning_enabled": True}
    created, updated, deleted = twelve_steps(standin, run_module, "s3_bucket", options, changed, poll)
    tags = [{"Key": "opta:environment", "Value": "staging"}]
    assert created == ([90], None, tags)
    assert updated == ([30], "Enabled", tags)
    assert deleted is None


def test_a_bucket_is_private_encrypted_and_accessible_only_with_tls(run_module, s3, options):
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


def test_objects_are_encrypted_with_the_configured_key(standin, run_module, s3, options):
    key_arn = standin.client("kms").create_key()["KeyMetadata"]["Arn"]
    encryption = {"sse_algorithm": "aws:kms", "kms_key_arn": key_arn}
    plan_and_do(standin, run_module, "s3_bucket", "create", **{**options, "encryption": encryption})
    rule = s3.get_bucket_encryption(Bucket=options["name"])["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    assert rule["BucketKeyEnabled"] is True


def test_access_logs_require_a_bucket_with_aes256_encryption(standin, run_module, s3, options, unique):
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


def test_objects_and_all_versions_are_deleted_only_on_confirmation(standin, run_module, s3, options):
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
    left = run_module("s3_bucket", **others, state="absent")
    assert (left["changed"], left["actions"]) == (False, [])
    assert "is left alone: it belongs to the environment staging" in str(left["warnings"][0])


CORS = [{"allowed_origins": ["https://example.com"], "allowed_methods": ["GET", "HEAD"], "max_age_seconds": 600}]


@pytest.mark.parametrize(
    ("change", "attributes"),
    [
        ({"lifecycle_rules": [{"id": "expire", "expiration_days": 30}]}, ["lifecycle_rules"]),
        ({"cors_rules": CORS}, ["cors_rules"]),
        ({"versioning_enabled": True}, ["versioning_enabled"]),
        ({"tls_only": False}, ["policy"]),
    ],
    ids=["lifecycle", "cors", "versioning", "policy"],
)
def test_each_change_is_planned_and_applied(standin, run_module, options, change, attributes):
    run_module("s3_bucket", **options)
    done = plan_and_do(standin, run_module, "s3_bucket", "update", **{**options, **change})
    assert done["actions"][0]["attributes"] == attributes


def test_cors_rules_are_set_and_removed(standin, run_module, s3, options):
    plan_and_do(standin, run_module, "s3_bucket", "create", **options, cors_rules=CORS)
    (rule,) = s3.get_bucket_cors(Bucket=options["name"])["CORSRules"]
    assert rule == {"AllowedOrigins": ["https://example.com"], "AllowedMethods": ["GET", "HEAD"], "MaxAgeSeconds": 600}
    plan_and_do(standin, run_module, "s3_bucket", "update", **options, cors_rules=[])
    with pytest.raises(botocore.exceptions.ClientError, match="NoSuchCORSConfiguration"):
        s3.get_bucket_cors(Bucket=options["name"])


def test_public_access_is_enabled_and_disabled(standin, run_module, s3, options):
    name = options["name"]

    def is_public():
        return s3.get_bucket_policy_status(Bucket=name)["PolicyStatus"]["IsPublic"]

    plan_and_do(standin, run_module, "s3_bucket", "create", **options)
    planned = run_module("s3_bucket", check_mode=True, **options, public_access="read")
    assert planned["public"] == ["s3:GetObject"]
    assert any("everyone on the internet is allowed s3:GetObject" in str(warning) for warning in planned["warnings"])
    assert not is_public()
    done = plan_and_do(standin, run_module, "s3_bucket", "update", **options, public_access="read")
    assert done["actions"][0]["attributes"] == ["public_access", "policy"]
    assert is_public()
    blocks = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert blocks == {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    assert set(statements(s3, name)) == {"TlsOnly", "PublicRead"}
    done = plan_and_do(standin, run_module, "s3_bucket", "update", **options)
    assert done["public"] == []
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    assert not is_public()


def test_an_interrupted_change_to_public_access_is_completed(standin, run_module, s3, options):
    run_module("s3_bucket", **options)
    standin.fault("PutBucketPolicy", code="MalformedPolicy", message="cut")
    run_module("s3_bucket", expect_failure=True, **options, public_access="read")
    done = plan_and_do(standin, run_module, "s3_bucket", "update", **options, public_access="read")
    assert done["actions"][0]["attributes"] == ["policy"]
    assert s3.get_bucket_policy_status(Bucket=options["name"])["PolicyStatus"]["IsPublic"]


def test_replication_is_enabled_and_disabled(standin, run_module, s3, options, unique):
    destination = {**options, "name": unique("opta-replica"), "versioning_enabled": True}
    run_module("s3_bucket", **destination)
    key_arn = standin.client("kms").create_key()["KeyMetadata"]["Arn"]
    replication = {
        "destination_bucket_arn": f"arn:aws:s3:::{destination['name']}",
        "role_arn": "arn:aws:iam::123456789012:role/opta/staging/replicate",
        "kms_key_arn": key_arn,
    }
    source = {**options, "encryption": {"sse_algorithm": "aws:kms", "kms_key_arn": key_arn}, "versioning_enabled": True}
    plan_and_do(standin, run_module, "s3_bucket", "create", **source, replication=replication)
    found = s3.get_bucket_replication(Bucket=options["name"])["ReplicationConfiguration"]
    assert found["Role"] == replication["role_arn"]
    assert found["Rules"][0]["Destination"]["EncryptionConfiguration"] == {"ReplicaKmsKeyID": key_arn}
    changed = {**replication, "prefix": "in/"}
    done = plan_and_do(standin, run_module, "s3_bucket", "update", **source, replication=changed)
    assert done["actions"][0]["attributes"] == ["replication"]
    off = {**source, "versioning_enabled": False, "replication": {}}
    plan_and_do(standin, run_module, "s3_bucket", "update", **off)
    with pytest.raises(botocore.exceptions.ClientError, match="ReplicationConfigurationNotFoundError"):
        s3.get_bucket_replication(Bucket=options["name"])
    assert s3.get_bucket_versioning(Bucket=options["name"])["Status"] == "Suspended"


def test_replication_without_versions_is_refused_in_the_plan_too(standin, run_module, options):
    replication = {"destination_bucket_arn": "arn:aws:s3:::x", "role_arn": "arn:aws:iam::123456789012:role/r"}
    before = standin.mark()
    for check_mode in (True, False):
        refused = run_module("s3_bucket", check_mode=check_mode, expect_failure=True, **options, replication=replication)
        assert "requires versioning_enabled: true" in refused["msg"]
    assert standin.mutating(before) == []


def test_a_bucket_with_objects_is_retained_if_configured_and_managed_again(standin, run_module, s3, options):
    name = options["name"]
    run_module("s3_bucket", **options)
    s3.put_object(Bucket=name, Key="k", Body=b"1")
    absent = {**options, "state": "absent", "keep_contents": True}
    done = plan_and_do(standin, run_module, "s3_bucket", "update", **absent)
    assert done["actions"][0]["attributes"] == ["tags"]
    assert any("is retained, tagged opta:retained" in str(warning) for warning in done["warnings"])
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=name)["TagSet"]}
    assert tags == {"opta:environment": "staging", "opta:retained": "true"}
    assert s3.get_object(Bucket=name, Key="k")["Body"].read() == b"1"
    plan_and_do(standin, run_module, "s3_bucket", "update", **options)
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "opta:environment", "Value": "staging"}]
    s3.delete_object(Bucket=name, Key="k")
    plan_and_do(standin, run_module, "s3_bucket", "delete", **absent)


def test_a_bucket_name_of_another_account_is_reported(standin, run_module, options):
    role = standin.client("sts").assume_role(RoleArn="arn:aws:iam::222233334444:role/x", RoleSessionName="other")["Credentials"]
    keys = {"access_key_id": role["AccessKeyId"], "secret_access_key": role["SecretAccessKey"]}
    other = standin.client("s3", aws_session_token=role["SessionToken"], **keys)
    other.create_bucket(Bucket=options["name"], CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for check_mode in (True, False):
        refused = run_module("s3_bucket", check_mode=check_mode, expect_failure=True, **options)
        assert "belongs to another account" in refused["msg"]
        assert "use another name" in refused["msg"]


def test_a_foreign_bucket_is_adopted_if_allowed(standin, run_module, s3, options):
    s3.create_bucket(Bucket=options["name"], CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert "was not created by this collection" in run_module("s3_bucket", expect_failure=True, **options)["msg"]
    done = plan_and_do(standin, run_module, "s3_bucket", "update", **options, adopt=True)
    assert "tags" in done["actions"][0]["attributes"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"name": "Not_A_Bucket"}, "3 to 63 lower-case"), ({"lifecycle_rules": [{"id": "nothing"}]}, "has no action")],
)
def test_invalid_input_is_reported_before_the_first_call(standin, run_module, options, wrong, message):
    before = standin.mark()
    assert message in run_module("s3_bucket", expect_failure=True, **{**options, **wrong})["msg"]
    assert standin.requests(before) == []
