"""Inputs of the role s3 that cannot be right are told in one sentence each."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._s3.role_rules import errors

FOR_ALL = {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject"}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d"
VERSIONED = {"versioning_enabled": True}


def test_what_is_right_is_not_talked_about() -> None:
    source = {"name": "uploads", **VERSIONED, "sse_algorithm": "aws:kms", "replication": {"bucket": "copy"}}
    public = {"name": "assets", "public_access": "read", "policy_statements": [FOR_ALL]}
    public["cors_rules"] = [{"allowed_origins": "https://*.a.com,https://b.com", "allowed_methods": ["GET"], "expose_headers": ["ETag"]}]
    assert errors({"opta_environment": "staging", "s3_buckets": [source, {"name": "copy", **VERSIONED}, public]}) == []
    assert errors({}) == []


@pytest.mark.parametrize(
    ("buckets", "sentence"),
    [
        ([{"name": "a"}, {"name": "a"}], "s3_buckets has two buckets named a"),
        ([{"name": "My_Bucket"}], "bucket My_Bucket: name must be lower-case letters"),
        ([{"name": "a", "kms_key_arn": KEY}], "kms_key_arn requires sse_algorithm: aws:kms"),
        ([{"name": "a", "public_access": "read", "sse_algorithm": "aws:kms"}], "public_access: read requires sse_algorithm: AES256"),
        ([{"name": "a", "policy_statements": [FOR_ALL]}], "would allow s3:PutObject to everyone, but public_access is none"),
        (
            [{"name": "a", "cors_rules": [{"allowed_origins": ["*example*.com"], "allowed_methods": ["GET"]}]}],
            "bucket a: cors_rules: allowed_origins has '*example*.com', but S3 allows one * per value",
        ),
        (
            [{"name": "a", "cors_rules": [{"allowed_origins": ["*"], "allowed_methods": ["GET"], "expose_headers": ["*"]}]}],
            "bucket a: cors_rules: expose_headers has '*': list each header",
        ),
        (
            [{"name": "a", "cors_rules": [{"allowed_origins": ["*"], "allowed_methods": ["ANY"]}]}],
            "ANY is not a valid method; valid methods are GET, PUT",
        ),
        ([{"name": "a", "lifecycle_rules": [{"id": "x"}]}], "bucket a: lifecycle_rules: the rule x has no action"),
        ([{"name": "a", "access_logs_enabled": True}], "access_logs_enabled requires a log bucket"),
        (
            [{"name": "a", "replication": {"destination_bucket_arn": "arn:aws:s3:::copies"}}],
            "replication requires versioning_enabled: true",
        ),
        ([{"name": "a", **VERSIONED, "replication": {"prefix": "x"}}], "requires either bucket"),
        ([{"name": "a", **VERSIONED, "replication": {"bucket": "b"}}, {"name": "b"}], "requires versioning_enabled: true for b as well"),
        ([{"name": "a", **VERSIONED, "replication": {"bucket": "b"}}], "not in the list"),
        ([{"name": "a", **VERSIONED, "replication": {"bucket": "a"}}], "is a replication loop"),
        (
            [{"name": "a", **VERSIONED, "sse_algorithm": "aws:kms", "replication": {"destination_bucket_arn": "arn:aws:s3:::copies"}}],
            "requires kms_key_arn, a key in the destination's region",
        ),
    ],
)
def test_what_is_wrong_is_reported(buckets: list[dict[str, Any]], sentence: str) -> None:
    reported = errors({"s3_buckets": buckets, "network_log_bucket_enabled": False})
    assert len(reported) == 1
    assert sentence in reported[0]


def test_an_invalid_bucket_name_is_reported_in_its_full_form() -> None:
    reported = errors({"s3_buckets": [{"name": "a"}], "opta_name_prefix": "Acme"})
    assert "S3 rejects the resulting bucket name" in reported[0]
