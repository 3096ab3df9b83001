from __future__ import annotations

import time

import boto3
import botocore.session
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._logs.log_group import CLASSES, LogGroup
from ansible_collections.opta.platform.plugins.module_utils._logs.retentions import RETENTIONS
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present
from botocore.exceptions import ClientError
from moto import mock_aws

TAGS = {"opta:environment": "staging"}
NAME = "/opta/staging/flow-logs"


@pytest.fixture
def client():
    with mock_aws():
        yield boto3.client("logs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def calls(client):
    made: list[str] = []
    client.meta.events.register("before-call", lambda model, **_context: made.append(model.name))
    return made


def present(client, **desired):
    return ensure_present(LogGroup(client, NAME), {"tags": TAGS, **desired}, check_mode=False)


def group(client):
    return next((g for g in client.describe_log_groups()["logGroups"] if g["logGroupName"] == NAME), None)


def tags_of(client):
    return client.list_tags_for_resource(resourceArn=group(client)["arn"].removesuffix(":*"))["tags"]


def test_retentions_and_classes_are_those_of_aws():
    model = botocore.session.get_session().get_service_model("logs")
    documentation = model.shape_for("Days").documentation
    listed = documentation.split("Possible values are:")[1].split(".")[0].replace(" and", "").replace(",", "").split()
    assert tuple(map(int, listed)) == RETENTIONS
    assert list(CLASSES) == model.shape_for("LogGroupClass").enum


def test_a_second_run_after_creation_changes_nothing(client, calls):
    client.create_log_group(logGroupName=f"{NAME}-other")
    outcome = present(client, retention_in_days=30)
    assert outcome.action == "create"
    assert group(client)["retentionInDays"] == 30
    assert outcome.resource["arn"].endswith(f":log-group:{NAME}")
    calls.clear()
    assert present(client, retention_in_days=30).action is None
    assert set(calls) == {"DescribeLogGroups", "ListTagsForResource"}


def test_tags_are_in_the_creating_call(client, calls):
    present(client)
    assert "TagResource" not in calls
    assert tags_of(client) == TAGS


def test_a_run_interrupted_before_the_retention_is_completed(client):
    client.create_log_group(logGroupName=NAME, tags=TAGS)
    assert present(client, retention_in_days=7).attributes == ["retention_in_days"]
    assert group(client)["retentionInDays"] == 7


def test_retention_zero_never_expires(client):
    present(client, retention_in_days=30)
    assert present(client, retention_in_days=0).attributes == ["retention_in_days"]
    assert "retentionInDays" not in group(client)
    assert present(client, retention_in_days=0).action is None


def test_key_is_associated_and_disassociated_in_place(client, monkeypatch, calls):
    sent = []
    monkeypatch.setattr(client, "associate_kms_key", lambda **request: sent.append(request))
    monkeypatch.setattr(client, "disassociate_kms_key", lambda **request: sent.append(request))
    present(client)
    found = LogGroup(client, NAME).find()
    assert found
    LogGroup(client, NAME).update(found, {"kms_key_arn": "arn:x"}, ["kms_key_arn"])
    LogGroup(client, NAME).update(found, {"kms_key_arn": ""}, ["kms_key_arn"])
    assert sent == [{"logGroupName": NAME, "kmsKeyId": "arn:x"}, {"logGroupName": NAME}]
    assert "DeleteLogGroup" not in calls


def test_a_change_of_the_log_class_is_refused(client):
    present(client, log_group_class="STANDARD")
    with pytest.raises(Refused, match="cannot change the class"):
        present(client, log_group_class="INFREQUENT_ACCESS")


def test_purge_removes_only_what_is_not_desired(client):
    present(client, tags={**TAGS, "team": "a"})
    assert present(client).action is None
    outcome = ensure_present(LogGroup(client, NAME, purge_tags=True), {"tags": TAGS}, check_mode=False)
    assert outcome.attributes == ["tags"]
    assert tags_of(client) == TAGS


def test_absent_deletes_a_recreated_group_without_tags(client):
    client.create_log_group(logGroupName=NAME)
    left = ensure_absent(LogGroup(client, NAME), check_mode=False, tags=TAGS)
    assert left.left_alone and "is left alone: it was not created by this collection" in left.notes[0]
    assert group(client) is not None
    assert ensure_absent(LogGroup(client, NAME), check_mode=False, tags=TAGS, adopt=True).action == "delete"
    assert group(client) is None
    assert ensure_absent(LogGroup(client, NAME), check_mode=False, tags=TAGS).action is None


def test_a_key_that_is_not_ready_is_waited_for(client, monkeypatch):
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0.0)
    refusals = [2]

    def refuse(**_context):
        if refusals[0]:
            refusals[0] -= 1
            message = "The specified KMS key does not exist or is not allowed to be used with Arn"
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "CreateLogGroup")

    client.meta.events.register("before-call.cloudwatch-logs.CreateLogGroup", refuse)
    assert present(client).action == "create"
    assert refusals == [0]


def test_a_new_group_gets_a_retention_and_an_existing_one_keeps_its_own(client):
    present(client)
    assert group(client)["retentionInDays"] == 30
    client.put_retention_policy(logGroupName=NAME, retentionInDays=365)
    assert present(client).action is None
    assert group(client)["retentionInDays"] == 365


def test_an_empty_group_without_retention_is_treated_as_interrupted_creation(client):
    client.create_log_group(logGroupName=NAME, tags=TAGS)
    assert present(client).attributes == ["retention_in_days"]
    client.delete_retention_policy(logGroupName=NAME)
    client.create_log_stream(logGroupName=NAME, logStreamName="stream")
    client.put_log_events(logGroupName=NAME, logStreamName="stream", logEvents=[{"timestamp": int(time.time() * 1000), "message": "kept"}])
    assert present(client).action is None, "what it holds is not made to expire"
