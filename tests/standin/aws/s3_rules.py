"""S3: lifecycle and CORS rules, kept as they were sent; moto knows but some of their members."""

from __future__ import annotations

from typing import Any

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.s3 import bucket_of

SMALLEST_THAT_MOVES = "all_storage_classes_128K"
CLASSES = ("GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR")
METHODS = ("GET", "PUT", "HEAD", "POST", "DELETE")


@answers("s3", "PutBucketLifecycleConfiguration")
def put_lifecycle(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    rules = call.get("LifecycleConfiguration", {}).get("Rules") or []
    names = [rule.get("ID") for rule in rules if rule.get("ID")]
    if len(set(names)) < len(names):
        raise AwsError("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule", 400)
    for rule in rules:
        _check_rule(rule)
    bucket.lifecycle_as_sent = rules
    bucket.smallest_that_moves = call.get("TransitionDefaultMinimumObjectSize", SMALLEST_THAT_MOVES)
    return {"TransitionDefaultMinimumObjectSize": bucket.smallest_that_moves}


def _check_rule(rule: dict[str, Any]) -> None:
    expiration = rule.get("Expiration") or {}
    if expiration.get("Days", 1) < 1:
        raise AwsError("InvalidArgument", "'Days' for Expiration action must be a positive integer", 400)
    _check_moves(rule)
    alone = expiration.get("ExpiredObjectDeleteMarker") is not None and ("Days" in expiration or "Date" in expiration)
    actions = ("Expiration", "Transitions", "NoncurrentVersionExpiration", "NoncurrentVersionTransitions", "AbortIncompleteMultipartUpload")
    one_filter = len(rule.get("Filter") or {}) <= 1
    if alone or not one_filter or ("Filter" in rule) == ("Prefix" in rule):
        raise AwsError("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema", 400)
    if not any(rule.get(action) for action in actions):
        raise AwsError("InvalidRequest", "At least one action needs to be specified in a rule.", 400)


def _check_moves(rule: dict[str, Any]) -> None:
    """Amazon S3 API, TransitionStorageClass; terraform-provider-aws, pull request 6201; aws-sdk-ruby, issue 178."""
    kinds = (("Transitions", "Expiration", "Days"), ("NoncurrentVersionTransitions", "NoncurrentVersionExpiration", "NoncurrentDays"))
    for moves, end, days in kinds:
        steps = rule.get(moves) or []
        if any(step["StorageClass"] not in CLASSES for step in steps):
            raise AwsError("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema", 400)
        for step in steps:
            if step["StorageClass"].endswith("_IA") and step.get(days, 0) < 30:
                message = f"'{days}' in {moves[:-1]} action must be greater than or equal to 30 for storageClass '{step['StorageClass']}'"
                raise AwsError("InvalidArgument", message, 400)
        ended = (rule.get(end) or {}).get(days)
        if ended is not None and any(step.get(days, 0) >= ended for step in steps):
            message = f"'{days}' in the {end} action must be greater than '{days}' in the {moves[:-1]} action"
            raise AwsError("InvalidArgument", message, 400)


@answers("s3", "GetBucketLifecycleConfiguration")
def get_lifecycle(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    rules = getattr(bucket, "lifecycle_as_sent", [])
    if not rules:
        raise AwsError("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", 404)
    return {"Rules": rules, "TransitionDefaultMinimumObjectSize": bucket.smallest_that_moves}


@answers("s3", "DeleteBucketLifecycle")
def delete_lifecycle(call: Call) -> dict[str, Any]:
    bucket_of(call).lifecycle_as_sent = []
    return {}


@answers("s3", "PutBucketCors")
def put_cors(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    rules = call.get("CORSConfiguration", {}).get("CORSRules") or []
    for method in (method for rule in rules for method in rule.get("AllowedMethods") or []):
        if method not in METHODS:
            raise AwsError("InvalidRequest", f"Found unsupported HTTP method in CORS config. Unsupported method is {method}", 400)
    for rule in rules:
        for member, name in (("AllowedOrigins", "AllowedOrigin"), ("AllowedHeaders", "AllowedHeader")):
            for value in (value for value in rule.get(member) or [] if value.count("*") > 1):
                raise AwsError("InvalidRequest", f'{name} "{value}" can not have more than one wildcard.', 400)
        if any("*" in header for header in rule.get("ExposeHeaders") or []):
            raise AwsError(
                "InvalidRequest", 'ExposeHeader "*" contains wildcard. We currently do not support wildcard for ExposeHeader.', 400
            )
    bucket.cors_as_sent = rules
    return {}


@answers("s3", "GetBucketCors")
def get_cors(call: Call) -> dict[str, Any]:
    rules = getattr(bucket_of(call), "cors_as_sent", [])
    if not rules:
        raise AwsError("NoSuchCORSConfiguration", "The CORS configuration does not exist", 404)
    return {"CORSRules": rules}


@answers("s3", "DeleteBucketCors")
def delete_cors(call: Call) -> dict[str, Any]:
    bucket_of(call).cors_as_sent = []
    return {}
