from __future__ import annotations

import json
from typing import Any

import boto3
import botocore.exceptions
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._kms.key import KmsKey, alias_name
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present
from moto import mock_aws

TAGS = {"opta:environment": "staging", "opta:role": "network", "opta:name": "staging", "opta:managed-by": "opta.platform"}
DESIRED = {"alias": "alias/opta-staging", "enabled": True, "enable_key_rotation": True, "description": "all data", "tags": TAGS}


@pytest.fixture
def client():
    with mock_aws():
        yield boto3.client("kms", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def calls(client):
    made: list[str] = []
    client.meta.events.register("before-call", lambda model, **_context: made.append(model.name))
    return made


def key(client, **options):
    return KmsKey(client, "opta-staging", tags=TAGS, **options)


def present(client, check_mode=False, desired=None, **options):
    return ensure_present(key(client, **options), desired or DESIRED, check_mode=check_mode)


def keys(client):
    return [client.describe_key(KeyId=k["KeyId"])["KeyMetadata"] for k in client.list_keys()["Keys"]]


def aliases(client):
    return {a["AliasName"]: a.get("TargetKeyId") for a in client.list_aliases()["Aliases"] if not a["AliasName"].startswith("alias/aws/")}


@pytest.mark.parametrize("name", ["opta-staging", "alias/opta-staging"])
def test_alias_names_are_accepted_with_and_without_prefix(name):
    assert alias_name(name) == "alias/opta-staging"


def test_a_second_run_after_creation_changes_nothing(client, calls):
    outcome = present(client)
    assert outcome.action == "create"
    assert outcome.resource["key_id"] == keys(client)[0]["KeyId"]
    calls.clear()
    assert present(client).action is None
    assert not [call for call in calls if not call.startswith(("Describe", "List", "Get"))]


def test_tags_are_in_the_creating_call(client, calls):
    key_id = present(client).resource["key_id"]
    assert "TagResource" not in calls
    assert {t["TagKey"]: t["TagValue"] for t in client.list_resource_tags(KeyId=key_id)["Tags"]} == TAGS


def test_check_mode_changes_nothing(client):
    outcome = present(client, check_mode=True)
    assert (outcome.action, outcome.resource["arn"]) == ("create", "(known after apply)")
    assert keys(client) == []


def test_attributes_are_updated_in_place(client):
    present(client)
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}
    outcome = present(client, desired={**DESIRED, "description": "other", "policy": policy, "tags": {**TAGS, "team": "a"}})
    assert outcome.action == "update"
    assert sorted(outcome.attributes) == ["description", "policy", "tags"]
    key_id = keys(client)[0]["KeyId"]
    assert keys(client)[0]["Description"] == "other"
    assert json.loads(client.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]) == policy
    client.disable_key(KeyId=key_id)
    assert present(client).attributes == ["description", "enabled"]
    assert keys(client)[0]["KeyState"] == "Enabled"


def test_multi_region_is_refused(client):
    present(client)
    with pytest.raises(Refused, match="cannot change a single-Region key"):
        present(client, desired={**DESIRED, "multi_region": True})


def test_a_run_interrupted_before_the_alias_is_completed_without_a_duplicate_key(client):
    made = client.create_key(Tags=[{"TagKey": k, "TagValue": v} for k, v in TAGS.items()])["KeyMetadata"]
    client.create_key(Tags=[{"TagKey": "opta:environment", "TagValue": "production"}])
    outcome = present(client)
    assert (outcome.action, outcome.resource["key_id"]) == ("update", made["KeyId"])
    assert "alias" in outcome.attributes
    assert aliases(client) == {"alias/opta-staging": made["KeyId"]}
    assert present(client).action is None


def test_a_key_pending_deletion_is_treated_as_deleted(client):
    first = present(client).resource["key_id"]
    client.schedule_key_deletion(KeyId=first, PendingWindowInDays=7)
    second = present(client).resource["key_id"]
    assert first != second
    assert aliases(client) == {"alias/opta-staging": second}


def test_deletion_is_canceled_if_configured(client):
    first = present(client).resource["key_id"]
    ensure_absent(key(client), check_mode=False, tags=TAGS)
    assert aliases(client) == {}
    outcome = present(client, cancel_deletion=True)
    assert (outcome.action, outcome.resource["key_id"]) == ("update", first)
    assert client.describe_key(KeyId="alias/opta-staging")["KeyMetadata"]["KeyState"] == "Enabled"


def test_absent_schedules_deletion_once(client):
    first = present(client).resource["key_id"]
    assert ensure_absent(key(client, pending_window_in_days=7), check_mode=True, tags=TAGS).action == "delete"
    assert keys(client)[0]["KeyState"] == "Enabled"
    assert ensure_absent(key(client, pending_window_in_days=7), check_mode=False, tags=TAGS).action == "delete"
    assert client.describe_key(KeyId=first)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert aliases(client) == {}
    assert ensure_absent(key(client), check_mode=False, tags=TAGS).action is None


def test_absent_completes_a_deletion_interrupted_after_the_alias(client):
    first = present(client).resource["key_id"]
    client.delete_alias(AliasName="alias/opta-staging")
    assert ensure_absent(key(client), check_mode=False, tags=TAGS).action == "delete"
    assert client.describe_key(KeyId=first)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_key_of_another_environment_is_refused(client):
    present(client)
    others = {**TAGS, "opta:environment": "production"}
    with pytest.raises(Refused, match="belongs to the environment staging"):
        ensure_present(KmsKey(client, "opta-staging", tags=others), {**DESIRED, "tags": others}, check_mode=False)


def test_new_principal_is_waited_for(client, monkeypatch):
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0.0)
    refusals = [2]

    def refuse(**_context):
        if refusals[0]:
            refusals[0] -= 1
            error = {
                "Code": "MalformedPolicyDocumentException",
                "Message": "Policy contains a statement with invalid principals.",
            }
            raise botocore.exceptions.ClientError({"Error": error}, "CreateKey")

    client.meta.events.register("before-call.kms.CreateKey", refuse)
    assert present(client).action == "create"
    assert refusals == [0]
    assert len(keys(client)) == 1


def test_resources_under_the_key_prevent_its_deletion():
    found = {"arn": "arn:key/ours"}
    things: list[dict[str, Any]] = [
        {"arn": "snapshot under it", "kms_key_arn": "arn:key/ours"},
        {"arn": "snapshot under another", "kms_key_arn": "arn:key/other"},
        {"arn": "secret under a key of AWS", "kms_key_arn": ""},
        {"arn": "does not tell", "kms_key_arn": None},
    ]
    assert KmsKey.needed_by(found, things) == ["snapshot under it", "does not tell"]
