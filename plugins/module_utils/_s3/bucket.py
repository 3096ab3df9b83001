# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A bucket of S3: what it is, how it is created, updated and deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import is_ansible_aws_error_code

from .. import _policy, _tags
from .._errors import Refused
from .._parallel import run_parallel
from .._resource import Attribute, Resource
from .._wait import wait_for
from . import api, contents, cors, lifecycle, previous_keys, replication, transformations
from .policy import public_actions

#: S3 shows a new bucket within two minutes (terraform-provider-aws, internal/service/s3, bucketPropagationTimeout)
SHOWN_SECONDS = 120.0
READERS = {
    "tags": api.get_tags,
    "encryption": api.get_encryption,
    "versioning": api.get_versioning,
    "ownership": api.get_ownership,
    "blocks": api.get_public_access_block,
    "policy": api.get_policy,
    "lifecycle": api.get_lifecycle_rules,
    "cors": api.get_cors_rules,
    "logging": api.get_logging,
    "replication": api.get_replication,
}


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """The table of a bucket's attributes."""
    return (
        Attribute("object_ownership", lambda b: b["ownership"]),
        Attribute("public_access", lambda b: transformations.public_access(b["blocks"])),
        Attribute("encryption", lambda b: transformations.encryption(b["encryption"])),
        Attribute("versioning_enabled", lambda b: b["versioning"] == "Enabled"),
        Attribute("policy", lambda b: _policy.parsed(b["policy"]) or {}, same=_policy.same),
        Attribute("lifecycle_rules", lambda b: [lifecycle.option(rule) for rule in b["lifecycle"]], same=lifecycle.same),
        Attribute("cors_rules", lambda b: [cors.option(rule) for rule in b["cors"]], same=cors.same),
        Attribute("access_logging", lambda b: transformations.access_logging(b["logging"])),
        Attribute("replication", lambda b: replication.option(b["replication"]), same=replication.same),
        Attribute("tags", lambda b: b["tags"], merge=_only_desired if purge_tags else _tags.merged_unretained),
    )


def _only_desired(found: Mapping[str, str], desired: Mapping[str, Any]) -> dict[str, str]:
    """As tags are purged elsewhere, but which keys the objects need is not forgotten."""
    return _tags.only_desired(found, {**{name: found[name] for name in found if name == previous_keys.TAG}, **desired})


class Bucket(Resource):
    """Source: Amazon S3 API, CreateBucket and the calls of each setting."""

    kind = "S3 bucket"

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        lifecycle_rules_at_creation_only: bool = False,
        delete_contents: bool = False,
        purge_tags: bool = False,
    ) -> None:
        self.client = client
        self.lifecycle_rules_at_creation_only = lifecycle_rules_at_creation_only
        self.name = name
        self.delete_contents = delete_contents
        self.attributes = attributes(purge_tags)

    def derived(self) -> dict[str, Any]:
        return {"arn": transformations.bucket_arn(self.client.meta.partition, self.name), "region": self.client.meta.region_name}

    def find(self) -> Mapping[str, Any] | None:
        head = api.head_bucket(self.client, self.name)
        if head is None:
            return None
        region = None if isinstance(head, str) else head.get("BucketRegion", self.client.meta.region_name)
        if region != self.client.meta.region_name:
            raise self._taken(f"exists in region {region}" if region else "")
        try:
            found = run_parallel({name: partial(read, self.client, self.name) for name, read in READERS.items()}, len(READERS))
        except is_ansible_aws_error_code("NoSuchBucket"):
            return None  # made or deleted a moment ago
        return {**found, "tags": _tags.as_dict(found["tags"])}

    def _taken(self, how: str) -> Refused:
        who = how or "is not available: it belongs to another account, or these credentials cannot access it"
        return Refused(f"{self.kind} {self.name} {who}. Bucket names are global: use another name.")

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        unfinished = found is None or not found["policy"]  # the policy comes last
        if self.lifecycle_rules_at_creation_only and not unfinished:
            desired = {name: value for name, value in desired.items() if name != "lifecycle_rules"}
        if "encryption" not in desired:
            return desired
        encryption = transformations.encryption(transformations.encryption_rule(desired["encryption"]))
        values = {**desired, "encryption": encryption}
        added = previous_keys.tag(transformations.encryption(found["encryption"]), encryption, found["tags"]) if found else {}
        return {**values, "tags": {**desired.get("tags", {}), **added}} if added else values

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if desired.get("state") == "absent":
            self._refuse_contents()
        standing = {} if found is None else {a.name: a.read(found) for a in self.attributes}
        meant = {**standing, **desired}
        if desired.get("public_access") == transformations.PUBLIC_READ and meant.get("encryption", {}).get("sse_algorithm") not in (
            None,
            transformations.AES256,
        ):
            raise Refused(
                f"public_access of {self.name} is read, which requires encryption with AES256: anonymous users cannot use a KMS key."
            )
        if meant.get("replication"):
            self._refuse_replication(meant)
        target = (desired.get("access_logging") or {}).get("target_bucket")
        if target and standing.get("access_logging") != desired["access_logging"]:
            self._refuse_log_target(target)

    def _refuse_contents(self) -> None:
        if not self.delete_contents and contents.holds_objects(self.client, self.name):
            raise Refused(f"{self.kind} {self.name} contains objects; set delete_contents: true to delete them, including all versions.")

    def _refuse_replication(self, meant: Mapping[str, Any]) -> None:
        if not meant.get("versioning_enabled"):
            raise Refused(f"replication of {self.name} requires versioning_enabled: true; S3 replicates only between versioned buckets.")
        if meant.get("encryption", {}).get("sse_algorithm") == transformations.KMS and not meant["replication"].get("kms_key_arn"):
            raise Refused(
                f"replication of {self.name} requires kms_key_arn, a key in the destination's "
                "region: the bucket is encrypted with aws:kms, "
                "and S3 does not replicate such objects without a key for their replicas."
            )

    def _refuse_log_target(self, target: str) -> None:
        algorithm = transformations.encryption(api.get_encryption(self.client, target))["sse_algorithm"]
        if algorithm != transformations.AES256:
            raise Refused(
                f"access_logging of {self.name}: S3 cannot deliver access logs to {target}, which is encrypted with {algorithm}; "
                "the log bucket must use AES256."
            )

    def create(self, desired: Mapping[str, Any]) -> None:
        configuration: dict[str, Any] = {}
        if self.client.meta.region_name != "us-east-1":  # which S3 refuses as a constraint
            configuration["LocationConstraint"] = self.client.meta.region_name
        if desired.get("tags"):
            configuration["Tags"] = _tags.as_list(desired["tags"])
        request: dict[str, Any] = {"Bucket": self.name}
        if configuration:
            request["CreateBucketConfiguration"] = configuration
        if desired.get("object_ownership"):
            request["ObjectOwnership"] = desired["object_ownership"]
        try:
            api.create_bucket(self.client, **request)
        except is_ansible_aws_error_code("BucketAlreadyExists") as error:
            raise self._taken("") from error
        found = wait_for(self._shown, f"{self.kind} {self.name} to be shown", SHOWN_SECONDS, lambda _nothing: "not there")
        changes = [a.name for a in self.attributes if a.name in desired and a.differs(found, desired[a.name])]
        self.update(found, desired, changes)

    def _shown(self) -> tuple[bool, Mapping[str, Any]]:
        found = self.find()
        return found is not None, found or {}

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        """First what makes it private and safe, last what opens it."""
        client, name = self.client, self.name
        opening = desired.get("public_access") == transformations.PUBLIC_READ
        if "tags" in names:
            api.put_tags(client, name, [tag for tag in _tags.as_list(desired["tags"]) if not tag["Key"].startswith("aws:")])
        if "object_ownership" in names:
            api.put_ownership(client, name, desired["object_ownership"])
        if "public_access" in names and not opening:
            api.put_public_access_block(client, name, transformations.public_access_block(desired["public_access"]))
        if "encryption" in names:
            api.put_encryption(client, name, transformations.encryption_rule(desired["encryption"], found["encryption"]))
        if "replication" in names and not desired["replication"]:  # versioning cannot be suspended before
            api.delete_replication(client, name)
        if "versioning_enabled" in names:
            api.put_versioning(client, name, "Enabled" if desired["versioning_enabled"] else "Suspended")
        if "lifecycle_rules" in names:
            rules = [lifecycle.rule(rule) for rule in desired["lifecycle_rules"]]
            api.put_lifecycle_rules(client, name, rules) if rules else api.delete_lifecycle_rules(client, name)
        if "cors_rules" in names:
            rules = [cors.rule(rule) for rule in desired["cors_rules"]]
            api.put_cors_rules(client, name, rules) if rules else api.delete_cors_rules(client, name)
        if "access_logging" in names:
            api.put_logging(client, name, transformations.logging_status(desired["access_logging"]))
        if "public_access" in names and opening:
            api.put_public_access_block(client, name, transformations.public_access_block(desired["public_access"]))
        if "policy" in names:
            self._set_policy(desired["policy"])
        if "replication" in names and desired["replication"]:
            api.put_replication(client, name, replication.configuration(desired["replication"]))

    def _set_policy(self, policy: Mapping[str, Any]) -> None:
        if not policy:
            api.delete_policy(self.client, self.name)
        elif not public_actions(policy):
            api.put_policy(self.client, self.name, json.dumps(policy))
        else:
            self._set_public_policy(policy)

    def _set_public_policy(self, policy: Mapping[str, Any]) -> None:
        try:
            api.put_policy(self.client, self.name, json.dumps(policy))
        except is_ansible_aws_error_code("AccessDenied") as error:
            raise Refused(
                f"{self.kind} {self.name} could not be made public: {error.exception} The account may block "
                "public access (S3, Block Public Access settings for this account): allow it there, or set public_access: none."
            ) from error

    def delete(self, found: Mapping[str, Any]) -> None:
        contents.remove(self.client, self.name, self.delete_contents)
