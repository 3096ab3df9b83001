"""S3: replication between versioned buckets. Nothing is copied."""

from __future__ import annotations

from typing import Any

from moto.s3.models import s3_backends

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.s3 import bucket_of


@answers("s3", "PutBucketReplication")
def put_replication(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    configuration = call.get("ReplicationConfiguration", {})
    if bucket.versioning_status != "Enabled":
        message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        raise AwsError("InvalidRequest", message, 400)
    for rule in configuration.get("Rules") or []:
        destination = _destination(call, rule["Destination"]["Bucket"])
        if destination is None:
            raise AwsError("InvalidRequest", "Destination bucket must exist.", 400)
        if destination.versioning_status != "Enabled":
            raise AwsError("InvalidRequest", "Destination bucket must have versioning enabled.", 400)
        encrypted = (rule.get("SourceSelectionCriteria") or {}).get("SseKmsEncryptedObjects", {}).get("Status") == "Enabled"
        if encrypted != bool((rule["Destination"].get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID")):
            raise AwsError("InvalidRequest", "ReplicaKmsKeyID and SseKmsEncryptedObjects must be specified together.", 400)
    bucket.replication = configuration
    return {}


def _destination(call: Call, arn: str) -> Any:
    name = arn.rsplit(":", 1)[1]
    partition, account = s3_backends.bucket_accounts.get(name, (call.partition, call.account))
    return s3_backends[account][partition].buckets.get(name)


@answers("s3", "GetBucketReplication")
def get_replication(call: Call) -> dict[str, Any]:
    configuration = getattr(bucket_of(call), "replication", None)
    if not configuration:
        raise AwsError("ReplicationConfigurationNotFoundError", "The replication configuration was not found", 404)
    return {"ReplicationConfiguration": configuration}


@answers("s3", "PutBucketVersioning")
def put_versioning(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call)
    if getattr(bucket, "replication", None) and call.get("VersioningConfiguration", {}).get("Status") != "Enabled":
        message = (
            "A replication configuration is present on this bucket, so you cannot change the versioning state. "
            "To change the versioning state, first delete the replication configuration."
        )
        raise AwsError("InvalidBucketState", message, 409)
    return call.moto()
