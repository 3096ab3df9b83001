"""The tagging API and service quotas of the stand-in."""

from __future__ import annotations

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


def test_service_quotas_are_listed(aws, refusal):
    quotas = aws.client("service-quotas")
    codes = {item["QuotaCode"]: item["Value"] for item in quotas.list_service_quotas(ServiceCode="vpc")["Quotas"]}
    assert codes["L-F678F1CE"] == 5.0
    assert quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-0263D0A3")["Quota"]["Value"] == 5.0
    assert "NoSuchResourceException" in refusal(quotas.get_service_quota, ServiceCode="eks", QuotaCode="L-0")
