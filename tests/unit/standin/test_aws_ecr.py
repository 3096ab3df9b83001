"""What the stand-in's ECR refuses, as AWS does."""

from __future__ import annotations

import json

import pytest

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@pytest.fixture(scope="module")
def ecr(aws):
    return aws.client("ecr")


@pytest.fixture
def repository(aws, ecr):
    name = aws.name("team/app")
    ecr.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")
    return name


@pytest.fixture
def push(ecr, repository):
    def pushed(tag, content="1"):
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "annotations": {"content": content}})
        return ecr.put_image(repositoryName=repository, imageManifest=manifest, imageTag=tag)["image"]["imageId"]["imageDigest"]

    return pushed


def test_an_immutable_tag_is_not_overwritten(ecr, repository, push, refusal):
    push("v1")
    assert "ImageTagAlreadyExistsException" in refusal(push, tag="v1", content="2")


def test_tags_left_out_are_wildcards(ecr, repository, push, refusal):
    ecr.put_image_tag_mutability(
        repositoryName=repository,
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "*-dev"}],
    )
    for tag, content in (("a-dev", "1"), ("a-dev", "2"), ("dev", "3")):
        push(tag, content=content)
    assert "ImageTagAlreadyExistsException" in refusal(push, tag="dev", content="4")
    described = ecr.describe_repositories(repositoryNames=[repository])["repositories"][0]
    assert described["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert described["imageTagMutabilityExclusionFilters"] == [{"filterType": "WILDCARD", "filter": "*-dev"}]


def test_exclusion_filters_are_required_only_with_exclusion_mutability(ecr, repository, refusal):
    wrong = {"repositoryName": repository, "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"}
    assert "can't be null" in refusal(ecr.put_image_tag_mutability, **wrong)
    filters = [{"filterType": "WILDCARD", "filter": "a"}]
    wrong = {"repositoryName": repository, "imageTagMutability": "IMMUTABLE", "imageTagMutabilityExclusionFilters": filters}
    assert "must be null" in refusal(ecr.put_image_tag_mutability, **wrong)


def test_keys_must_be_usable(aws, ecr, refusal):
    arn = aws.kms.create_key()["KeyMetadata"]["Arn"]
    encryption = {"encryptionType": "KMS", "kmsKey": arn}
    ecr.create_repository(repositoryName=aws.name("keyed"), encryptionConfiguration=encryption)
    aws.kms.schedule_key_deletion(KeyId=arn)
    assert "KmsException" in refusal(ecr.create_repository, repositoryName=aws.name("keyed"), encryptionConfiguration=encryption)


def test_principals_of_a_policy_must_exist(aws, ecr, repository, refusal):
    statement = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/none"}, "Action": "ecr:BatchGetImage"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    assert "Principal not found" in refusal(ecr.set_repository_policy, repositoryName=repository, policyText=json.dumps(policy))
    statement["Principal"] = {"AWS": aws.role("ec2.amazonaws.com")}
    ecr.set_repository_policy(repositoryName=repository, policyText=json.dumps(policy))


def rule(priority, **selection):
    counted = {"countType": "imageCountMoreThan", "countNumber": 1, **selection}
    return {"rulePriority": priority, "selection": counted, "action": {"type": "expire"}}


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([rule(1, tagStatus="untagged"), rule(1, tagStatus="any")], "must be unique"),
        ([rule(1, tagStatus="tagged")], "tagPatternList"),
        ([rule(1, tagStatus="any"), rule(2, tagStatus="untagged")], "highest rulePriority"),
        ([rule(1, tagStatus="untagged", countType="sinceImagePushed")], "countUnit"),
    ],
)
def test_lifecycle_rules_are_checked(ecr, repository, refusal, rules, message):
    text = json.dumps({"rules": rules})
    assert message in refusal(ecr.put_lifecycle_policy, repositoryName=repository, lifecyclePolicyText=text)
    assert "LifecyclePolicyNotFoundException" in refusal(ecr.get_lifecycle_policy, repositoryName=repository)


def test_a_repository_with_images_is_deleted_only_with_force(ecr, repository, push, refusal):
    push("v1")
    assert "RepositoryNotEmptyException" in refusal(ecr.delete_repository, repositoryName=repository)
    ecr.delete_repository(repositoryName=repository, force=True)


def test_the_tagging_api_lists_repositories(aws, ecr, repository):
    arn = ecr.describe_repositories(repositoryNames=[repository])["repositories"][0]["repositoryArn"]
    value = aws.name("sweep")
    ecr.tag_resource(resourceArn=arn, tags=[{"Key": "sweep", "Value": value}])
    tagging = aws.client("resourcegroupstaggingapi")
    found = tagging.get_resources(TagFilters=[{"Key": "sweep", "Values": [value]}])["ResourceTagMappingList"]
    assert [item["ResourceARN"] for item in found] == [arn]
