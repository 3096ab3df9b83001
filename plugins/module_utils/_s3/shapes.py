# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A bucket's settings as options have them and as S3 has them. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _policy

AES256 = "AES256"
KMS = "aws:kms"
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
TLS_ONLY_SID = "TlsOnly"

#: option of a lifecycle rule -> (member of S3's rule, member of that)
EXPIRATIONS = {
    "expiration_days": ("Expiration", "Days"),
    "noncurrent_expiration_days": ("NoncurrentVersionExpiration", "NoncurrentDays"),
    "abort_incomplete_multipart_upload_days": ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
}
#: option of a lifecycle rule -> (member of S3's rule, name of its days)
TRANSITIONS = {"transitions": ("Transitions", "Days"), "noncurrent_transitions": ("NoncurrentVersionTransitions", "NoncurrentDays")}


def bucket_arn(partition: str, name: str) -> str:
    """The ARN of a bucket."""
    return f"arn:{partition}:s3:::{name}"


def policy(partition: str, name: str, tls_only: bool, statements: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The bucket's policy: nothing without TLS, and the given statements; None when there is no statement."""
    arn = bucket_arn(partition, name)
    own = {
        "Sid": TLS_ONLY_SID,
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    all_statements = [*([own] if tls_only else []), *statements]
    return _policy.document(all_statements) if all_statements else None


def encryption_rule(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """S3's ServerSideEncryptionRule of the option `encryption`."""
    rule: dict[str, Any] = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": wanted["sse_algorithm"]}}
    if wanted["sse_algorithm"] == KMS:
        if wanted.get("kms_key_arn"):
            rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] = wanted["kms_key_arn"]
        rule["BucketKeyEnabled"] = True  # one call to KMS for many objects
    return rule


def encryption(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The option `encryption` of S3's rule; every bucket is encrypted with AES-256 at least."""
    content = rule.get("ApplyServerSideEncryptionByDefault") or {"SSEAlgorithm": AES256}
    return {"sse_algorithm": content["SSEAlgorithm"], "kms_key_arn": content.get("KMSMasterKeyID")}


def public_access_block(blocked: bool) -> dict[str, bool]:
    """S3's PublicAccessBlockConfiguration."""
    return dict.fromkeys(BLOCKS, blocked)


def lifecycle_rule(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """S3's LifecycleRule of one of the option's rules."""
    rule: dict[str, Any] = {
        "ID": wanted["id"],
        "Status": "Enabled" if wanted.get("enabled", True) else "Disabled",
        "Filter": {"Prefix": wanted.get("prefix") or ""},
    }
    for option, (member, days) in EXPIRATIONS.items():
        if wanted.get(option):
            rule[member] = {days: wanted[option]}
    for option, (member, days) in TRANSITIONS.items():
        if wanted.get(option):
            rule[member] = [{days: step["days"], "StorageClass": step["storage_class"]} for step in wanted[option]]
    return rule


def lifecycle_option(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The option's rule of S3's LifecycleRule; only what is set."""
    option: dict[str, Any] = {"id": rule.get("ID", ""), "enabled": rule.get("Status") == "Enabled"}
    prefix = (rule.get("Filter") or {}).get("Prefix") or rule.get("Prefix")
    if prefix:
        option["prefix"] = prefix
    for name, (member, days) in EXPIRATIONS.items():
        if (rule.get(member) or {}).get(days):
            option[name] = rule[member][days]
    for name, (member, days) in TRANSITIONS.items():
        if rule.get(member):
            option[name] = [{"days": step[days], "storage_class": step["StorageClass"]} for step in rule[member]]
    return option


def same_rules(found: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lists of the option's rules mean the same; their order does not count."""

    def by_id(rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {rule["id"]: lifecycle_option(lifecycle_rule(rule)) for rule in rules}

    return by_id(found) == by_id(wanted)


def access_logging(found: Mapping[str, Any] | None) -> dict[str, str]:
    """The option `access_logging` of S3's LoggingEnabled; empty when it is off."""
    if not found:
        return {}
    return {"target_bucket": found["TargetBucket"], "target_prefix": found.get("TargetPrefix", "")}


def logging_status(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """S3's BucketLoggingStatus of the option `access_logging`; an empty dict switches it off."""
    if not wanted:
        return {}
    return {"LoggingEnabled": {"TargetBucket": wanted["target_bucket"], "TargetPrefix": wanted.get("target_prefix") or ""}}
