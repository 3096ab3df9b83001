from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._s3 import role_entries
from ansible_collections.opta.platform.plugins.module_utils._s3.role_entries import EncryptionDefaults

from tests.support.identities import identity_of, marks

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
IDENTITY = identity_of()
SHARED = EncryptionDefaults(KEY, "opta-staging-logs-1", {"team": "a"})


def bucket(*entries, shared=SHARED):
    return role_entries.desired_buckets(entries, IDENTITY, shared)


def test_an_entry_with_only_a_name_gets_defaults():
    (made,) = bucket({"name": "uploads"})
    name = role_entries.bucket_name(IDENTITY, "uploads")
    assert name.startswith("opta-staging-bucket-uploads-")
    assert (made["bucket_name"], made["arn"]) == (name, f"arn:aws:s3:::{name}")
    assert (made["public_access"], made["replication"]) == ("none", {})
    assert not {"versioning_enabled", "lifecycle_rules", "cors_rules"} & set(made), "an existing bucket keeps what is not named"
    assert made["encryption"] == {"sse_algorithm": "AES256", "kms_key_arn": None}
    assert made["access_logging"] == {"target_bucket": "opta-staging-logs-1", "target_prefix": f"{name}/"}
    assert made["tags"] == {
        **marks(),
        "opta:role": "s3",
        "opta:name": "uploads",
        "opta:managed-by": "opta.platform",
        "team": "a",
    }


def test_names_differ_by_account_and_region_and_fit_63_characters():
    others = {replace(IDENTITY, account_id="210987654321"), replace(IDENTITY, region="eu-west-2")}
    assert len({role_entries.bucket_name(identity, "a") for identity in (IDENTITY, *others)}) == 3
    long = identity_of("e" * 32)
    names = [role_entries.bucket_name(long, "n" * 40 + end) for end in ("a", "b")]
    assert max(map(len, names)) <= 63
    assert len(set(names)) == 2
    assert all(name.startswith(role_entries.name_prefix(long)) for name in names)


def test_without_a_log_bucket_access_logging_is_disabled():
    (made,) = bucket({"name": "a"}, shared=EncryptionDefaults(KEY, "", {}))
    assert made["access_logging"] == {}
    (made,) = bucket({"name": "a", "access_logs_enabled": False})
    assert made["access_logging"] == {}


def test_a_statement_without_a_resource_is_about_the_bucket():
    statement = {"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "s3:GetObject"}
    (made,) = bucket({"name": "a", "policy_statements": [statement, {**statement, "Resource": "x"}]})
    assert [each["Resource"] for each in made["policy_statements"]] == [[made["arn"], f"{made['arn']}/*"], "x"]


def test_buckets_use_the_environment_key_or_a_configured_key():
    keys = [made["encryption"]["kms_key_arn"] for made in bucket({"name": "a", "sse_algorithm": "aws:kms"})]
    keys += [made["encryption"]["kms_key_arn"] for made in bucket({"name": "a", "sse_algorithm": "aws:kms", "kms_key_arn": "own"})]
    assert keys == [KEY, "own"]


REPLICATED = {"name": "a", "versioning_enabled": True, "replication": {"bucket": "z"}}


def test_replication_destinations_are_created_first():
    assert [made["name"] for made in bucket(REPLICATED, {"name": "b"}, {"name": "z"})] == ["z", "a", "b"]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([REPLICATED], "which is not in the list"),
        ([REPLICATED, {"name": "z", "replication": {"bucket": "a"}}], "a -> z -> a is a replication loop"),
        ([{"name": "a", "replication": {"bucket": "a"}}], "a -> a is a replication loop"),
    ],
)
def test_replication_to_an_unknown_bucket_is_refused(entries, message):
    with pytest.raises(PlatformError, match=message):
        bucket(*entries)


def test_replication_settings_contain_arn_role_and_key():
    target, source = bucket({**REPLICATED, "sse_algorithm": "aws:kms"}, {"name": "z"})
    assert source["replication"]["destination_bucket_arn"] == target["arn"]
    assert source["replication"]["kms_key_arn"] == KEY
    role = source["replication_role"]["name"]
    assert source["replication"]["role_arn"] == f"arn:aws:iam::123456789012:role{IDENTITY.iam_path}{role}"
    elsewhere = {"destination_bucket_arn": "arn:aws:s3:::else", "prefix": "in/"}
    (made,) = bucket({"name": "a", "replication": elsewhere})
    assert made["replication"] == {**elsewhere, "role_arn": made["replication"]["role_arn"]}


def test_the_replication_role_may_only_replicate():
    _target, source = bucket({**REPLICATED, "sse_algorithm": "aws:kms"}, {"name": "z", "sse_algorithm": "aws:kms"})
    statements = source["replication_role"]["permissions"]["Statement"]
    actions = {action for statement in statements for action in statement["Action"]}
    assert "s3:ReplicateDelete" not in actions
    assert not {action for action in actions if "*" in action}
    assert {statement["Resource"] for statement in statements} == {
        source["arn"],
        f"{source['arn']}/*",
        f"{source['replication']['destination_bucket_arn']}/*",
        KEY,
    }
    deleting = {**source["replication"], "delete_markers_enabled": True, "kms_key_arn": "arn:aws:kms:us-east-1:1:key/2"}
    made = role_entries.permissions(source["arn"], None, deleting, "eu-west-1")["Statement"]
    assert "s3:ReplicateDelete" in made[2]["Action"]
    assert made[3]["Condition"]["StringLike"]["kms:ViaService"] == "s3.us-east-1.amazonaws.com*"


def test_a_key_known_after_apply_can_be_planned():
    unknown = EncryptionDefaults("(known after apply)", "logs", {})
    _target, source = role_entries.desired_buckets([{**REPLICATED, "sse_algorithm": "aws:kms"}, {"name": "z"}], IDENTITY, unknown)
    assert source["replication_role"]["permissions"]["Statement"][3]["Resource"] == "(known after apply)"


def test_existing_and_listed_buckets_are_deleted():
    removed = role_entries.buckets_to_delete(
        [{"name": "a", "delete_contents": True}, {"name": "b"}], {"old": "opta-staging-bucket-old-1"}, IDENTITY
    )
    assert [(each["name"], each["delete_contents"]) for each in removed] == [("a", True), ("b", False), ("old", False)]
    assert removed[2]["bucket_name"] == "opta-staging-bucket-old-1"
    assert role_entries.buckets_to_empty([{"name": "a", "delete_contents": "true"}, {"name": "b", "delete_contents": False}]) == ["a"]


def test_outputs_are_maps_of_strings():
    made = role_entries.outputs(bucket({"name": "a"}, {"name": "b", "sse_algorithm": "aws:kms"}))
    assert made["kms_key_arns"] == {"a": "", "b": KEY}
    assert set(made) == {"bucket_names", "bucket_arns", "kms_key_arns"}
    assert role_entries.outputs([]) == {"bucket_names": {}, "bucket_arns": {}, "kms_key_arns": {}}
