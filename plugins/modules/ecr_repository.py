#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ecr_repository
short_description: Manage a private repository of images
version_added: 1.0.0
author: [opta.platform contributors (@opta-platform)]
description:
  - Creates, changes or deletes one private repository of Amazon ECR with its settings.
  - Without further options tags are immutable, images are scanned when they are pushed, and of the tagged images the newest 100 stay.
requirements:
  - python >= 3.11
options:
  name:
    description: Name of the repository, 2 to 256 characters, lower case, with C(/) between its parts. Another name is another repository.
    type: str
    required: true
  image_tag_mutability:
    description:
      - Whether a tag can be moved to another image. Changed in place.
      - With V(IMMUTABLE) a push to a tag that exists is refused, so that what was tested is what runs.
    type: str
    choices: [IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE, MUTABLE_WITH_EXCLUSION]
    default: IMMUTABLE
  image_tag_mutability_exclusion_filters:
    description:
      - Up to 5 wildcards of tags that O(image_tag_mutability) leaves out, for example V(dev-*). Changed in place.
      - Only with V(IMMUTABLE_WITH_EXCLUSION) and V(MUTABLE_WITH_EXCLUSION), which need them.
    type: list
    elements: str
  scan_on_push:
    description:
      - Whether an image is scanned when it is pushed. Changed in place.
      - Rules of the account's registry for scanning have precedence; see Amazon ECR, private registry scanning.
    type: bool
    default: true
  encryption:
    description: How images are encrypted. Cannot be changed. AES-256 with a key of S3 when a repository is made without it.
    type: dict
    suboptions:
      encryption_type:
        description: The kind of encryption.
        type: str
        choices: [AES256, KMS]
        required: true
      kms_key_arn:
        description: The key for V(KMS); the account's key C(aws/ecr) when not given.
        type: str
  untagged_expiration_days:
    description:
      - Days after which an image without a tag is deleted. Changed in place. Not with O(lifecycle_policy).
      - A new repository gets V(14), and so does an empty one without rules; others keep their rules when neither this nor
        O(tagged_image_count) is given.
    type: int
  tagged_image_count:
    description:
      - Images with a tag that stay, newest first; older ones are deleted. Changed in place. Not with O(lifecycle_policy).
      - A new repository gets V(100), and so does an empty one without rules.
    type: int
  lifecycle_policy:
    description:
      - Rules of your own for images to be deleted, as ECR writes them, instead of O(untagged_expiration_days) and O(tagged_image_count).
        An empty dict is none at all. Changed in place.
      - A rule does not know what runs. See M(opta.platform.ecr_image_info) for whether an image falls under one.
    type: dict
  policy:
    description:
      - Who else may pull or push, as a policy document; an empty dict removes it. Changed in place.
      - Without one the repository is private to the account.
    type: dict
  delete_contents:
    description: Whether O(state=absent) deletes the images too. Without it a repository that holds images is refused.
    type: bool
    default: false
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: opta.platform.ecr_image_info
"""

EXAMPLES = r"""
- name: Keep a repository whose tags cannot be moved
  opta.platform.ecr_repository:
    name: opta-staging/hello
    tags:
      opta:environment: staging

- name: Let the tags of developers move, under the environment's key
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
  description: The repository; null when it is gone. In check mode, what only AWS decides is V((known after apply)).
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str, sample: opta-staging/hello}
    arn: {description: Its ARN., type: str}
    uri:
      description: What images are pushed to and pulled from.
      type: str
      sample: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/opta-staging/hello
    registry_id: {description: The account., type: str, sample: "123456789012"}
    image_tag_mutability: {description: As the option., type: str, sample: IMMUTABLE}
    image_tag_mutability_exclusion_filters: {description: As the option., type: list, elements: str}
    scan_on_push: {description: As the option., type: bool}
    encryption: {description: As the option., type: dict, sample: {encryption_type: AES256, kms_key_arn: null}}
    lifecycle_policy: {description: The rules for images to be deleted; empty when there are none., type: dict}
    policy: {description: Who else may pull or push; empty when nobody., type: dict}
    tags: {description: All tags., type: dict}
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update) or C(delete).", type: str}
    resource: {description: Kind and name., type: str, sample: ECR repository opta-staging/hello}
    attributes: {description: The attributes that are set., type: list, elements: str}
    allowed: {description: Whether the run may do it., type: bool}
diff:
  description: The changed attributes before and after.
  returned: always
  type: dict
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
