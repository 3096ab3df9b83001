from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._s3 import lifecycle

RULES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "expire": (
        {"id": "a", "expiration_days": 90},
        {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 90}},
    ),
    "everything": (
        {
            "id": "b",
            "enabled": False,
            "prefix": "logs/",
            "noncurrent_expiration_days": 50,
            "newer_noncurrent_versions": 2,
            "abort_incomplete_multipart_upload_days": 7,
            "transitions": [{"days": 30, "storage_class": "STANDARD_IA"}],
            "noncurrent_transitions": [{"days": 40, "storage_class": "GLACIER"}],
        },
        {
            "ID": "b",
            "Status": "Disabled",
            "Filter": {"Prefix": "logs/"},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 50, "NewerNoncurrentVersions": 2},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
            "NoncurrentVersionTransitions": [{"NoncurrentDays": 40, "StorageClass": "GLACIER"}],
        },
    ),
    "one tag": (
        {"id": "c", "tags": {"kind": "draft"}, "expiration_days": 1},
        {"ID": "c", "Status": "Enabled", "Filter": {"Tag": {"Key": "kind", "Value": "draft"}}, "Expiration": {"Days": 1}},
    ),
    "prefix and tag": (
        {"id": "d", "prefix": "p/", "tags": {"kind": "draft"}, "expiration_days": 1},
        {
            "ID": "d",
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "p/", "Tags": [{"Key": "kind", "Value": "draft"}]}},
            "Expiration": {"Days": 1},
        },
    ),
    "delete markers": (
        {"id": "e", "expired_object_delete_marker": True},
        {"ID": "e", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"ExpiredObjectDeleteMarker": True}},
    ),
}


@pytest.mark.parametrize(("option", "rule"), RULES.values(), ids=RULES.keys())
def test_a_rule_is_converted_to_the_api_and_back(option, rule):
    assert lifecycle.rule(option) == rule
    assert lifecycle.option(rule) == {"enabled": True, **option}
    assert lifecycle.errors([option]) == []


def test_rules_are_the_same_in_any_order_and_with_defaults():
    one, other = {"id": "a", "expiration_days": 1}, {"id": "b", "expiration_days": 2, "prefix": None, "enabled": True}
    assert lifecycle.same([one, other], [{"id": "b", "expiration_days": 2, "enabled": True}, {**one, "enabled": True}])
    assert not lifecycle.same([one], [one, other])
    assert not lifecycle.same([one], [{**one, "enabled": False}])


def test_unsupported_rule_fields_are_a_difference():
    rule = {**RULES["expire"][1], "Filter": {"And": {"Prefix": "", "ObjectSizeGreaterThan": 5}}}
    found = lifecycle.option(rule)
    assert found["others"] == ["ObjectSizeGreaterThan"]
    assert not lifecycle.same([found], [{"id": "a", "expiration_days": 90}])


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([{"id": "a"}], "has no action"),
        ([{"id": "a", "expiration_days": 1}, {"id": "a", "expiration_days": 2}], "two rules with the id a"),
        ([{"id": "a", "newer_noncurrent_versions": 1}], "requires noncurrent_expiration_days"),
        ([{"id": "a", "expired_object_delete_marker": True, "expiration_days": 1}], "use a separate rule"),
        ([{"id": "a", "abort_incomplete_multipart_upload_days": 1, "tags": {"a": "b"}}], "use a separate rule"),
        ([{"id": "a", "expiration_days": 0, "noncurrent_expiration_days": 1}], "expiration_days is 0: it must be 1 or more"),
        ([{"id": "a", "noncurrent_expiration_days": 1, "newer_noncurrent_versions": 101}], "it must be between 1 and 100"),
        (
            [{"id": "a", "transitions": [{"days": 1, "storage_class": "Glacier"}]}],
            "storage_class is 'Glacier'; valid storage classes are GLACIER",
        ),
        (
            [{"id": "a", "transitions": [{"days": 7, "storage_class": "STANDARD_IA"}]}],
            "S3 moves objects to STANDARD_IA after 30 days at the earliest",
        ),
        (
            [{"id": "a", "expiration_days": 30, "transitions": [{"days": 30, "storage_class": "GLACIER"}]}],
            "expiration_days is 30: it must be higher than the 30 days of transitions",
        ),
        (
            [{"id": "a", "noncurrent_expiration_days": 9, "noncurrent_transitions": [{"days": 9, "storage_class": "GLACIER"}]}],
            "noncurrent_expiration_days is 9: it must be higher than the 9 days of noncurrent_transitions",
        ),
    ],
)
def test_invalid_lifecycle_rules_are_reported(rules, message):
    (sentence,) = lifecycle.errors(rules)
    assert message in sentence
