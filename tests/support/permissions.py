"""The IAM permissions that the READMEs of the roles name, and those that a call to AWS needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from tests.support.collection import ROLES

SERVICES = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag", "docdb": "rds", "service-quotas": "servicequotas"}
#: calls whose action is called otherwise (Service Authorization Reference, Amazon S3)
OTHERWISE = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:PutBucketCors": "s3:PutBucketCORS",
    "s3:DeleteBucketCors": "s3:PutBucketCORS",
}
#: needs no permission (AWS STS API)
FREE = ("sts:GetCallerIdentity",)
ACTION = re.compile(r"\b([a-z0-9-]+):([A-Za-z*]+)")


def action(service: str, operation: str) -> str:
    """The action that a call needs; service and operation as botocore calls them."""
    called = f"{SERVICES.get(service, service)}:{operation}"
    return OTHERWISE.get(called, called)


def documented(roles: Iterable[str]) -> set[str]:
    """The actions, with * for any characters, that the READMEs of these roles name."""
    found = set()
    for role in roles:
        text = (ROLES / role / "README.md").read_text().partition("## IAM permissions")[2].partition("\n## ")[0]
        for line in text.splitlines():
            found |= {f"{service}:{name}" for service, name in ACTION.findall(line)}
            service, colon, names = line.partition(":")
            if colon and re.fullmatch(r"[a-z0-9-]+", service):  # a line of one service: "iam:GetRole, ListRoles"
                found |= {f"{service}:{name.strip()}" for name in names.split(",")}
    return found


def missing(actions: Iterable[str], roles: Iterable[str]) -> list[str]:
    """The actions that none of these roles' READMEs names."""
    patterns = documented(roles)
    needed = {name for name in actions if name not in FREE}
    return sorted(name for name in needed if not any(fnmatchcase(name, pattern) for pattern in patterns))
