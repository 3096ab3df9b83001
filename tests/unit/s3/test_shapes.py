from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._s3 import shapes

RULES = {
    "expire": (
        {"id": "a", "expiration_days": 90},
        {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 90}},
    ),
    "everything": (
        {
            "id": "b",
            "enabled": False,
            "prefix": "logs/",
            "noncurrent_expiration_days": 3,
            "abort_incomplete_multipart_upload_days": 7,
            "transitions": [{"days": 30, "storage_class": "STANDARD_IA"}],
            "noncurrent_transitions": [{"days": 40, "storage_class": "GLACIER"}],
        },
        {
            "ID": "b",
            "Status": "Disabled",
            "Filter": {"Prefix": "logs/"},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 3},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
            "NoncurrentVersionTransitions": [{"NoncurrentDays": 40, "StorageClass": "GLACIER"}],
        },
    ),
}


@pytest.mark.parametrize(("option", "rule"), RULES.values(), ids=RULES.keys())
def test_lifecycle_rule_there_and_back(option, rule):
    assert shapes.lifecycle_rule(option) == rule
    assert shapes.lifecycle_option(rule) == {"enabled": True, **option}


def test_rules_are_the_same_in_any_order_and_with_defaults():
    one, other = {"id": "a", "expiration_days": 1}, {"id": "b", "expiration_days": 2, "prefix": None, "enabled": True}
    assert shapes.same_rules([one, other], [{"id": "b", "expiration_days": 2, "enabled": True}, {**one, "enabled": True}])
    assert not shapes.same_rules([one], [one, other])
    assert not shapes.same_rules([one], [{**one, "enabled": False}])


def test_policy_is_tls_only_with_further_statements():
    statement = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "x"}
    policy = shapes.policy("aws-cn", "b", True, [statement])
    own, further = policy["Statement"]
    assert (own["Effect"], own["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert own["Resource"] == ["arn:aws-cn:s3:::b", "arn:aws-cn:s3:::b/*"]
    assert further == statement
    assert shapes.policy("aws", "b", False, []) is None


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        ({"sse_algorithm": "AES256", "kms_key_arn": None}, {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}),
        (
            {"sse_algorithm": "aws:kms", "kms_key_arn": "k"},
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}, "BucketKeyEnabled": True},
        ),
    ],
)
def test_encryption_there_and_back(wanted, rule):
    assert shapes.encryption_rule(wanted) == rule
    assert shapes.encryption(rule) == wanted


def test_a_bucket_without_a_rule_is_encrypted_by_s3():
    assert shapes.encryption({}) == {"sse_algorithm": "AES256", "kms_key_arn": None}


def test_access_logging_there_and_back():
    wanted = {"target_bucket": "t", "target_prefix": "p/"}
    assert shapes.access_logging(shapes.logging_status(wanted)["LoggingEnabled"]) == wanted
    assert shapes.access_logging(None) == {}
    assert shapes.logging_status({}) == {}
