# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A bucket of S3: what it is, how it is made, changed, emptied and removed. Private to the collection."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import is_ansible_aws_error_code

from .. import _policy, _tags
from .._errors import Refused
from .._resource import Attribute, Resource, tags_attribute
from . import api, shapes

EMPTYING_ROUNDS = 5  # logs are still delivered while a bucket is emptied

READERS = {
    "tags": api.get_tags,
    "encryption": api.get_encryption,
    "versioning": api.get_versioning,
    "ownership": api.get_ownership,
    "blocks": api.get_public_access_block,
    "policy": api.get_policy,
    "lifecycle": api.get_lifecycle_rules,
    "logging": api.get_logging,
}


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """The table of a bucket's attributes."""
    return (
        Attribute("object_ownership", lambda b: b["ownership"]),
        Attribute("block_public_access", lambda b: all(b["blocks"].get(block) for block in shapes.BLOCKS)),
        Attribute("encryption", lambda b: shapes.encryption(b["encryption"])),
        Attribute("versioning_enabled", lambda b: b["versioning"] == "Enabled"),
        Attribute("policy", lambda b: _policy.parsed(b["policy"]) or {}, same=_policy.same),
        Attribute("lifecycle_rules", lambda b: [shapes.lifecycle_option(r) for r in b["lifecycle"]], same=shapes.same_rules),
        Attribute("access_logging", lambda b: shapes.access_logging(b["logging"])),
        tags_attribute(lambda b: b["tags"], purge_tags),
    )


class Bucket(Resource):
    """Source: Amazon S3 API, CreateBucket and the calls of each setting."""

    kind = "S3 bucket"

    def __init__(self, client: Any, name: str, *, delete_contents: bool = False, purge_tags: bool = False) -> None:
        self.client = client
        self.name = name
        self.delete_contents = delete_contents
        self.attributes = attributes(purge_tags)

    def determined(self) -> dict[str, Any]:
        return {"arn": shapes.bucket_arn(self.client.meta.partition, self.name), "region": self.client.meta.region_name}

    def find(self) -> Mapping[str, Any] | None:
        head = api.head_bucket(self.client, self.name)
        if head is None:
            return None
        region = None if isinstance(head, str) else head.get("BucketRegion", self.client.meta.region_name)
        if region != self.client.meta.region_name:
            owner = f"exists in the region {region}" if region else "belongs to another account, or lies in another region"
            raise Refused(f"{self.kind} {self.name} {owner}; names of buckets are global: choose another one.")
        with ThreadPoolExecutor(max_workers=len(READERS)) as pool:
            answers = {name: pool.submit(read, self.client, self.name) for name, read in READERS.items()}
        found = {name: answer.result() for name, answer in answers.items()}
        return {**found, "tags": _tags.as_dict(found["tags"])}

    def check(self, found: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> None:
        if wanted.get("state") == "absent":
            self._refuse_contents()
        target = (wanted.get("access_logging") or {}).get("target_bucket")
        if target and shapes.access_logging((found or {}).get("logging")) != wanted["access_logging"]:
            self._refuse_log_target(target)

    def _refuse_contents(self) -> None:
        contents = {} if self.delete_contents else api.list_versions(self.client, self.name, limit=1)
        if contents.get("Versions") or contents.get("DeleteMarkers"):
            raise Refused(f"{self.kind} {self.name} still holds objects; set delete_contents: true to delete them, all versions included.")

    def _refuse_log_target(self, target: str) -> None:
        algorithm = shapes.encryption(api.get_encryption(self.client, target))["sse_algorithm"]
        if algorithm != shapes.AES256:
            raise Refused(
                f"access_logging of {self.name}: S3 delivers no access logs to {target}, which is encrypted with {algorithm}; "
                "the bucket for access logs must use AES256."
            )

    def create(self, wanted: Mapping[str, Any]) -> None:
        configuration: dict[str, Any] = {}
        if self.client.meta.region_name != "us-east-1":  # which S3 refuses as a constraint
            configuration["LocationConstraint"] = self.client.meta.region_name
        if wanted.get("tags"):
            configuration["Tags"] = _tags.as_list(wanted["tags"])
        request: dict[str, Any] = {"Bucket": self.name}
        if configuration:
            request["CreateBucketConfiguration"] = configuration
        if wanted.get("object_ownership"):
            request["ObjectOwnership"] = wanted["object_ownership"]
        api.create_bucket(self.client, **request)
        found = self.find()
        if found is not None:
            changes = [a.name for a in self.attributes if a.name in wanted and a.differs(found, wanted[a.name])]
            self.update(found, wanted, changes)

    def update(self, found: Mapping[str, Any], wanted: Mapping[str, Any], names: Sequence[str]) -> None:
        if "tags" in names:
            own = [tag for tag in _tags.as_list(wanted["tags"]) if not tag["Key"].startswith("aws:")]
            api.put_tags(self.client, self.name, own)
        if "object_ownership" in names:
            api.put_ownership(self.client, self.name, wanted["object_ownership"])
        if "block_public_access" in names and wanted["block_public_access"]:
            api.put_public_access_block(self.client, self.name, shapes.public_access_block(True))
        if "encryption" in names:
            api.put_encryption(self.client, self.name, shapes.encryption_rule(wanted["encryption"]))
        if "versioning_enabled" in names:
            api.put_versioning(self.client, self.name, "Enabled" if wanted["versioning_enabled"] else "Suspended")
        if "lifecycle_rules" in names:
            self._set_lifecycle_rules(wanted["lifecycle_rules"])
        if "access_logging" in names:
            api.put_logging(self.client, self.name, shapes.logging_status(wanted["access_logging"]))
        if "block_public_access" in names and not wanted["block_public_access"]:
            api.put_public_access_block(self.client, self.name, shapes.public_access_block(False))
        if "policy" in names:
            self._set_policy(wanted["policy"])

    def _set_lifecycle_rules(self, rules: Sequence[Mapping[str, Any]]) -> None:
        if rules:
            api.put_lifecycle_rules(self.client, self.name, [shapes.lifecycle_rule(rule) for rule in rules])
        else:
            api.delete_lifecycle_rules(self.client, self.name)

    def _set_policy(self, policy: Mapping[str, Any]) -> None:
        if policy:
            api.put_policy(self.client, self.name, json.dumps(policy))
        else:
            api.delete_policy(self.client, self.name)

    def delete(self, found: Mapping[str, Any]) -> None:
        for _unused in range(EMPTYING_ROUNDS):
            if self.delete_contents:
                self._empty()
            try:
                api.delete_bucket(self.client, self.name)
                return
            except is_ansible_aws_error_code("BucketNotEmpty"):
                if not self.delete_contents:
                    raise
        raise Refused(f"{self.kind} {self.name} does not become empty: something still writes to it. Run again once it has stopped.")

    def _empty(self) -> None:
        while True:
            page = api.list_versions(self.client, self.name)
            objects = [
                {"Key": item["Key"], "VersionId": item["VersionId"]}
                for kind in ("Versions", "DeleteMarkers")
                for item in page.get(kind) or []
            ]
            if not objects:
                return
            errors = api.delete_objects(self.client, self.name, objects)
            if errors:
                first = errors[0]
                raise Refused(f"{self.kind} {self.name}: {first['Key']} could not be deleted: {first.get('Message', first.get('Code'))}")
