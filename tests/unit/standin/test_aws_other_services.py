"""S3, the tagging API and service quotas of the stand-in."""

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


def test_a_tls_only_policy_locks_nobody_out(s3, bucket):
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


def test_a_bucket_is_made_once(s3, bucket, refusal):
    assert "BucketAlreadyOwnedByYou" in refusal(s3.create_bucket, Bucket=bucket, CreateBucketConfiguration=REGION)


def test_t3_access_logs_are_not_delivered_under_a_kms_key(aws, s3, bucket, refusal):
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


def test_the_tagging_api_lists_what_has_tags(aws, s3, bucket):
    tagging = aws.client("resourcegroupstaggingapi")
    tag = {"Key": "sweep", "Value": aws.name("sweep")}
    specification = [{"ResourceType": "elastic-ip", "Tags": [tag]}]
    address = aws.ec2.allocate_address(TagSpecifications=specification)["AllocationId"]
    cluster = aws.cluster(tags={tag["Key"]: tag["Value"]})
    aws.client("logs").create_log_group(logGroupName=f"/{tag['Value']}", tags={tag["Key"]: tag["Value"]})
    key = aws.kms.create_key(Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]}])["KeyMetadata"]["Arn"]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [tag]})

    def found(**more):
        wanted = [{"Key": tag["Key"], "Values": [tag["Value"]]}]
        return {item["ResourceARN"] for item in tagging.get_resources(TagFilters=wanted, **more)["ResourceTagMappingList"]}

    eks = f"arn:aws:eks:eu-west-1:123456789012:cluster/{cluster}"
    elastic_ip = f"arn:aws:ec2:eu-west-1:123456789012:elastic-ip/{address}"
    log_group = f"arn:aws:logs:eu-west-1:123456789012:log-group:/{tag['Value']}"
    assert found() == {eks, elastic_ip, log_group, key, f"arn:aws:s3:::{bucket}"}
    assert found(ResourceTypeFilters=["ec2:elastic-ip"]) == {elastic_ip}
    assert found(ResourceTypeFilters=["eks"]) == {eks}


def test_quotas(aws, refusal):
    quotas = aws.client("service-quotas")
    codes = {item["QuotaCode"]: item["Value"] for item in quotas.list_service_quotas(ServiceCode="vpc")["Quotas"]}
    assert codes["L-F678F1CE"] == 5.0
    assert quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-0263D0A3")["Quota"]["Value"] == 5.0
    assert "NoSuchResourceException" in refusal(quotas.get_service_quota, ServiceCode="eks", QuotaCode="L-0")
