"""ECR: keys, principals and lifecycle rules are checked, tags that a setting leaves out are wildcards. Layers are not kept."""

from __future__ import annotations

import fnmatch
import hashlib
import json
from typing import Any

from moto.ecr.models import ecr_backends

from tests.standin.aws.errors import AwsError
from tests.standin.aws.iam_roles import principal_exists
from tests.standin.aws.kms import find_key
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.policies import load, named_principals


@answers("ecr", "CreateRepository")
def create_repository(call: Call) -> dict[str, Any]:
    encryption = call.get("encryptionConfiguration") or {}
    identifier = encryption.get("kmsKey")
    if identifier:
        key = find_key(call, identifier)
        if encryption.get("encryptionType") == "AES256":
            raise _invalid("encryptionConfiguration", "kmsKey must not be given with the encryption type AES256")
        if key is None or key.key_state != "Enabled":
            state = "does not exist" if key is None else f"is {key.key_state}"
            raise AwsError("KmsException", f"The operation failed due to a KMS exception: the key {identifier} {state}", 400)
    return call.moto()


@answers("ecr", "PutImageTagMutability")
def put_image_tag_mutability(call: Call) -> dict[str, Any]:
    filters = call.get("imageTagMutabilityExclusionFilters")
    if bool(filters) != call.get("imageTagMutability").endswith("_WITH_EXCLUSION"):
        what = "can't be null" if not filters else "must be null"
        raise _invalid(
            "imageTagMutabilityExclusionFilters",
            f"ImageTagMutabilityExclusionFilters {what} when imageTagMutability is set as {call.get('imageTagMutability')}",
        )
    answer = call.moto()
    _repository(call).image_tag_mutability_exclusion_filters = filters
    return {**answer, **({"imageTagMutabilityExclusionFilters": filters} if filters else {})}


@answers("ecr", "PutImage")
def put_image(call: Call) -> dict[str, Any]:
    """Moto takes the wildcards for regular expressions, has another error for a tag that cannot be moved, and draws digests by lot."""
    repository, tag = _repository(call), call.get("imageTag", "")
    filters = repository.image_tag_mutability_exclusion_filters
    usual = repository.image_tag_mutability
    left_out = any(fnmatch.fnmatchcase(tag, each["filter"]) for each in filters or [])
    immutable = usual.startswith("IMMUTABLE") != left_out
    taken = [image for image in repository.images if tag in image.image_tags and image.image_manifest != call.get("imageManifest")]
    if immutable and taken:
        message = (
            f"The image tag '{tag}' already exists in the '{repository.name}' repository and cannot be overwritten "
            "because the repository is immutable."
        )
        raise AwsError("ImageTagAlreadyExistsException", message, 400)
    repository.image_tag_mutability, repository.image_tag_mutability_exclusion_filters = "MUTABLE", None
    try:
        answer = call.moto()
    finally:
        repository.image_tag_mutability, repository.image_tag_mutability_exclusion_filters = usual, filters
    manifest = call.get("imageManifest")
    (image,) = (each for each in repository.images if each.image_manifest == manifest)
    image._image_digest = answer["image"]["imageId"]["imageDigest"] = f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"
    return answer


@answers("ecr", "SetRepositoryPolicy")
def set_repository_policy(call: Call) -> dict[str, Any]:
    try:
        document = load(call.get("policyText"))
    except ValueError as error:
        raise _invalid("PolicyText", "Invalid repository policy provided") from error
    if not all(principal_exists(call, arn) for arn in named_principals(document)):
        raise _invalid("PolicyText", "Principal not found")
    return call.moto()


@answers("ecr", "PutLifecyclePolicy")
def put_lifecycle_policy(call: Call) -> dict[str, Any]:
    answer = call.moto()  # which knows the rules' members
    rules = json.loads(call.get("lifecyclePolicyText"))["rules"]
    priorities = [rule["rulePriority"] for rule in rules]
    problem = "rule priorities must be unique" if len(set(priorities)) < len(priorities) else ""
    for rule in rules:
        selection = rule["selection"]
        lists = [name for name in ("tagPatternList", "tagPrefixList") if selection.get(name)]
        if (selection["tagStatus"] == "tagged") != (len(lists) == 1):
            problem = "tagStatus tagged needs either tagPatternList or tagPrefixList, and no other tagStatus has them"
        if selection["tagStatus"] == "any" and rule["rulePriority"] != max(priorities):
            problem = "a rule with the tagStatus any must have the highest rulePriority"
        if selection.get("countType") == "sinceImagePushed" and selection.get("countUnit") != "days":
            problem = "sinceImagePushed needs the countUnit days"
    if problem:
        _repository(call).lifecycle_policy = None
        raise _invalid("LifecyclePolicyText", f"Lifecycle policy validation failure: {problem}")
    return answer


def _repository(call: Call) -> Any:
    repositories = ecr_backends[call.account][call.region].repositories
    name = call.get("repositoryName")
    if name not in repositories:
        message = f"The repository with name '{name}' does not exist in the registry with id '{call.account}'"
        raise AwsError("RepositoryNotFoundException", message, 400)
    return repositories[name]


def _invalid(parameter: str, why: str) -> AwsError:
    return AwsError("InvalidParameterException", f"Invalid parameter at '{parameter}' failed to satisfy constraint: '{why}'", 400)
