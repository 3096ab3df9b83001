"""The module cloudwatch_log_group through Ansible, asked of CloudWatch Logs."""

from __future__ import annotations

import json

import pytest

from tests.support.steps import plan_and_do, twelve_steps


@pytest.fixture
def logs(standin):
    return standin.client("logs")


@pytest.fixture
def options(unique):
    name = f"/{unique('group')}/flow-logs"
    return {"name": name, "retention_in_days": 30, "tags": {"opta:environment": "staging"}}


@pytest.fixture
def key_arn(standin):
    account = standin.client("sts").get_caller_identity()["Account"]
    use = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    groups = f"arn:aws:logs:{standin.region}:{account}:log-group:*"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"},
            {
                "Effect": "Allow",
                "Principal": {"Service": f"logs.{standin.region}.amazonaws.com"},
                "Action": use,
                "Resource": "*",
                "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            },
        ],
    }
    return standin.client("kms").create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"]


def group(logs, name):
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return next((one for one in found if one["logGroupName"] == name), None)


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, logs, options):
    def poll():
        found = group(logs, options["name"])
        return found and (found.get("retentionInDays"), logs.list_tags_for_resource(resourceArn=found["arn"].removesuffix(":*"))["tags"])

    changed = {**options, "retention_in_days": 0, "tags": {**options["tags"], "team": "a"}}
    created, updated, deleted = twelve_steps(standin, run_module, "cloudwatch_log_group", options, changed, poll)
    assert created == (30, {"opta:environment": "staging"})
    assert updated == (None, {"opta:environment": "staging", "team": "a"})
    assert deleted is None


def test_key_is_set_and_removed_in_place(standin, run_module, logs, options, key_arn):
    plan_and_do(standin, run_module, "cloudwatch_log_group", "create", **options)
    made = group(logs, options["name"])["creationTime"]
    plan_and_do(standin, run_module, "cloudwatch_log_group", "update", **options, kms_key_arn=key_arn)
    assert group(logs, options["name"])["kmsKeyId"] == key_arn
    assert not run_module("cloudwatch_log_group", **options)["changed"]  # not given: left alone
    plan_and_do(standin, run_module, "cloudwatch_log_group", "update", **options, kms_key_arn="")
    found = group(logs, options["name"])
    assert (found.get("kmsKeyId"), found["creationTime"]) == (None, made)


def test_group_is_created_under_a_key_whose_policy_names_it(standin, run_module, logs, options, key_arn):
    plan_and_do(standin, run_module, "cloudwatch_log_group", "create", **options, kms_key_arn=key_arn)
    assert group(logs, options["name"])["kmsKeyId"] == key_arn


def test_an_invalid_retention_is_refused_and_the_group_is_not_changed(standin, run_module, logs, options):
    run_module("cloudwatch_log_group", **options)
    before = standin.mark()
    refused = run_module("cloudwatch_log_group", expect_failure=True, **{**options, "retention_in_days": 31})
    assert "retention_in_days" in refused["msg"]
    assert standin.requests(before) == []
    plan_and_do(standin, run_module, "cloudwatch_log_group", "update", **{**options, "retention_in_days": 1096})
    assert group(logs, options["name"])["retentionInDays"] == 1096


def test_class_cannot_be_changed(run_module, options):
    run_module("cloudwatch_log_group", **options, log_group_class="STANDARD")
    for check_mode in (True, False):
        changed = {**options, "log_group_class": "INFREQUENT_ACCESS"}
        assert "cannot change the class" in run_module("cloudwatch_log_group", check_mode=check_mode, expect_failure=True, **changed)["msg"]


def test_a_recreated_group_without_tags_is_deleted_if_allowed(run_module, logs, options):
    logs.create_log_group(logGroupName=options["name"])
    left = run_module("cloudwatch_log_group", **options, state="absent")
    assert "is left alone: it was not created by this collection" in str(left["warnings"][0])
    assert group(logs, options["name"])
    run_module("cloudwatch_log_group", **options, state="absent", adopt=True)
    assert group(logs, options["name"]) is None
