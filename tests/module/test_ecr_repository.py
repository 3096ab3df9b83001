"""The modules ecr_repository and ecr_image_info through Ansible, asked of ECR."""

from __future__ import annotations

import json
from typing import Any

import botocore.exceptions
import pytest

from tests.support.steps import plan_and_do, twelve_steps

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@pytest.fixture
def ecr(standin):
    return standin.client("ecr")


@pytest.fixture
def options(unique):
    return {"name": unique("opta-staging/app"), "tags": {"opta:environment": "staging"}}


@pytest.fixture
def push(ecr, options):
    def pushed(tag, content="1"):
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "annotations": {"content": content}})
        return ecr.put_image(repositoryName=options["name"], imageManifest=manifest, imageTag=tag)["image"]["imageId"]["imageDigest"]

    return pushed


def described(ecr, name):
    try:
        return ecr.describe_repositories(repositoryNames=[name])["repositories"][0]
    except ecr.exceptions.RepositoryNotFoundException:
        return None


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, ecr, options):
    name = options["name"]

    def poll():
        found = described(ecr, name)
        return found and (found["imageTagMutability"], found["imageScanningConfiguration"]["scanOnPush"])

    changed = {**options, "image_tag_mutability": "MUTABLE", "scan_on_push": False}
    seen = twelve_steps(standin, run_module, "ecr_repository", options, changed, poll)
    assert seen == [("IMMUTABLE", True), ("MUTABLE", False), None]


def test_each_change_is_planned_and_applied(standin, run_module, ecr, options, push):
    run_module("ecr_repository", **options)
    account = standin.client("sts").get_caller_identity()["Account"]
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "ecr:BatchGetImage"}
    changes: list[tuple[dict[str, Any], list[str]]] = [
        (
            {"image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filters": ["dev-*"]},
            ["image_tag_mutability", "image_tag_mutability_exclusion_filters"],
        ),
        ({"image_tag_mutability_exclusion_filters": ["dev-*", "latest"]}, ["image_tag_mutability_exclusion_filters"]),
        ({"tagged_image_count": 50}, ["lifecycle_policy"]),
        ({"policy": {"Version": "2012-10-17", "Statement": [statement]}}, ["policy"]),
        ({"scan_on_push": False}, ["scan_on_push"]),
        ({"lifecycle_policy": {}, "policy": {}}, ["lifecycle_policy", "policy"]),
    ]
    meant = dict(options)
    for change, attributes in changes:
        meant.update(change)
        done = plan_and_do(standin, run_module, "ecr_repository", "update", **meant)
        assert done["actions"][0]["attributes"] == attributes
    for tag, content in (("dev-1", "1"), ("dev-1", "2"), ("v1", "3")):
        push(tag, content)
    with pytest.raises(botocore.exceptions.ClientError, match="ImageTagAlreadyExistsException"):
        push("v1", "4")


def test_a_new_repository_is_encrypted_and_scanned(standin, run_module, ecr, options):
    key_arn = standin.client("kms").create_key()["KeyMetadata"]["Arn"]
    encrypted = {**options, "encryption": {"encryption_type": "KMS", "kms_key_arn": key_arn}}
    before = standin.mark()
    run_module("ecr_repository", **encrypted)
    assert standin.mutating(before) == ["CreateRepository", "PutLifecyclePolicy"]
    found = described(ecr, options["name"])
    assert found["encryptionConfiguration"] == {"encryptionType": "KMS", "kmsKey": key_arn}
    assert found["imageTagMutability"] == "IMMUTABLE"
    rules = json.loads(ecr.get_lifecycle_policy(repositoryName=options["name"])["lifecyclePolicyText"])["rules"]
    kept = [(rule["selection"]["tagStatus"], rule["selection"]["countType"], rule["selection"]["countNumber"]) for rule in rules]
    assert kept == [("untagged", "sinceImagePushed", 14), ("tagged", "imageCountMoreThan", 100)]
    for check_mode in (True, False):
        refused = run_module(
            "ecr_repository", check_mode=check_mode, expect_failure=True, **options, encryption={"encryption_type": "AES256"}
        )
        assert "encryption cannot be changed" in refused["msg"]


def test_images_are_deleted_only_on_confirmation(standin, run_module, ecr, options, push):
    run_module("ecr_repository", **options)
    push("v1")
    for check_mode in (True, False):
        refused = run_module("ecr_repository", check_mode=check_mode, expect_failure=True, **options, state="absent")
        assert "contains images; set delete_contents: true" in refused["msg"]
    plan_and_do(standin, run_module, "ecr_repository", "delete", **options, state="absent", delete_contents=True)
    assert described(ecr, options["name"]) is None


def test_a_foreign_repository_is_adopted_if_allowed(standin, run_module, ecr, options):
    ecr.create_repository(repositoryName=options["name"])
    assert "was not created by this collection" in run_module("ecr_repository", expect_failure=True, **options)["msg"]
    plan_and_do(standin, run_module, "ecr_repository", "update", **options, adopt=True)


def test_invalid_input_is_reported_before_the_first_call(standin, run_module, options):
    before = standin.mark()
    assert "for example opta-staging/hello" in run_module("ecr_repository", expect_failure=True, **{**options, "name": "Hello"})["msg"]
    assert standin.requests(before) == []


def test_a_missing_image_is_refused_with_the_existing_tags(standin, run_module, options, push):
    name = options["name"]
    run_module("ecr_repository", **options)
    digest = push("v1")
    mark = standin.mark()
    found = run_module("ecr_image_info", repository_name=name, image_tag="v1", must_exist=True)
    assert (found["image"]["digest"], found["image"]["expiry"], found["sentence"]) == (digest, None, "")
    refused = run_module("ecr_image_info", expect_failure=True, repository_name=name, image_tag="v2", must_exist=True)
    assert f"Image v2 is not in ECR repository {name}; its newest tags are v1." in refused["msg"]
    assert standin.mutating(mark) == []


def test_a_digest_under_the_lifecycle_rule_is_reported(run_module, options, push):
    run_module("ecr_repository", **options, tagged_image_count=1)
    digests = [push("v1"), push("v2", "2")]
    found = [run_module("ecr_image_info", repository_name=options["name"], image_digest=digest) for digest in digests]
    assert sorted(bool(each["image"]["expiry"]) for each in found) == [False, True]
    assert any("expires" in each["sentence"] for each in found)
