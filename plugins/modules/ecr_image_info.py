#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ecr_image_info
short_description: Check whether an image exists in an Amazon ECR repository
version_added: 1.0.0
description:
  - Returns whether an image exists in a private repository of Amazon ECR, its digest, and the newest tags of the repository.
  - Also returns whether the image matches a rule of the lifecycle policy, because a lifecycle policy does not consider whether an image
    is in use.
options:
  repository_name:
    description: Name of the repository.
    type: str
    required: true
  image_tag:
    description: Tag of the image. With O(image_digest), the image must have both. If neither is set, only the newest tags are returned.
    type: str
  image_digest:
    description: Digest of the image, for example V(sha256:…).
    type: str
  must_exist:
    description: Whether the module fails if the image does not exist.
    type: bool
    default: false
  newest_count:
    description: Number of newest images whose tags are returned.
    type: int
    default: 5
notes:
  - Used by the role P(opta.platform.opta_service#role).
seealso:
  - module: opta.platform.ecr_repository
  - name: DescribeImages
    description: Amazon ECR API Reference.
    link: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes.info
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Require that the image exists
  opta.platform.ecr_image_info:
    repository_name: opta-staging/hello
    image_tag: v1.4.2
    must_exist: true
  register: deployed

- name: Show the digest of the image
  ansible.builtin.debug:
    msg: "{{ deployed.image.digest }}"
"""

RETURN = r"""
repository:
  description: The repository, or V(null) if it does not exist.
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
      description: URI of the repository, to pull images.
      returned: always
      type: str
      sample: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/opta-staging/hello
exists:
  description: Whether the image exists.
  returned: success
  type: bool
  sample: true
image:
  description: The image, or V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    digest:
      description: Digest of the image.
      returned: always
      type: str
      sample: sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    tags:
      description: All tags of the image.
      returned: always
      type: list
      elements: str
      sample: [v1.4.2]
    pushed_at:
      description: Date of the push, in ISO 8601 format.
      returned: always
      type: str
      sample: "2026-01-31T12:00:00+00:00"
    size_bytes:
      description: Size of the image, in bytes.
      returned: always
      type: int
      sample: 31457280
    expiry:
      description: Effect of the lifecycle policy on the image. V(null) if no rule deletes the image unless newer images are pushed.
      returned: always
      type: dict
      contains:
        rule_priority:
          description: Priority of the matching rule.
          returned: always
          type: int
          sample: 1
        due:
          description: Whether the rule deletes the image within one day.
          returned: always
          type: bool
          sample: false
        at:
          description: Date when the rule deletes the image, in ISO 8601 format. V(null) if the rule does not depend on time.
          returned: always
          type: str
          sample: "2026-02-14T12:00:00+00:00"
        sentence:
          description: Description of the effect.
          returned: always
          type: str
          sample: it expires at 2026-02-14 12:00 under the lifecycle rule 1 (Untagged images expire after 14 days)
newest_tags:
  description: Tags of the newest images, newest first.
  returned: success
  type: list
  elements: str
  sample: [v2, v1]
sentence:
  description: Reason why the image cannot be deployed or will be deleted by the lifecycle policy. Empty otherwise.
  returned: success
  type: str
  sample: Image v9 is not in ECR repository opta-staging/hello; its newest tags are v2, v1. Push the image first, or use an existing one.
"""

from ..module_utils._ecr.images import find_image
from ..module_utils._module import PlatformModule

ARGUMENTS = {
    "repository_name": {"required": True},
    "image_tag": {},
    "image_digest": {},
    "must_exist": {"type": "bool", "default": False},
    "newest_count": {"type": "int", "default": 5},
}


def read(module):
    given = module.params
    meant = (given["repository_name"], given["image_tag"], given["image_digest"], given["newest_count"])
    found = find_image(module.client("ecr"), *meant)
    if given["must_exist"] and not found["exists"]:
        module.fail_json(msg=found["sentence"] or "must_exist requires image_tag or image_digest.", **found)
    return found


def main():
    PlatformModule(ARGUMENTS, common=False).report(read)


if __name__ == "__main__":
    main()
