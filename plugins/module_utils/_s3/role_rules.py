# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules for the inputs of the role s3. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._errors import PlatformError
from .._iam.statements import statement_errors
from .._kms.arns import KEY_ARN
from .._names import Identity
from . import cors, lifecycle, policy, transformations
from .names import refused_name
from .role_entries import bucket_name, destination, in_order

NAME = re.compile(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
BUCKET_ARN = re.compile(r"arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ANY_ACCOUNT, ANY_REGION = "123456789012", "eu-west-1"


def errors(given: Mapping[str, Any]) -> list[str]:
    """A message for each invalid input. given: inputs and literal defaults by name."""
    entries = [entry for entry in given.get("s3_buckets") or [] if isinstance(entry, Mapping) and entry.get("name")]
    names = [str(entry["name"]) for entry in entries]
    sentences = [
        f"s3_buckets has two buckets named {name}: names must be unique." for name in sorted({n for n in names if names.count(n) > 1})
    ]
    for entry in entries:
        where = f"s3_buckets, bucket {entry['name']}"
        sentences += [f"{where}: {problem}" for problem in (*_name(entry, given), *_access(entry), *_logs(entry, given))]
        sentences += [f"{where}: {problem}" for problem in _arns(entry)]
        sentences += statement_errors(f"{where}: policy_statements", entry.get("policy_statements") or [], ("s3",))
        sentences += lifecycle.errors(_complete_rules(entry), f"{where}: lifecycle_rules")
        sentences += cors.errors([rule for rule in entry.get("cors_rules") or [] if isinstance(rule, Mapping)], f"{where}: cors_rules")
    return sentences + _replications(entries)


def _name(entry: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    if not NAME.match(str(entry["name"])):
        return ["name must be lower-case letters, digits and hyphens, for example uploads; it is part of the bucket name."]
    prefix, environment = str(given.get("opta_name_prefix") or "opta"), str(given.get("opta_environment") or "staging")
    reason = refused_name(bucket_name(Identity(environment, prefix, ANY_REGION, ANY_ACCOUNT), str(entry["name"])))
    return [f"S3 rejects the resulting bucket name: {reason}"] if reason else []


def _arns(entry: Mapping[str, Any]) -> Iterator[str]:
    replication = entry.get("replication") or {}
    for option, arn in (("kms_key_arn", entry.get("kms_key_arn")), ("replication.kms_key_arn", replication.get("kms_key_arn"))):
        if arn and not KEY_ARN.fullmatch(str(arn)):
            yield f"{option} is {arn!r}: it must be the ARN of a KMS key, for example arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d."
    bucket = replication.get("destination_bucket_arn")
    if bucket and not BUCKET_ARN.fullmatch(str(bucket)):
        yield f"replication.destination_bucket_arn is {bucket!r}: it must be the ARN of a bucket: arn:<partition>:s3:::<name>."


def _access(entry: Mapping[str, Any]) -> list[str]:
    encrypted, access = entry.get("sse_algorithm", transformations.AES256), entry.get("public_access", transformations.PRIVATE)
    problems = []
    if entry.get("kms_key_arn") and encrypted != transformations.KMS:
        problems.append("kms_key_arn requires sse_algorithm: aws:kms; omit the key for AES256.")
    if access == transformations.PUBLIC_READ and encrypted == transformations.KMS:
        problems.append("public_access: read requires sse_algorithm: AES256; anonymous users cannot use a KMS key.")
    opened = policy.public_actions({"Statement": [each for each in entry.get("policy_statements") or [] if isinstance(each, Mapping)]})
    if opened and access == transformations.PRIVATE:
        problems.append(
            f"policy_statements would allow {', '.join(opened)} to everyone, but "
            "public_access is none: use accounts or roles as principals, "
            "or make the bucket public with public_access: read."
        )
    return problems


def _logs(entry: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    own = given.get("s3_log_bucket_name")
    if entry.get("access_logs_enabled") is True and not own and given.get("network_log_bucket_enabled") is False:
        return ["access_logs_enabled requires a log bucket: set network_log_bucket_enabled: true, or s3_log_bucket_name."]
    return []


def _complete_rules(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [rule for rule in entry.get("lifecycle_rules") or [] if isinstance(rule, Mapping) and rule.get("id")]


def _replications(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    by_name = {str(entry["name"]): entry for entry in entries}
    sentences = []
    for name, entry in by_name.items():
        replication = entry.get("replication")
        if not replication:
            continue
        where = f"s3_buckets, bucket {name}: replication"
        target = destination(entry)
        if bool(target) == bool(replication.get("destination_bucket_arn")):
            sentences.append(f"{where} requires either bucket, the name of another bucket in the list, or destination_bucket_arn.")
        if not entry.get("versioning_enabled"):
            sentences.append(f"{where} requires versioning_enabled: true.")
        if target in by_name and not by_name[target].get("versioning_enabled"):
            sentences.append(f"{where} requires versioning_enabled: true for {target} as well.")
        if not target and entry.get("sse_algorithm") == transformations.KMS and not replication.get("kms_key_arn"):
            sentences.append(
                f"{where} requires kms_key_arn, a key in the destination's region, because the bucket is encrypted with aws:kms."
            )
    try:
        in_order(by_name)
    except PlatformError as error:
        sentences.append(str(error))
    return sentences
