# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to Amazon S3, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._eventual_consistency import retry_until_consistent

MISSING = [
    "404",
    "NoSuchBucket",
    "NoSuchTagSet",
    "ServerSideEncryptionConfigurationNotFoundError",
    "OwnershipControlsNotFoundError",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchCORSConfiguration",
    "ReplicationConfigurationNotFoundError",
]
FOREIGN = "foreign"
FOREIGN_CODES = ["403", "301"]
#: two changes of one bucket at the same time, or a bucket made a moment ago
RETRIED = ["OperationAborted", "NoSuchBucket"]


class S3Error(AnsibleAWSError):
    """A call to S3 failed."""


class S3ErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = S3Error

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(MISSING)


@S3ErrorHandler.list_error_handler("find bucket", None)
@AWSRetry.jittered_backoff()
def head_bucket(client: Any, name: str) -> dict[str, Any] | str | None:
    """AWS's answer; FOREIGN when S3 says 403 or 301, without a body, of a bucket of another account or region."""
    try:
        return client.head_bucket(Bucket=name)
    except is_boto3_error_code(FOREIGN_CODES):
        return FOREIGN


@S3ErrorHandler.list_error_handler("get bucket tags", [])
@AWSRetry.jittered_backoff()
def get_tags(client: Any, name: str) -> list[dict[str, str]]:
    return client.get_bucket_tagging(Bucket=name)["TagSet"]


@S3ErrorHandler.list_error_handler("get bucket encryption", {})
@AWSRetry.jittered_backoff()
def get_encryption(client: Any, name: str) -> dict[str, Any]:
    return client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]


@S3ErrorHandler.common_error_handler("get bucket versioning")
@AWSRetry.jittered_backoff()
def get_versioning(client: Any, name: str) -> str:
    return client.get_bucket_versioning(Bucket=name).get("Status", "")


@S3ErrorHandler.list_error_handler("get object ownership", None)
@AWSRetry.jittered_backoff()
def get_ownership(client: Any, name: str) -> str | None:
    return client.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"][0]["ObjectOwnership"]


@S3ErrorHandler.list_error_handler("get public access block", {})
@AWSRetry.jittered_backoff()
def get_public_access_block(client: Any, name: str) -> dict[str, bool]:
    return client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]


@S3ErrorHandler.list_error_handler("get bucket policy", None)
@AWSRetry.jittered_backoff()
def get_policy(client: Any, name: str) -> str | None:
    return client.get_bucket_policy(Bucket=name)["Policy"]


@S3ErrorHandler.list_error_handler("get lifecycle rules", [])
@AWSRetry.jittered_backoff()
def get_lifecycle_rules(client: Any, name: str) -> list[dict[str, Any]]:
    return client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]


@S3ErrorHandler.common_error_handler("get bucket logging")
@AWSRetry.jittered_backoff()
def get_logging(client: Any, name: str) -> dict[str, Any] | None:
    return client.get_bucket_logging(Bucket=name).get("LoggingEnabled")


@S3ErrorHandler.list_error_handler("get CORS rules", [])
@AWSRetry.jittered_backoff()
def get_cors_rules(client: Any, name: str) -> list[dict[str, Any]]:
    return client.get_bucket_cors(Bucket=name)["CORSRules"]


@S3ErrorHandler.list_error_handler("get bucket replication", None)
@AWSRetry.jittered_backoff()
def get_replication(client: Any, name: str) -> dict[str, Any] | None:
    return client.get_bucket_replication(Bucket=name)["ReplicationConfiguration"]


@S3ErrorHandler.common_error_handler("list buckets")
@AWSRetry.jittered_backoff()
def list_buckets(client: Any, prefix: str = "") -> list[str]:
    pages = client.get_paginator("list_buckets").paginate(**({"Prefix": prefix} if prefix else {}))
    return [bucket["Name"] for page in pages for bucket in page.get("Buckets") or []]


@S3ErrorHandler.common_error_handler("create bucket")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["OperationAborted"])
def create_bucket(client: Any, **request: Any) -> None:
    client.create_bucket(**request)


@S3ErrorHandler.common_error_handler("tag bucket")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_tags(client: Any, name: str, tags: list[dict[str, str]]) -> None:
    client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})


@S3ErrorHandler.common_error_handler("set bucket encryption")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_encryption(client: Any, name: str, rule: dict[str, Any]) -> None:
    client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})


@S3ErrorHandler.common_error_handler("set bucket versioning")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_versioning(client: Any, name: str, status: str) -> None:
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})


@S3ErrorHandler.common_error_handler("set object ownership")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_ownership(client: Any, name: str, ownership: str) -> None:
    client.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]})


@S3ErrorHandler.common_error_handler("set public access block")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_public_access_block(client: Any, name: str, configuration: dict[str, bool]) -> None:
    client.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=configuration)


@S3ErrorHandler.common_error_handler("set bucket policy")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_policy(client: Any, name: str, policy: str) -> None:
    client.put_bucket_policy(Bucket=name, Policy=policy)


@S3ErrorHandler.deletion_error_handler("delete bucket policy")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["OperationAborted"])
def delete_policy(client: Any, name: str) -> None:
    client.delete_bucket_policy(Bucket=name)


@S3ErrorHandler.common_error_handler("set lifecycle rules")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_lifecycle_rules(client: Any, name: str, rules: list[dict[str, Any]]) -> None:
    client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})


@S3ErrorHandler.deletion_error_handler("delete lifecycle rules")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["OperationAborted"])
def delete_lifecycle_rules(client: Any, name: str) -> None:
    client.delete_bucket_lifecycle(Bucket=name)


@S3ErrorHandler.common_error_handler("set bucket logging")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_logging(client: Any, name: str, status: dict[str, Any]) -> None:
    client.put_bucket_logging(Bucket=name, BucketLoggingStatus=status)


@S3ErrorHandler.common_error_handler("set CORS rules")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_cors_rules(client: Any, name: str, rules: list[dict[str, Any]]) -> None:
    client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})


@S3ErrorHandler.deletion_error_handler("delete CORS rules")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["OperationAborted"])
def delete_cors_rules(client: Any, name: str) -> None:
    client.delete_bucket_cors(Bucket=name)


@S3ErrorHandler.common_error_handler("set bucket replication")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_replication(client: Any, name: str, configuration: dict[str, Any]) -> None:
    client.put_bucket_replication(Bucket=name, ReplicationConfiguration=configuration)


@S3ErrorHandler.deletion_error_handler("delete bucket replication")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["OperationAborted"])
def delete_replication(client: Any, name: str) -> None:
    client.delete_bucket_replication(Bucket=name)


@S3ErrorHandler.list_error_handler("list object versions", {})
@AWSRetry.jittered_backoff()
def list_versions(client: Any, name: str, limit: int = 1000) -> dict[str, Any]:
    return client.list_object_versions(Bucket=name, MaxKeys=limit)


@S3ErrorHandler.deletion_error_handler("delete objects")
@AWSRetry.jittered_backoff()
def delete_objects(client: Any, name: str, objects: list[dict[str, str]]) -> list[dict[str, Any]]:
    return client.delete_objects(Bucket=name, Delete={"Objects": objects, "Quiet": True}).get("Errors") or []


@S3ErrorHandler.deletion_error_handler("delete bucket")
@AWSRetry.jittered_backoff(catch_extra_error_codes=["OperationAborted"])
def delete_bucket(client: Any, name: str) -> None:
    client.delete_bucket(Bucket=name)
