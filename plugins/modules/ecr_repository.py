#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ecr_repository
short_description: Manage private repositories of Amazon ECR
version_added: 1.0.0
description:
  - Creates, updates or deletes one private repository of Amazon ECR with its settings.
  - By default, tags are immutable, images are scanned on push, and the newest 100 tagged images are retained.
options:
  name:
    description:
      - Name of the repository, 2 to 256 lowercase characters, with C(/) between its parts. A different name selects a different
        repository.
    type: str
    required: true
  image_tag_mutability:
    description:
      - Whether a tag can be overwritten by a push of another image. Changed in place.
      - V(IMMUTABLE) refuses a push to an existing tag, which guarantees that the image that was tested is the image that runs.
    type: str
    default: IMMUTABLE
    choices: [IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE, MUTABLE_WITH_EXCLUSION]
  image_tag_mutability_exclusion_filters:
    description:
      - Up to 5 wildcard patterns for tags that are excluded from O(image_tag_mutability), for example V(dev-*). Changed in place.
      - Required by V(IMMUTABLE_WITH_EXCLUSION) and V(MUTABLE_WITH_EXCLUSION), and not allowed otherwise.
    type: list
    elements: str
  scan_on_push:
    description:
      - Whether images are scanned when they are pushed. Changed in place.
      - Scanning rules of the registry of the account take precedence.
    type: bool
    default: true
  encryption:
    description:
      - Encryption of images. A new repository gets V(AES256).
      - "Cannot be changed: ECR sets it when the repository is created."
    type: dict
    suboptions:
      encryption_type:
        description: Encryption with keys of S3 (V(AES256)) or of KMS (V(KMS)).
        type: str
        required: true
        choices: [AES256, KMS]
      kms_key_arn:
        description: ARN of the KMS key, for V(KMS). The default is the key C(aws/ecr) of the account.
        type: str
  untagged_expiration_days:
    description:
      - Number of days after which untagged images are deleted. Changed in place. Mutually exclusive with O(lifecycle_policy).
      - A new repository gets V(14), and so does an empty repository without rules. If neither this option nor O(tagged_image_count) is
        set, other repositories keep their rules.
    type: int
  tagged_image_count:
    description:
      - Number of tagged images to retain. Older images are deleted. Changed in place. Mutually exclusive with O(lifecycle_policy).
      - A new repository gets V(100), and so does an empty repository without rules.
    type: int
  lifecycle_policy:
    description:
      - Lifecycle policy, in the syntax of ECR, instead of O(untagged_expiration_days) and O(tagged_image_count). An empty dictionary
        removes all rules. Changed in place.
      - A lifecycle policy does not consider whether an image is in use. M(opta.platform.ecr_image_info) reports whether an image
        matches a rule.
    type: dict
  policy:
    description:
      - Repository policy, which allows others to pull or push. An empty dictionary removes it. Changed in place.
      - Without a policy, the repository is private to the account.
    type: dict
  delete_contents:
    description: Whether O(state=absent) also deletes the images. If V(false), a repository with images is refused.
    type: bool
    default: false
notes:
  - Used by the role P(opta.platform.opta_service#role).
seealso:
  - module: opta.platform.ecr_image_info
  - name: CreateRepository
    description: Amazon ECR API Reference.
    link: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
  - name: Lifecycle policies
    description: Amazon ECR User Guide.
    link: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.resource
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Create a repository with immutable tags
  opta.platform.ecr_repository:
    name: opta-staging/hello
    tags:
      opta:environment: staging

- name: Create a repository with mutable tags for developers, encrypted with a KMS key
  opta.platform.ecr_repository:
    name: opta-staging/hello
    image_tag_mutability: IMMUTABLE_WITH_EXCLUSION
    image_tag_mutability_exclusion_filters: [dev-*, latest]
    encryption:
      encryption_type: KMS
      kms_key_arn: arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000

- name: Delete the repository with its images
  opta.platform.ecr_repository:
    name: opta-staging/hello
    state: absent
    delete_contents: true
"""

RETURN = r"""
repository:
  description: The repository, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the repository.
      returned: always
      type: str
      sample: opta-staging/hello
    arn:
      description: ARN of the repository.
      returned: always
      type: str
      sample: arn:aws:ecr:eu-west-1:123456789012:repository/opta-staging/hello
    uri:
      description: URI of the repository, to push and pull images.
      returned: always
      type: str
      sample: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/opta-staging/hello
    registry_id:
      description: ID of the registry, which is the ID of the account.
      returned: always
      type: str
      sample: "123456789012"
    image_tag_mutability:
      description: Whether a tag can be overwritten.
      returned: always
      type: str
      sample: IMMUTABLE
    image_tag_mutability_exclusion_filters:
      description: Wildcard patterns for excluded tags.
      returned: always
      type: list
      elements: str
      sample: [dev-*]
    scan_on_push:
      description: Whether images are scanned when they are pushed.
      returned: always
      type: bool
      sample: true
    encryption:
      description: Encryption of images.
      returned: always
      type: dict
      sample: {encryption_type: AES256, kms_key_arn: null}
    lifecycle_policy:
      description: Lifecycle policy. Empty without one.
      returned: always
      type: dict
      sample: {rules: []}
    policy:
      description: Repository policy. Empty without one.
      returned: always
      type: dict
      sample: {Version: "2012-10-17", Statement: []}
    tags:
      description: Tags of the repository.
      returned: always
      type: dict
      sample: {opta:environment: staging}
actions:
  description:
    - Actions that were performed, in order. In check mode, the actions that a run would perform.
    - Each action has the keys C(action) (V(create), V(update), V(replace) or V(delete)), C(resource) (type and name of the resource),
      C(attributes) (names of the attributes that change) and C(allowed) (whether the options allow the action; false for a replacement
      that is not allowed).
  returned: success
  type: list
  elements: dict
  sample: [{action: update, resource: EKS cluster opta-staging, attributes: [version], allowed: true}]
diff:
  description: Values of the changed attributes before and after the actions, grouped by resource if there are several. Without secrets.
  returned: success
  type: dict
  sample: {before: {version: "1.34"}, after: {version: "1.35"}}
"""

from ..module_utils._ecr.repository import Repository, desired_values, refuse_wrong_input
from ..module_utils._module import PlatformModule

MUTABILITIES = ["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE", "MUTABLE_WITH_EXCLUSION"]

ARGUMENTS = {
    "name": {"required": True},
    "image_tag_mutability": {"choices": MUTABILITIES, "default": "IMMUTABLE"},
    "image_tag_mutability_exclusion_filters": {"type": "list", "elements": "str"},
    "scan_on_push": {"type": "bool", "default": True},
    "encryption": {
        "type": "dict",
        "options": {"encryption_type": {"choices": ["AES256", "KMS"], "required": True}, "kms_key_arn": {"no_log": False}},
    },
    "untagged_expiration_days": {"type": "int"},
    "tagged_image_count": {"type": "int"},
    "lifecycle_policy": {"type": "dict"},
    "policy": {"type": "dict"},
    "delete_contents": {"type": "bool", "default": False},
}


def reconcile(module):
    given = module.params
    refuse_wrong_input(given)
    repository = Repository(module.client("ecr"), given["name"], delete_contents=given["delete_contents"], purge_tags=given["purge_tags"])
    return module.reconcile(repository, desired_values(given, module.desired(repository)))


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="repository")


if __name__ == "__main__":
    main()
