from __future__ import annotations

import json

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils._ecr import images, lifecycle
from ansible_collections.opta.platform.plugins.module_utils._ecr.repository import Repository, desired_values, refuse_wrong_input
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present
from moto import mock_aws

NAME = "opta-staging/hello"
TAGS = {"opta:environment": "staging"}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
DESIRED = {
    "image_tag_mutability": "IMMUTABLE",
    "image_tag_mutability_exclusion_filters": [],
    "scan_on_push": True,
    "encryption": {"encryption_type": "KMS", "kms_key_arn": KEY},
    "lifecycle_policy": lifecycle.usual_policy(14, 100),
    "policy": {},
    "tags": TAGS,
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "ecr:BatchGetImage"}],
}


@pytest.fixture
def client():
    with mock_aws():
        yield boto3.client("ecr", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def calls(client):
    made: list[tuple[str, dict]] = []
    client.meta.events.register("provide-client-params", lambda params, model, **_context: made.append((model.name, params)))
    return made


def present(client, check_mode=False, **desired):
    return ensure_present(Repository(client, NAME), {**DESIRED, **desired}, check_mode=check_mode)


def push(client, tag, content="1"):
    manifest = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "content": content})
    return client.put_image(repositoryName=NAME, imageManifest=manifest, imageTag=tag)["image"]["imageId"]["imageDigest"]


def test_create_repository_sets_every_supported_attribute(client, calls):
    outcome = present(client)
    assert outcome.action == "create"
    assert outcome.resource["uri"].endswith(f"/{NAME}")
    request = next(params for name, params in calls if name == "CreateRepository")
    assert request["tags"] == [{"Key": "opta:environment", "Value": "staging"}]
    assert request["encryptionConfiguration"] == {"encryptionType": "KMS", "kmsKey": KEY}
    assert request["imageTagMutability"] == "IMMUTABLE"
    assert request["imageScanningConfiguration"] == {"scanOnPush": True}
    assert present(client).action is None


def test_check_mode_changes_nothing(client):
    outcome = present(client, check_mode=True)
    assert (outcome.action, outcome.resource["arn"]) == ("create", "(known after apply)")
    assert client.describe_repositories()["repositories"] == []


CHANGES = {
    "image_tag_mutability": "MUTABLE",
    "scan_on_push": False,
    "lifecycle_policy": {},
    "policy": POLICY,
    "tags": {"opta:environment": "staging", "team": "a"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_setting_is_changed_in_place(client, name):
    present(client)
    planned = present(client, check_mode=True, **{name: CHANGES[name]})
    done = present(client, **{name: CHANGES[name]})
    assert planned.attributes == done.attributes == [name]
    assert present(client, **{name: CHANGES[name]}).action is None
    assert present(client).attributes in ([name], [])


def test_exclusions_are_set_with_the_mutability(client):
    present(client)
    excluded = {"image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filters": ["dev-*", "latest"]}
    assert present(client, **excluded).attributes == ["image_tag_mutability", "image_tag_mutability_exclusion_filters"]
    assert present(client, **{**excluded, "image_tag_mutability_exclusion_filters": ["latest", "dev-*"]}).action is None
    fewer = {**excluded, "image_tag_mutability_exclusion_filters": ["dev-*"]}
    assert present(client, **fewer).attributes == ["image_tag_mutability_exclusion_filters"]


def test_encryption_cannot_be_changed(client):
    present(client)
    for check_mode in (True, False):
        with pytest.raises(Refused, match="encryption cannot be changed"):
            present(client, check_mode=check_mode, encryption={"encryption_type": "AES256", "kms_key_arn": None})
    assert present(client, encryption={"encryption_type": "KMS", "kms_key_arn": None}).action is None


def test_a_run_interrupted_after_create_repository_is_completed(client):
    client.create_repository(
        repositoryName=NAME,
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "KMS", "kmsKey": KEY},
        tags=[{"Key": "opta:environment", "Value": "staging"}],
    )
    assert present(client).attributes == ["lifecycle_policy"]
    assert present(client).action is None


def test_a_repository_with_images_is_deleted_only_on_confirmation(client):
    present(client)
    push(client, "v1")
    for check_mode in (True, False):
        with pytest.raises(Refused, match="delete_contents: true"):
            ensure_absent(Repository(client, NAME), check_mode=check_mode, tags=TAGS)
    assert ensure_absent(Repository(client, NAME, delete_contents=True), check_mode=False, tags=TAGS).action == "delete"
    assert ensure_absent(Repository(client, NAME), check_mode=False, tags=TAGS).action is None


def test_another_environments_repository_is_refused(client):
    present(client)
    with pytest.raises(Refused, match="belongs to the environment staging"):
        present(client, tags={"opta:environment": "production"})


GIVEN = {
    "name": NAME,
    "image_tag_mutability": "IMMUTABLE",
    "image_tag_mutability_exclusion_filters": None,
    "encryption": None,
    "lifecycle_policy": None,
    "untagged_expiration_days": None,
    "tagged_image_count": None,
}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "Hello"}, "for example opta-staging/hello"),
        ({"name": "a"}, "2 to 256"),
        ({"image_tag_mutability_exclusion_filters": ["a"]}, "requires image_tag_mutability: IMMUTABLE_WITH_EXCLUSION"),
        ({"image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION"}, "set image_tag_mutability_exclusion_filters too"),
        (
            {"image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filters": ["a b"]},
            "and not 'a b'",
        ),
        (
            {"image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION", "image_tag_mutability_exclusion_filters": list("abcdef")},
            "takes up to 5",
        ),
        ({"encryption": {"encryption_type": "AES256", "kms_key_arn": "x"}}, "requires encryption.encryption_type: KMS"),
        ({"tagged_image_count": 0}, "must be 1 or more"),
    ],
)
def test_invalid_input_is_reported_in_one_sentence(wrong, message):
    with pytest.raises(Refused, match=message) as refused:
        refuse_wrong_input({**GIVEN, **wrong})
    assert len(str(refused.value).splitlines()) == 1


def test_a_configured_policy_replaces_the_default_policy():
    assert desired_values({**GIVEN, "tagged_image_count": 50}, {})["lifecycle_policy"] == lifecycle.usual_policy(14, 50)
    assert "lifecycle_policy" not in desired_values({**GIVEN, "lifecycle_policy": {}}, {})


def test_a_new_repository_expires_images_and_an_existing_one_keeps_its_rules(client):
    desired = {name: value for name, value in DESIRED.items() if name != "lifecycle_policy"}

    def reconcile():
        return ensure_present(Repository(client, NAME), desired, check_mode=False)

    def rules():
        return json.loads(client.get_lifecycle_policy(repositoryName=NAME)["lifecyclePolicyText"])

    reconcile()
    assert rules() == lifecycle.usual_policy(14, 100)
    client.put_lifecycle_policy(repositoryName=NAME, lifecyclePolicyText=json.dumps(lifecycle.usual_policy(14, 500)))
    assert reconcile().action is None
    client.delete_lifecycle_policy(repositoryName=NAME)
    assert reconcile().attributes == ["lifecycle_policy"], "of an empty repository a run was cut"
    client.delete_lifecycle_policy(repositoryName=NAME)
    push(client, "v1")
    assert reconcile().action is None


def test_an_image_is_found_by_tag_and_by_digest(client):
    present(client)
    digest = push(client, "v1")
    other = push(client, "v2", content="2")
    found = images.find_image(client, NAME, "v1", None, 5)
    assert (found["exists"], found["image"]["digest"], found["image"]["expiry"], found["sentence"]) == (True, digest, None, "")
    assert images.find_image(client, NAME, None, other, 5)["image"]["tags"] == ["v2"]
    assert not images.find_image(client, NAME, "v1", other, 5)["exists"]


def test_a_missing_image_is_reported_with_the_existing_tags(client):
    assert "does not exist in this account" in images.find_image(client, NAME, "v1", None, 5)["sentence"]
    present(client)
    assert "it holds no tagged image" in images.find_image(client, NAME, "v1", None, 5)["sentence"]
    push(client, "v1")
    missing = images.find_image(client, NAME, "v9", None, 5)
    assert missing["exists"] is False
    assert "Image v9 is not in ECR repository opta-staging/hello; its newest tags are v1" in missing["sentence"]


def test_an_image_under_the_lifecycle_policy_is_reported(client):
    present(client, lifecycle_policy=lifecycle.usual_policy(14, 1))
    push(client, "v1")
    push(client, "v2", content="2")
    reported = [images.find_image(client, NAME, tag, None, 5) for tag in ("v1", "v2")]
    due = [found for found in reported if found["image"]["expiry"]]
    assert len(due) == 1
    assert "expires: it expires within a day under the lifecycle rule 2" in due[0]["sentence"]
