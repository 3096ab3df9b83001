"""The module kms_key through Ansible, asked of KMS."""

from __future__ import annotations

import json

import pytest

from tests.support.steps import plan_and_do, twelve_steps


@pytest.fixture
def kms(standin):
    return standin.client("kms")


@pytest.fixture
def options(unique):
    name = unique("key")
    return {"name": name, "description": "data", "tags": {"opta:environment": name, "opta:role": "network", "opta:name": name}}


def aliases(kms):
    pages = kms.get_paginator("list_aliases").paginate()
    return {alias["AliasName"]: alias.get("TargetKeyId") for page in pages for alias in page["Aliases"]}


def key_of(kms, name):
    key_id = aliases(kms).get(f"alias/{name}")
    return kms.describe_key(KeyId=key_id)["KeyMetadata"] if key_id else None


def tagged(kms, environment):
    found = []
    for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            tags = kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]
            if {"TagKey": "opta:environment", "TagValue": environment} in tags:
                found.append(kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"])
    return found


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, kms, options):
    name = options["name"]

    def poll():
        key = key_of(kms, name)
        if key is None:
            return [found["KeyState"] for found in tagged(kms, name)]
        rotation = kms.get_key_rotation_status(KeyId=key["KeyId"])
        return key["KeyState"], key["Description"], rotation["KeyRotationEnabled"], rotation.get("RotationPeriodInDays")

    changed = {**options, "description": "all data", "rotation_period_in_days": 180}
    created, updated, deleted = twelve_steps(standin, run_module, "kms_key", options, changed, poll)
    assert created == ("Enabled", "data", True, 365)
    assert updated == ("Enabled", "all data", True, 180)
    assert deleted == ["PendingDeletion"]


def test_policies_are_compared_semantically(standin, run_module, kms, options):
    account = standin.client("sts").get_caller_identity()["Account"]

    def policy(principal, actions):
        return {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"},
                {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Resource": ["*"]},
            ],
        }

    root = f"arn:aws:iam::{account}:root"
    plan_and_do(standin, run_module, "kms_key", "create", **options, policy=policy(root, ["kms:Encrypt", "kms:Decrypt"]))
    same = policy([root], ["kms:Decrypt", "kms:Encrypt"])
    assert not run_module("kms_key", **options, policy=same)["changed"]
    plan_and_do(standin, run_module, "kms_key", "update", **options, policy=policy(root, ["kms:Encrypt"]))
    stored = json.loads(kms.get_key_policy(KeyId=key_of(kms, options["name"])["KeyId"], PolicyName="default")["Policy"])
    assert stored["Statement"][1]["Action"] == ["kms:Encrypt"]


def test_a_pending_deletion_key_is_kept_and_a_new_key_created(standin, run_module, kms, options):
    first = run_module("kms_key", **options)["key"]["key_id"]
    kms.schedule_key_deletion(KeyId=first, PendingWindowInDays=7)
    assert not run_module("kms_key", **options, state="absent")["changed"]
    plan_and_do(standin, run_module, "kms_key", "create", **options)
    second = key_of(kms, options["name"])["KeyId"]
    assert second != first
    assert kms.describe_key(KeyId=first)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_deletion_is_canceled_if_configured(standin, run_module, kms, options):
    first = run_module("kms_key", **options)["key"]["key_id"]
    run_module("kms_key", **options, state="absent", pending_window_in_days=7)
    plan_and_do(standin, run_module, "kms_key", "update", **options, cancel_deletion=True)
    found = key_of(kms, options["name"])
    assert (found["KeyId"], found["KeyState"]) == (first, "Enabled")


def test_a_key_in_use_is_retained(standin, run_module, kms, options):
    arn = run_module("kms_key", **options)["key"]["arn"]
    needing = [{"arn": "the snapshot", "kms_key_arn": arn}]
    kept = run_module("kms_key", **options, state="absent", still_needed=needing)
    assert not kept["changed"]
    assert "the snapshot cannot be read without the key" in " ".join(kept["warnings"])
    assert key_of(kms, options["name"])["KeyState"] == "Enabled"
    other = [{"arn": "another", "kms_key_arn": "arn:of:another"}]
    plan_and_do(standin, run_module, "kms_key", "delete", **options, state="absent", still_needed=other)


def test_a_run_interrupted_before_the_alias_is_completed(standin, run_module, kms, options):
    tags = [{"TagKey": name, "TagValue": value} for name, value in options["tags"].items()]
    made = kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    plan_and_do(standin, run_module, "kms_key", "update", **options)
    assert [key["KeyId"] for key in tagged(kms, options["name"])] == [made]
    assert key_of(kms, options["name"])["KeyId"] == made


def test_the_key_of_another_environment_is_refused_unless_adopted(standin, run_module, kms, options):
    run_module("kms_key", **options)
    others = {**options, "tags": {**options["tags"], "opta:environment": "other"}}
    refused = run_module("kms_key", expect_failure=True, **others)
    assert f"belongs to the environment {options['name']}" in refused["msg"]
    assert run_module("kms_key", **others, adopt=True)["key"]["tags"]["opta:environment"] == "other"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"pending_window_in_days": 3}, "between 7 and 30"),
        ({"rotation_period_in_days": 30}, "between 90 and 2560"),
        ({"rotation_period_in_days": 180, "enable_key_rotation": False}, "requires enable_key_rotation"),
    ],
)
def test_invalid_input_is_reported_before_the_first_call(standin, run_module, options, wrong, message):
    before = standin.mark()
    assert message in run_module("kms_key", expect_failure=True, **options, **wrong)["msg"]
    assert standin.requests(before) == []


def test_multi_region_cannot_be_changed(run_module, options):
    run_module("kms_key", **options)
    for check_mode in (True, False):
        assert (
            "cannot change a single-Region key"
            in run_module("kms_key", check_mode=check_mode, expect_failure=True, **options, multi_region=True)["msg"]
        )
