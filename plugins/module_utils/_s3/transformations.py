# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A bucket's settings as options have them and as S3 has them. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

AES256 = "AES256"
KMS = "aws:kms"

PRIVATE = "none"
PUBLIC_READ = "read"
#: neither of both: somebody has changed single blocks
PARTLY_BLOCKED = "partly blocked"
ACL_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls")
POLICY_BLOCKS = ("BlockPublicPolicy", "RestrictPublicBuckets")


def bucket_arn(partition: str, name: str) -> str:
    """The ARN of a bucket."""
    return f"arn:{partition}:s3:::{name}"


def encryption_rule(desired: Mapping[str, Any], found: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """S3's ServerSideEncryptionRule of the option `encryption`; kinds of encryption that the found rule blocks stay blocked."""
    rule: dict[str, Any] = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": desired["sse_algorithm"]}}
    if desired["sse_algorithm"] == KMS:
        if desired.get("kms_key_arn"):
            rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] = desired["kms_key_arn"]
        rule["BucketKeyEnabled"] = desired.get("bucket_key_enabled", True)
    blocked = (found or {}).get("BlockedEncryptionTypes")
    return {**rule, "BlockedEncryptionTypes": blocked} if blocked else rule


def encryption(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The option `encryption` of S3's rule; every bucket is encrypted with AES-256 at least. Bucket keys are a matter of KMS alone."""
    content = rule.get("ApplyServerSideEncryptionByDefault") or {"SSEAlgorithm": AES256}
    option = {"sse_algorithm": content["SSEAlgorithm"], "kms_key_arn": content.get("KMSMasterKeyID")}
    return {**option, "bucket_key_enabled": bool(rule.get("BucketKeyEnabled")) and option["sse_algorithm"] != AES256}


def public_access(blocks: Mapping[str, bool]) -> str:
    """The option `public_access` of S3's PublicAccessBlockConfiguration."""
    acls, policies = ([blocks.get(block, False) for block in several] for several in (ACL_BLOCKS, POLICY_BLOCKS))
    if all(acls) and all(policies):
        return PRIVATE
    return PUBLIC_READ if all(acls) and not any(policies) else PARTLY_BLOCKED


def public_access_block(access: str) -> dict[str, bool]:
    """S3's PublicAccessBlockConfiguration: access control lists never make anything public."""
    return {**dict.fromkeys(ACL_BLOCKS, True), **dict.fromkeys(POLICY_BLOCKS, access == PRIVATE)}


def access_logging(found: Mapping[str, Any] | None) -> dict[str, str]:
    """The option `access_logging` of S3's LoggingEnabled; empty when it is off."""
    if not found:
        return {}
    return {"target_bucket": found["TargetBucket"], "target_prefix": found.get("TargetPrefix", "")}


def logging_status(desired: Mapping[str, Any]) -> dict[str, Any]:
    """S3's BucketLoggingStatus of the option `access_logging`; an empty dict switches it off."""
    if not desired:
        return {}
    return {"LoggingEnabled": {"TargetBucket": desired["target_bucket"], "TargetPrefix": desired.get("target_prefix") or ""}}
