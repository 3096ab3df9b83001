"""S3: a new bucket is private and encrypted as AWS makes it, refuses to become public, and belongs to one account alone."""

from __future__ import annotations

import json
import re
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, PublicAccessBlock, s3_backends

from tests.standin.aws.errors import AwsError
from tests.standin.aws.iam_roles import as_list, principal_exists
from tests.standin.aws.operations import Call, answers, checks
from tests.standin.aws.policies import conditions_hold, load, named_principals

NAME = re.compile(r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
# Conditions on these keys make a statement for everyone one that is not public
NARROWING = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:principalorgid",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:userid",
)

# Bucket policies are kept, not enforced: moto ignores their conditions, so that a TLS-only policy would lock everybody out
FakeBucket.get_permission = lambda self, action, resource: PermissionResult.NEUTRAL


@checks("s3")
def others_see_nothing(call: Call) -> None:
    """A bucket of another account: names are global, and nobody else's policy is imitated."""
    name = call.get("Bucket")
    owner = s3_backends.bucket_accounts.get(name, (call.partition, call.account))[1]
    if name and owner != call.account and call.operation != "CreateBucket":
        raise AwsError("403" if call.operation == "HeadBucket" else "AccessDenied", "Forbidden", 403)


@answers("s3", "CreateBucket")
def create_bucket(call: Call) -> dict[str, Any]:
    name = call.get("Bucket")
    if not NAME.fullmatch(name) or ADDRESS.fullmatch(name) or ".." in name:
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.", 400)
    if name in _backend(call).buckets and call.region != "us-east-1":
        message = "Your previous request to create the named bucket succeeded and you already own it."
        raise AwsError("BucketAlreadyOwnedByYou", message, 409)
    existed = name in _backend(call).buckets
    answer = call.moto()
    bucket = _backend(call).buckets[name]
    if not existed:
        bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")
        bucket.encryption = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}}
        bucket.ownership_rule = call.get("ObjectOwnership", "BucketOwnerEnforced")
    return answer


@answers("s3", "DeleteBucketEncryption")
def delete_bucket_encryption(call: Call) -> dict[str, Any]:
    """Back to what every bucket has."""
    bucket_of(call).encryption = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}}
    return {}


@answers("s3", "PutBucketPolicy")
def put_bucket_policy(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    try:
        document = load(call.get("Policy"))
    except ValueError as error:
        raise AwsError("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'", 400) from error
    for arn in sorted(named_principals(document)):
        if not principal_exists(call, arn):
            raise AwsError("MalformedPolicy", "Invalid principal in policy", 400)
    for statement in as_list(document["Statement"]):
        for resource in as_list(statement.get("Resource")):
            if f":::{bucket.name}" not in resource and resource != "*":
                raise AwsError("MalformedPolicy", "Policy has invalid resource", 400)
    block = bucket.public_access_block
    if block and str(block.block_public_policy).lower() == "true" and is_public(document):
        reason = "public policies are blocked by the BlockPublicPolicy block public access setting."
        message = f"User is not authorized to perform: s3:PutBucketPolicy because {reason}"
        raise AwsError("AccessDenied", message, 403)
    text = call.get("Policy")
    bucket.policy = text.encode() if isinstance(text, str) else text
    return {}


@answers("s3", "GetBucketPolicyStatus")
def get_bucket_policy_status(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    if not bucket.policy:
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return {"PolicyStatus": {"IsPublic": is_public(json.loads(bucket.policy))}}


@answers("s3", "PutBucketAcl")
def put_bucket_acl(call: Call) -> dict[str, Any]:
    _refuse_acl(call)
    return call.moto()


@answers("s3", "PutBucketLogging")
def put_bucket_logging(call: Call) -> dict[str, Any]:
    """The target is ours, in the same region, lets S3 write, and is not under a KMS key (T3; AWS would drop the logs silently)."""
    bucket = bucket_of(call)
    target_name = (call.get("BucketLoggingStatus") or {}).get("LoggingEnabled", {}).get("TargetBucket")
    if target_name:
        target = _backend(call).buckets.get(target_name)
        if target is None:
            raise AwsError("InvalidTargetBucketForLogging", "The target bucket for logging does not exist", 400)
        if target.region_name != bucket.region_name:
            message = "The target bucket for logging must be in the same region as the source bucket"
            raise AwsError("CrossLocationLoggingProhibitted", message, 403)
        if not _may_write_logs(target, call.account):
            message = "You must give the log-delivery group WRITE and READ_ACP permissions to the target bucket"
            raise AwsError("InvalidTargetBucketForLogging", message, 400)
        rule = (target.encryption or {}).get("Rule", {})
        rule = rule[0] if isinstance(rule, list) else rule
        if rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "").startswith("aws:kms"):
            message = "The target bucket for logging must use SSE-S3: server access logs cannot be delivered to a bucket with a KMS key"
            raise AwsError("InvalidTargetBucketForLogging", message, 400)
        prefix = call.get("BucketLoggingStatus")["LoggingEnabled"].get("TargetPrefix") or ""
        bucket.logging = {**call.get("BucketLoggingStatus")["LoggingEnabled"], "TargetPrefix": prefix}
        return {}
    bucket.logging = {}
    return {}


def is_public(document: dict[str, Any]) -> bool:
    """Whether S3 takes a policy for public: it allows everybody something, without a condition that narrows everybody down."""
    for statement in as_list(document.get("Statement")):
        principal = statement.get("Principal")
        everybody = principal == "*" or (isinstance(principal, dict) and "*" in as_list(principal.get("AWS")))
        if statement.get("Effect") == "Allow" and everybody:
            keys = {key.lower() for test in (statement.get("Condition") or {}).values() for key in test}
            if not keys & set(NARROWING):
                return True
    return False


def _may_write_logs(target: Any, account: str) -> bool:
    document = json.loads(target.policy) if target.policy else {}
    for statement in as_list(document.get("Statement")):
        principal = statement.get("Principal")
        services = as_list(principal.get("Service")) if isinstance(principal, dict) else []
        writes = {"s3:PutObject", "s3:*", "s3:Put*"} & set(as_list(statement.get("Action")))
        tests = statement.get("Condition") or {}
        known = {"aws:SourceAccount": account}
        narrowed = {operator: {k: v for k, v in test.items() if k.lower() == "aws:sourceaccount"} for operator, test in tests.items()}
        if statement.get("Effect") == "Allow" and "logging.s3.amazonaws.com" in services and writes and conditions_hold(narrowed, known):
            return True
    return False


def _refuse_acl(call: Call) -> None:
    if bucket_of(call).ownership_rule == "BucketOwnerEnforced" and call.get("ACL", "private") not in (
        "private",
        "bucket-owner-full-control",
    ):
        raise AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)


def _backend(call: Call) -> Any:
    return s3_backends[call.account][call.partition]


def bucket_of(call: Call) -> Any:
    """Moto's bucket that a call is about."""
    name = call.get("Bucket")
    if name not in _backend(call).buckets:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
    return _backend(call).buckets[name]
