from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._s3 import cors, previous_keys, replication, transformations
from ansible_collections.opta.platform.plugins.module_utils._s3.names import refused_name

ARN = "arn:aws:kms:eu-west-1:123456789012:key/"


@pytest.mark.parametrize(
    ("desired", "rule"),
    [
        (
            {"sse_algorithm": "AES256", "kms_key_arn": None, "bucket_key_enabled": False},
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}},
        ),
        (
            {"sse_algorithm": "aws:kms", "kms_key_arn": "k", "bucket_key_enabled": True},
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}, "BucketKeyEnabled": True},
        ),
    ],
)
def test_encryption_is_converted_to_the_api_and_back(desired, rule):
    assert transformations.encryption_rule(desired) == rule
    assert transformations.encryption(rule) == desired


def test_a_bucket_without_a_rule_is_encrypted_by_s3():
    assert transformations.encryption({}) == {"sse_algorithm": "AES256", "kms_key_arn": None, "bucket_key_enabled": False}


def test_blocked_encryption_types_stay_blocked():
    blocked = {"EncryptionType": ["SSE-C"]}
    assert (
        transformations.encryption_rule({"sse_algorithm": "AES256"}, {"BlockedEncryptionTypes": blocked})["BlockedEncryptionTypes"]
        == blocked
    )


@pytest.mark.parametrize("access", ["none", "read"])
def test_public_access_is_converted_to_the_api_and_back(access):
    blocks = transformations.public_access_block(access)
    assert transformations.public_access(blocks) == access
    assert blocks["BlockPublicAcls"] is blocks["IgnorePublicAcls"] is True


def test_partial_public_access_blocks_are_neither_public_nor_private():
    assert transformations.public_access({}) == transformations.public_access(
        {**transformations.public_access_block("none"), "BlockPublicPolicy": False}
    )
    assert transformations.public_access({}) == "partly blocked"


def test_access_logging_is_converted_to_the_api_and_back():
    desired = {"target_bucket": "t", "target_prefix": "p/"}
    assert transformations.access_logging(transformations.logging_status(desired)["LoggingEnabled"]) == desired
    assert transformations.access_logging(None) == {}
    assert transformations.logging_status({}) == {}


def test_a_cors_rule_is_converted_to_the_api_and_back():
    desired = {"allowed_origins": ["https://example.com"], "allowed_methods": ["GET"], "max_age_seconds": 60}
    rule = {"AllowedOrigins": ["https://example.com"], "AllowedMethods": ["GET"], "MaxAgeSeconds": 60}
    assert cors.rule({**desired, "id": None, "expose_headers": []}) == rule
    assert cors.option(rule) == desired


def test_the_order_of_cors_rules_counts_and_that_of_their_lists_does_not():
    one = {"allowed_origins": ["a", "b"], "allowed_methods": ["GET"]}
    other = {"allowed_origins": ["c"], "allowed_methods": ["PUT"]}
    assert cors.same([one, other], [{**one, "allowed_origins": ["b", "a"]}, other])
    assert not cors.same([one, other], [other, one])


REPLICATION = {"destination_bucket_arn": "arn:aws:s3:::d", "role_arn": "arn:aws:iam::1:role/r"}


def test_replication_is_converted_to_the_api_and_back():
    desired = {**REPLICATION, "kms_key_arn": "k", "prefix": "in/", "storage_class": "STANDARD_IA", "delete_markers_enabled": True}
    made = replication.configuration(desired)
    assert replication.option(made) == desired
    assert made["Rules"][0]["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    assert replication.option(None) == {}


def test_replication_is_the_same_with_defaults_and_differs_with_rules_of_others():
    found = replication.option(replication.configuration(REPLICATION))
    assert replication.same(found, REPLICATION)
    assert not replication.same(found, {})
    assert replication.same({}, {})
    made = replication.configuration(REPLICATION)
    more = replication.option({**made, "Rules": [*made["Rules"], {**made["Rules"][0], "ID": "else"}]})
    assert more["others"] == ["else"]
    assert not replication.same(more, REPLICATION)
    disabled = replication.option({**made, "Rules": [{**made["Rules"][0], "Status": "Disabled"}]})
    assert not replication.same(disabled, REPLICATION)


def test_a_former_key_is_recorded_in_tags():
    key, none = {"kms_key_arn": ARN + "1"}, {"kms_key_arn": None}
    assert previous_keys.tag(key, none, {}) == {previous_keys.TAG: ARN + "1"}
    assert previous_keys.tag(key, key, {}) == {}
    assert previous_keys.tag(none, key, {}) == {}
    assert previous_keys.tag(key, none, {previous_keys.TAG: ARN + "1"}) == {}
    assert previous_keys.tag({"kms_key_arn": ARN + "2"}, none, {previous_keys.TAG: ARN + "1"}) == {previous_keys.TAG: f"{ARN}1 {ARN}2"}
    assert previous_keys.tag({"kms_key_arn": ARN + "2"}, none, {previous_keys.TAG: "x" * 250}) == {previous_keys.TAG: "many"}


def test_the_key_of_stored_objects_is_known():
    assert previous_keys.needed_key({"kms_key_arn": None}, {}) == ""
    assert previous_keys.needed_key({"kms_key_arn": "k"}, {}) == "k"
    assert previous_keys.needed_key({"kms_key_arn": None}, {previous_keys.TAG: "k"}) == "k"
    assert previous_keys.needed_key({"kms_key_arn": "k"}, {previous_keys.TAG: "k2"}) is None
    assert previous_keys.needed_key({"kms_key_arn": None}, {previous_keys.TAG: "many"}) is None


@pytest.mark.parametrize("name", ["ab", "A-b-c", "a..b", "10.0.0.1", "xn--abc", "abc-s3alias", "-abc", "a" * 64, "a_b"])
def test_invalid_bucket_names_are_refused(name):
    assert "for example opta-staging-logs" in refused_name(name)


@pytest.mark.parametrize("name", ["abc", "opta-staging-bucket-uploads-0a1b2c3d", "a.b.c"])
def test_valid_bucket_names_are_accepted(name):
    assert refused_name(name) == ""
