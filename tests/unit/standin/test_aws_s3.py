"""What the stand-in's S3 refuses, as AWS does."""

from __future__ import annotations

import json

import pytest

REGION = {"LocationConstraint": "eu-west-1"}


@pytest.fixture(scope="module")
def s3(aws):
    return aws.client("s3")


@pytest.fixture
def bucket(aws, s3):
    name = aws.name("a-bucket")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=REGION)
    return name


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def tls_only(bucket):
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources, "Condition": condition}


def test_a_new_bucket_is_private_and_encrypted(s3, bucket):
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_a_bucket_is_tagged_in_the_creating_call(aws, s3):
    name = aws.name("tagged-at-once")
    tags = [{"Key": "opta:environment", "Value": "staging"}]
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1", "Tags": tags})
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == tags


def test_a_tls_only_policy_is_accepted(s3, bucket):
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(tls_only(bucket)))
    s3.put_object(Bucket=bucket, Key="x", Body=b"y")
    assert s3.get_object(Bucket=bucket, Key="x")["Body"].read() == b"y"
    s3.delete_object(Bucket=bucket, Key="x")
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"][0]["Effect"] == "Deny"


def test_public_policies_and_acls_are_refused(s3, bucket, refusal):
    public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    assert "BlockPublicPolicy" in refusal(s3.put_bucket_policy, Bucket=bucket, Policy=policy(public))
    s3.put_bucket_policy(Bucket=bucket, Policy=policy({**public, "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}))
    assert "AccessControlListNotSupported" in refusal(s3.put_bucket_acl, Bucket=bucket, ACL="public-read")
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(public))
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True


def test_malformed_policies_are_refused(s3, bucket, refusal):
    assert "MalformedPolicy" in refusal(s3.put_bucket_policy, Bucket=bucket, Policy="{}")
    stranger = {"AWS": "arn:aws:iam::123456789012:role/none"}
    named = {"Effect": "Allow", "Principal": stranger, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    assert "Invalid principal" in refusal(s3.put_bucket_policy, Bucket=bucket, Policy=policy(named))
    elsewhere = {**tls_only("another")}
    assert "invalid resource" in refusal(s3.put_bucket_policy, Bucket=bucket, Policy=policy(elsewhere))


@pytest.mark.parametrize("name", ["10.0.0.1", "xn--bucket", "a..b", "ending-"])
def test_bad_names_are_refused(s3, refusal, name):
    assert "InvalidBucketName" in refusal(s3.create_bucket, Bucket=name, CreateBucketConfiguration=REGION)


def test_a_bucket_is_created_once(s3, bucket, refusal):
    assert "BucketAlreadyOwnedByYou" in refusal(s3.create_bucket, Bucket=bucket, CreateBucketConfiguration=REGION)


def test_access_logs_are_not_delivered_under_a_kms_key(aws, s3, bucket, refusal):
    target = aws.name("a-target")
    status = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "logs/"}}
    assert "does not exist" in refusal(s3.put_bucket_logging, Bucket=bucket, BucketLoggingStatus=status)
    s3.create_bucket(Bucket=target, CreateBucketConfiguration=REGION)
    assert "log-delivery" in refusal(s3.put_bucket_logging, Bucket=bucket, BucketLoggingStatus=status)
    writer = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    condition = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    s3.put_bucket_policy(Bucket=target, Policy=policy({**writer, "Resource": f"arn:aws:s3:::{target}/*", "Condition": condition}))
    key = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket=target, ServerSideEncryptionConfiguration={"Rules": [key]})
    assert "SSE-S3" in refusal(s3.put_bucket_logging, Bucket=bucket, BucketLoggingStatus=status)
    s3.delete_bucket_encryption(Bucket=target)
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=status)
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetBucket"] == target
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)


def test_a_bucket_name_of_another_account_is_unavailable_and_forbidden(aws, s3, bucket, refusal):
    role = aws.client("sts").assume_role(RoleArn="arn:aws:iam::222233334444:role/x", RoleSessionName="me")["Credentials"]
    keys = {"aws_access_key_id": role["AccessKeyId"], "aws_secret_access_key": role["SecretAccessKey"]}
    other = aws.client("s3", aws_session_token=role["SessionToken"], **keys)
    assert refusal(other.head_bucket, Bucket=bucket).startswith("403")
    assert "BucketAlreadyExists" in refusal(other.create_bucket, Bucket=bucket, CreateBucketConfiguration=REGION)
    assert "AccessDenied" in refusal(other.get_bucket_policy, Bucket=bucket)


SMALLEST = "varies_by_storage_class"
RULE = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ([RULE, RULE], "InvalidArgument"),
        ([{**RULE, "Expiration": {"Days": 0}}], "InvalidArgument"),
        ([{**RULE, "Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}}], "MalformedXML"),
        ([{**RULE, "Prefix": ""}], "MalformedXML"),
        ([{**RULE, "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}], "InvalidArgument"),
        ([{**RULE, "Expiration": {"Days": 90}, "Transitions": [{"Days": 1, "StorageClass": "ONEZONE_IA"}]}], "InvalidArgument"),
        ([{**RULE, "Transitions": [{"Days": 0, "StorageClass": "COLD"}]}], "MalformedXML"),
        ([{name: value for name, value in RULE.items() if name != "Expiration"}], "InvalidRequest"),
    ],
)
def test_lifecycle_rules_are_checked(s3, bucket, refusal, rules, code):
    assert code in refusal(s3.put_bucket_lifecycle_configuration, Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def test_lifecycle_rules_are_kept_as_sent(s3, bucket, refusal):
    rule = {**RULE, "NoncurrentVersionExpiration": {"NoncurrentDays": 3, "NewerNoncurrentVersions": 2}}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [rule]
    s3.delete_bucket_lifecycle(Bucket=bucket)
    assert "NoSuchLifecycleConfiguration" in refusal(s3.get_bucket_lifecycle_configuration, Bucket=bucket)


def test_lifecycle_rules_report_the_smallest_object_that_moves(s3, bucket):
    rules = {"Bucket": bucket, "LifecycleConfiguration": {"Rules": [RULE]}}
    for given, shown in (({}, "all_storage_classes_128K"), ({"TransitionDefaultMinimumObjectSize": SMALLEST}, SMALLEST)):
        assert s3.put_bucket_lifecycle_configuration(**rules, **given)["TransitionDefaultMinimumObjectSize"] == shown
        assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["TransitionDefaultMinimumObjectSize"] == shown


def test_cors_rules_are_checked_and_kept(s3, bucket, refusal):
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAgeSeconds": 5}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == [rule]
    wrong = {"CORSRules": [{**rule, "AllowedMethods": ["PATCH"]}]}
    assert "unsupported HTTP method" in refusal(s3.put_bucket_cors, Bucket=bucket, CORSConfiguration=wrong)
    wrong = {"CORSRules": [{**rule, "AllowedOrigins": ["*example*.com"]}]}
    assert "more than one wildcard" in refusal(s3.put_bucket_cors, Bucket=bucket, CORSConfiguration=wrong)
    wrong = {"CORSRules": [{**rule, "ExposeHeaders": ["*"]}]}
    assert "do not support wildcard" in refusal(s3.put_bucket_cors, Bucket=bucket, CORSConfiguration=wrong)
    s3.delete_bucket_cors(Bucket=bucket)
    assert "NoSuchCORSConfiguration" in refusal(s3.get_bucket_cors, Bucket=bucket)


def test_replication_needs_versions_on_both_sides(aws, s3, bucket, refusal):
    other = aws.name("a-replica")
    destination = {"Bucket": f"arn:aws:s3:::{other}"}
    rule = {"ID": "r", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""}, "DeleteMarkerReplication": {"Status": "Disabled"}}
    configuration = {"Role": "arn:aws:iam::123456789012:role/r", "Rules": [{**rule, "Destination": destination}]}

    def refused():
        return refusal(s3.put_bucket_replication, Bucket=bucket, ReplicationConfiguration=configuration)

    assert "Versioning must be 'Enabled'" in refused()
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert "must exist" in refused()
    s3.create_bucket(Bucket=other, CreateBucketConfiguration=REGION)
    assert "must have versioning enabled" in refused()
    s3.put_bucket_versioning(Bucket=other, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration=configuration)
    assert s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"] == configuration
    suspended = {"Status": "Suspended"}
    assert "InvalidBucketState" in refusal(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration=suspended)
    encrypted = {**rule, "Destination": destination, "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}}}
    configuration["Rules"] = [encrypted]
    assert "ReplicaKmsKeyID" in refused()
    s3.delete_bucket_replication(Bucket=bucket)
    assert "ReplicationConfigurationNotFoundError" in refusal(s3.get_bucket_replication, Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=suspended)
