# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the module s3_bucket does with its options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import _tags
from .._errors import Refused
from .._reconcile import ensure_present
from .._resource import Outcome
from . import contents, cors, lifecycle, policy, transformations
from .bucket import Bucket
from .names import refused_name

if TYPE_CHECKING:
    from .._module import PlatformModule

#: what a kept bucket is made free of: both need what goes with the environment
SWITCHED_OFF: dict[str, Any] = {"access_logging": {}, "replication": {}}


def refuse_wrong_name(name: str) -> None:
    """Raise Refused for a name that S3 does not take."""
    reason = refused_name(name)
    if reason:
        raise Refused(f"name is {name!r}, but {reason}")


def refuse_wrong_input(given: Mapping[str, Any]) -> None:
    """Raise Refused for what needs no answer of AWS."""
    refuse_wrong_name(given["name"])
    sentences = []
    encryption = given["encryption"] or {}
    if encryption.get("kms_key_arn") and encryption["sse_algorithm"] != transformations.KMS:
        sentences.append("encryption.kms_key_arn requires encryption.sse_algorithm: aws:kms; omit the key for AES256.")
    sentences += lifecycle.errors(given["lifecycle_rules"] or [])
    sentences += cors.errors(given["cors_rules"] or [])
    if (given["access_logging"] or {}).get("target_bucket") == given["name"]:
        sentences.append("access_logging.target_bucket is the bucket itself, which would log its own log deliveries: use another bucket.")
    sentences += _wrong_replication(given)
    sentences += _wrong_statements(given)
    if sentences:
        raise Refused("\n".join(sentences))


def _wrong_replication(given: Mapping[str, Any]) -> list[str]:
    replication = given["replication"] or {}
    meant = {name: value for name, value in replication.items() if value not in (None, "", False)}
    missing = [name for name in ("destination_bucket_arn", "role_arn") if meant and not meant.get(name)]
    return [f"replication requires {missing[0]} too; an empty dict disables it."] if missing else []


def _wrong_statements(given: Mapping[str, Any]) -> list[str]:
    own = [s for s in given["policy_statements"] if s.get("Sid") in (policy.TLS_ONLY_SID, policy.PUBLIC_READ_SID)]
    if own:
        return [f"policy_statements has a statement with the Sid {own[0]['Sid']}, which is reserved for the module: use another Sid."]
    opened = policy.public_actions({"Statement": given["policy_statements"]})
    if opened and given["public_access"] == transformations.PRIVATE:
        return [
            f"policy_statements would allow {', '.join(opened)} to everyone, but "
            "public_access is none: use accounts or roles as principals, "
            "restrict them with a condition such as aws:PrincipalOrgID, or make the bucket public with public_access: read."
        ]
    return []


def desired_values(module: PlatformModule, bucket: Bucket) -> dict[str, Any]:
    """The attributes that the options ask for."""
    given = module.params
    values = module.desired(bucket)
    values["policy"] = policy.document(
        bucket.client.meta.partition, bucket.name, given["tls_only"], given["public_access"], given["policy_statements"]
    )
    if given["lifecycle_rules"] is not None:
        values["lifecycle_rules"] = [lifecycle.option(lifecycle.rule(rule)) for rule in given["lifecycle_rules"]]
    if given["cors_rules"] is not None:
        values["cors_rules"] = [cors.option(cors.rule(rule)) for rule in given["cors_rules"]]
    if given["access_logging"] is not None:
        values["access_logging"] = given["access_logging"] if given["access_logging"]["target_bucket"] else {}
    if given["replication"] is not None:
        values["replication"] = given["replication"] if given["replication"]["destination_bucket_arn"] else {}
    return values


def bucket_outcome(module: PlatformModule, bucket: Bucket) -> Outcome:
    """Bring the bucket to its state, and say what is public and what is kept."""
    given = module.params
    if given["state"] == "present":
        refuse_wrong_input(given)
        outcome = module.reconcile(bucket, desired_values(module, bucket))
        outcome.notes += public_note(bucket.name, outcome.resource)
        return outcome
    refuse_wrong_name(bucket.name)
    keeping = given["keep_contents"] and not given["delete_contents"]
    found = bucket.find() if keeping else None
    if found is not None and not _tags.not_ours(bucket.tags(found), given["tags"]) and contents.holds_objects(bucket.client, bucket.name):
        return retain(module, bucket)
    return module.reconcile(bucket)


def retain(module: PlatformModule, bucket: Bucket) -> Outcome:
    """Leave the bucket with what it holds, tagged as kept on purpose."""
    desired = {**SWITCHED_OFF, "tags": {**(module.params["tags"] or {}), _tags.RETAINED: "true"}}
    outcome = ensure_present(bucket, desired, check_mode=module.check_mode, adopt=module.params["adopt"])
    outcome.notes.append(f"S3 bucket {bucket.name} contains objects and is retained, tagged {_tags.RETAINED}.")
    outcome.notes += public_note(bucket.name, outcome.resource)
    return outcome


def public(resource: Mapping[str, Any] | None) -> list[str]:
    """What everybody may do with the bucket; nothing while its policy is not known."""
    document = (resource or {}).get("policy")
    return policy.public_actions(document) if isinstance(document, Mapping) else []


def public_note(name: str, resource: Mapping[str, Any] | None) -> list[str]:
    """A sentence when the bucket is public."""
    actions = public(resource)
    return [f"S3 bucket {name} is public: everyone on the internet is allowed {', '.join(actions)}."] if actions else []
