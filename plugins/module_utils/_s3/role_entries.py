# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The buckets that s3_buckets describes, with names, keys and roles worked out. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import _policy
from .._errors import PlatformError
from .._names import Identity
from . import transformations

ROLE = "s3"
KIND = "bucket"
REPLICATION_KIND = "s3-replication"
#: what a bucket keeps when its entry does not name it
KEPT = ("versioning_enabled", "lifecycle_rules", "cors_rules")
COPIED = ("prefix", "storage_class", "delete_markers_enabled")


def bucket_name(identity: Identity, name: str) -> str:
    """What S3 calls the bucket of this name."""
    return identity.bucket_name(KIND, name)


def bucket_arn(identity: Identity, name: str) -> str:
    """The ARN of the bucket of this name."""
    return transformations.bucket_arn(identity.partition, bucket_name(identity, name))


def name_prefix(identity: Identity) -> str:
    """What the names of all the environment's buckets begin with, shortened ones too."""
    return f"{identity.name}-{KIND}-"[:45].rstrip("-")


@dataclass(frozen=True)
class EncryptionDefaults:
    """What the buckets of an environment have in common. log_bucket_name: empty when there is none."""

    kms_key_arn: str
    log_bucket_name: str
    tags: Mapping[str, str]


def desired_buckets(entries: Sequence[Mapping[str, Any]], identity: Identity, shared: EncryptionDefaults) -> list[dict[str, Any]]:
    """What to bring each bucket to; the destinations of a replication come before its source."""
    by_name = {str(entry["name"]): entry for entry in entries}
    return [_bucket(by_name[name], by_name, identity, shared) for name in in_order(by_name)]


def destination(entry: Mapping[str, Any]) -> str | None:
    """The name of the bucket of the same list that it is replicated to."""
    return (entry.get("replication") or {}).get("bucket")


def in_order(by_name: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Names, those of destinations first; raises PlatformError when buckets are replicated in a circle, or to none of the list."""
    ordered: list[str] = []

    def take(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise PlatformError(f"s3_buckets: {' -> '.join((*path, name))} is a replication loop: remove one of the replications.")
        if name not in by_name:
            raise PlatformError(
                f"s3_buckets, bucket {path[-1]}: replication.bucket is {name}, which is not in the list: add it, "
                "or set destination_bucket_arn to a bucket outside the list."
            )
        target = destination(by_name[name])
        if target:
            take(target, (*path, name))
        if name not in ordered:
            ordered.append(name)

    for name in by_name:
        take(name, ())
    return ordered


def encryption(entry: Mapping[str, Any], kms_key_arn: str) -> dict[str, Any]:
    """The option `encryption` of a bucket: its own key, or the environment's."""
    algorithm = entry.get("sse_algorithm") or transformations.AES256
    return {
        "sse_algorithm": algorithm,
        "kms_key_arn": (entry.get("kms_key_arn") or kms_key_arn) if algorithm == transformations.KMS else None,
    }


def _bucket(
    entry: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]], identity: Identity, shared: EncryptionDefaults
) -> dict[str, Any]:
    name = str(entry["name"])
    arn = bucket_arn(identity, name)
    logs = entry.get("access_logs_enabled")
    logged = shared.log_bucket_name and logs in (None, True)
    own = encryption(entry, shared.kms_key_arn)
    replication = _replication(entry, by_name, identity, shared)
    return {
        "name": name,
        "bucket_name": bucket_name(identity, name),
        "arn": arn,
        "public_access": entry.get("public_access") or transformations.PRIVATE,
        "encryption": own,
        **{option: entry[option] for option in KEPT if entry.get(option) is not None},
        "policy_statements": [_statement(statement, arn) for statement in entry.get("policy_statements") or []],
        "access_logging": {"target_bucket": shared.log_bucket_name, "target_prefix": f"{bucket_name(identity, name)}/"} if logged else {},
        "replication": replication,
        "replication_role": _replication_role(name, arn, own, replication, identity),
        "tags": identity.tags(ROLE, name, {**shared.tags, **(entry.get("tags") or {})}),
    }


def _statement(statement: Mapping[str, Any], arn: str) -> dict[str, Any]:
    """A statement of the user's; without a resource it is about the bucket and all its objects, whose name nobody can know beforehand."""
    return dict(statement) if {"Resource", "NotResource"} & set(statement) else {**statement, "Resource": [arn, f"{arn}/*"]}


def _replication(
    entry: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]], identity: Identity, shared: EncryptionDefaults
) -> dict[str, Any]:
    desired = entry.get("replication")
    if not desired:
        return {}
    target = destination(entry)
    of_target = encryption(by_name[target], shared.kms_key_arn)["kms_key_arn"] if target else None
    key = desired.get("kms_key_arn") or of_target
    if not key and target and encryption(entry, shared.kms_key_arn)["sse_algorithm"] == transformations.KMS:
        key = shared.kms_key_arn  # the same account and region: S3 wants a key for the replicas of what is under a key
    return {
        "destination_bucket_arn": bucket_arn(identity, target) if target else desired["destination_bucket_arn"],
        "role_arn": identity.role_arn(REPLICATION_KIND, str(entry["name"])),
        **({"kms_key_arn": key} if key else {}),
        **{option: desired[option] for option in COPIED if desired.get(option) is not None},
    }


def _replication_role(name: str, arn: str, own: Mapping[str, Any], replication: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    role: dict[str, Any] = {"name": identity.role_name(REPLICATION_KIND, name)}
    if not replication:
        return role
    trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        **role,
        "trust": _policy.document([trust]),
        "permissions": permissions(arn, own.get("kms_key_arn"), replication, identity.region),
    }


def permissions(arn: str, kms_key_arn: str | None, replication: Mapping[str, Any], region: str) -> dict[str, Any]:
    """What S3 may do to replicate, no more (Amazon S3, Setting up permissions for live replication)."""
    target = replication["destination_bucket_arn"]
    versions = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    copies = ["s3:ReplicateObject", "s3:ReplicateTags", *(["s3:ReplicateDelete"] if replication.get("delete_markers_enabled") else [])]
    statements = [
        _allow("ReadConfiguration", ["s3:GetReplicationConfiguration", "s3:ListBucket"], arn),
        _allow("ReadVersions", versions, f"{arn}/*"),
        _allow("WriteReplicas", copies, f"{target}/*"),
    ]
    if kms_key_arn:
        statements.append(_use_of_key("DecryptSource", ["kms:Decrypt"], kms_key_arn, region, arn))
    if replication.get("kms_key_arn"):
        key = replication["kms_key_arn"]
        there = key.split(":")[3] if key.count(":") > 3 else region
        statements.append(_use_of_key("EncryptReplicas", ["kms:Encrypt", "kms:GenerateDataKey"], key, there, target))
    return _policy.document(statements)


def _allow(sid: str, actions: list[str], resource: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _use_of_key(sid: str, actions: list[str], key_arn: str, region: str, bucket_arn: str) -> dict[str, Any]:
    """Through S3 alone, and for this bucket: with a bucket key S3 names the bucket, without one the object."""
    names = {"kms:ViaService": f"s3.{region}.amazonaws.com*", "kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]}
    return {**_allow(sid, actions, key_arn), "Condition": {"StringLike": names}}


def buckets_to_empty(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of the buckets that go with all they hold."""
    return [str(entry["name"]) for entry in entries if str(entry.get("delete_contents", False)).lower() in ("true", "yes", "1")]


def buckets_to_delete(entries: Sequence[Mapping[str, Any]], standing: Mapping[str, str], identity: Identity) -> list[dict[str, Any]]:
    """The buckets to remove: those described, and those that stand although nobody describes them any more, whose objects are kept."""
    names = {**{str(entry["name"]): bucket_name(identity, str(entry["name"])) for entry in entries}, **standing}
    gone = buckets_to_empty(entries)
    return [
        {
            "name": name,
            "bucket_name": bucket_name,
            "delete_contents": name in gone,
            "tags": identity.tags(ROLE, name),
        }
        for name, bucket_name in sorted(names.items())
    ]


def outputs(buckets: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """What the role publishes of described buckets."""
    return {
        "bucket_names": {bucket["name"]: bucket["bucket_name"] for bucket in buckets},
        "bucket_arns": {bucket["name"]: bucket["arn"] for bucket in buckets},
        "kms_key_arns": {bucket["name"]: bucket["encryption"]["kms_key_arn"] or "" for bucket in buckets},
    }
