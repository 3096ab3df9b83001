# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An ECR repository: its attributes, and how it is created, updated and deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .. import _policy, _tags
from .._creation_defaults import TAGGED_IMAGES, UNTAGGED_IMAGE_DAYS
from .._errors import Refused
from .._parallel import run_parallel
from .._resource import Attribute, Change, Resource, tags_attribute
from . import api, lifecycle

NAME = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*")
FILTER = re.compile(r"[0-9a-zA-Z._*-]{1,128}")
MOST_FILTERS = 5
WITH_EXCLUSION = "_WITH_EXCLUSION"
AES256 = "AES256"
KMS = "KMS"


def encryption(found: Mapping[str, Any]) -> dict[str, Any]:
    """The option `encryption` of what ECR describes."""
    content = found.get("encryptionConfiguration") or {"encryptionType": AES256}
    return {"encryption_type": content["encryptionType"], "kms_key_arn": content.get("kmsKey")}


def same_encryption(found: Mapping[str, Any], desired: Mapping[str, Any]) -> bool:
    """Whether they are the same; without a key it is the account's aws/ecr, which ECR names."""
    key = desired.get("kms_key_arn")
    return found["encryption_type"] == desired["encryption_type"] and key in (None, found["kms_key_arn"])


def exclusion_filters(found: Mapping[str, Any]) -> list[str]:
    """The wildcards of tags that the mutability setting leaves out."""
    return [each["filter"] for each in found.get("imageTagMutabilityExclusionFilters") or []]


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """The table of a repository's attributes."""
    return (
        Attribute("image_tag_mutability", lambda r: r["imageTagMutability"]),
        Attribute("image_tag_mutability_exclusion_filters", exclusion_filters, same=lambda one, other: sorted(one) == sorted(other)),
        Attribute("scan_on_push", lambda r: bool((r.get("imageScanningConfiguration") or {}).get("scanOnPush"))),
        Attribute(
            "encryption",
            encryption,
            Change.REFUSED,
            "ECR cannot change the encryption of a repository. Create a repository with another name and push the images there.",
            same=same_encryption,
        ),
        Attribute("lifecycle_policy", lambda r: _policy.parsed(r["lifecycle"]) or {}, same=lifecycle.same),
        Attribute("policy", lambda r: _policy.parsed(r["policy"]) or {}, same=_policy.same),
        tags_attribute(lambda r: r["tags"], purge_tags),
    )


class Repository(Resource):
    """Source: Amazon ECR API, CreateRepository, DescribeRepositories and the calls of each setting."""

    kind = "ECR repository"
    computed = ("arn", "uri", "registry_id")

    def __init__(self, client: Any, name: str, *, delete_contents: bool = False, purge_tags: bool = False) -> None:
        self.client = client
        self.name = name
        self.delete_contents = delete_contents
        self.attributes = attributes(purge_tags)

    def find(self) -> Mapping[str, Any] | None:
        repository = api.describe_repository(self.client, self.name)
        if repository is None:
            return None
        arn = repository["repositoryArn"]
        more: dict[str, Callable[[], Any]] = {
            "lifecycle": partial(api.get_lifecycle_policy, self.client, self.name),
            "policy": partial(api.get_repository_policy, self.client, self.name),
            "tags": partial(api.list_tags, self.client, arn),
        }
        return {
            **repository,
            "arn": arn,
            "uri": repository["repositoryUri"],
            "registry_id": repository["registryId"],
            **run_parallel(more, len(more)),
        }

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        """Old images expire in a new repository, and in an empty one: a run may have ended before PutLifecyclePolicy."""
        if "lifecycle_policy" in desired:
            return desired
        unfinished = found is None or (not found["lifecycle"] and not api.first_images(self.client, self.name))
        return {**desired, "lifecycle_policy": lifecycle.usual_policy(UNTAGGED_IMAGE_DAYS, TAGGED_IMAGES)} if unfinished else desired

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if desired.get("state") == "absent" and not self.delete_contents and api.first_images(self.client, self.name):
            raise Refused(f"{self.kind} {self.name} contains images; set delete_contents: true to delete them with the repository.")

    def create(self, desired: Mapping[str, Any]) -> None:
        request: dict[str, Any] = {"repositoryName": self.name, "tags": _tags.as_list(desired.get("tags"))}
        if "image_tag_mutability" in desired:
            request.update(_mutability(desired))
        if "scan_on_push" in desired:
            request["imageScanningConfiguration"] = {"scanOnPush": desired["scan_on_push"]}
        if "encryption" in desired:
            key = desired["encryption"].get("kms_key_arn")
            request["encryptionConfiguration"] = {
                "encryptionType": desired["encryption"]["encryption_type"],
                **({"kmsKey": key} if key else {}),
            }
        api.create_repository(self.client, **request)
        self._set_policies(desired, [name for name in ("lifecycle_policy", "policy") if desired.get(name)])

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "tags" in names:
            _tags.change(self.client, found["arn"], found["tags"], desired["tags"], api.tag_resource, api.untag_resource)
        if {"image_tag_mutability", "image_tag_mutability_exclusion_filters"} & set(names):
            standing = {a.name: a.read(found) for a in self.attributes}
            api.put_image_tag_mutability(self.client, self.name, _mutability({**standing, **desired}))
        if "scan_on_push" in names:
            api.put_scan_on_push(self.client, self.name, desired["scan_on_push"])
        self._set_policies(desired, names)

    def _set_policies(self, desired: Mapping[str, Any], names: Sequence[str]) -> None:
        client, name = self.client, self.name
        if "lifecycle_policy" in names:
            rules = desired["lifecycle_policy"]
            api.put_lifecycle_policy(client, name, json.dumps(rules)) if rules else api.delete_lifecycle_policy(client, name)
        if "policy" in names:
            policy = desired["policy"]
            api.set_repository_policy(client, name, json.dumps(policy)) if policy else api.delete_repository_policy(client, name)

    def delete(self, found: Mapping[str, Any]) -> None:
        api.delete_repository(self.client, self.name, self.delete_contents)


def _mutability(desired: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a request about which tags may be moved."""
    request: dict[str, Any] = {"imageTagMutability": desired["image_tag_mutability"]}
    filters = desired.get("image_tag_mutability_exclusion_filters")
    if filters:
        request["imageTagMutabilityExclusionFilters"] = [{"filterType": "WILDCARD", "filter": each} for each in filters]
    return request


def refuse_wrong_input(given: Mapping[str, Any]) -> None:
    """Raise Refused for what needs no answer of AWS."""
    name, mutability = given["name"], given["image_tag_mutability"]
    filters = given["image_tag_mutability_exclusion_filters"] or []
    sentences = []
    if not NAME.fullmatch(name) or not 2 <= len(name) <= 256:
        sentences.append(
            f"name is {name!r}: a repository name must have 2 to 256 lower-case letters and digits, with . _ - inside its parts and / "
            "between them, for example opta-staging/hello."
        )
    if filters and not mutability.endswith(WITH_EXCLUSION):
        desired = f"{mutability}{WITH_EXCLUSION}"
        sentences.append(f"image_tag_mutability_exclusion_filters requires image_tag_mutability: {desired}; it is {mutability}.")
    if mutability.endswith(WITH_EXCLUSION) and not filters:
        sentences.append(f"image_tag_mutability is {mutability}: set image_tag_mutability_exclusion_filters too, for example [latest].")
    wrong = [each for each in filters if not FILTER.fullmatch(each)]
    if wrong or len(filters) > MOST_FILTERS:
        sentences.append(
            f"image_tag_mutability_exclusion_filters takes up to {MOST_FILTERS} wildcards of letters, digits and . _ - *, for example dev-*"
            f"{f', and not {wrong[0]!r}' if wrong else ''}."
        )
    encrypted = given["encryption"] or {}
    if encrypted.get("kms_key_arn") and encrypted["encryption_type"] != KMS:
        sentences.append("encryption.kms_key_arn requires encryption.encryption_type: KMS; omit the key for AES256.")
    for option, least in (("untagged_expiration_days", 1), ("tagged_image_count", 1)):
        if given[option] is not None and given[option] < least:
            sentences.append(f"{option} is {given[option]}: it must be {least} or more, for example 14.")
    if sentences:
        raise Refused("\n".join(sentences))


def desired_values(given: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that the options ask for; values: those given as they are."""
    desired = {**values, "image_tag_mutability_exclusion_filters": given["image_tag_mutability_exclusion_filters"] or []}
    days, count = given["untagged_expiration_days"], given["tagged_image_count"]
    if given["lifecycle_policy"] is None and (days is not None or count is not None):
        desired["lifecycle_policy"] = lifecycle.usual_policy(
            UNTAGGED_IMAGE_DAYS if days is None else days, TAGGED_IMAGES if count is None else count
        )
    return desired
