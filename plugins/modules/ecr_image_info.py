#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: ecr_image_info
short_description: Look whether an image is in a repository
version_added: 1.0.0
author: [opta.platform contributors (@opta-platform)]
description:
  - Says whether a tag or digest is in a private repository of Amazon ECR, which digest it has, and what else is there.
  - It also says whether the image falls under the repository's lifecycle policy, now or some day, for a policy does not know what runs.
  - Changes nothing.
requirements:
  - python >= 3.11
options:
  repository_name:
    description: Name of the repository.
    type: str
    required: true
  image_tag:
    description: Tag to look for. With O(image_digest) the image must have both. Without both only O(newest_count) tags are read.
    type: str
  image_digest:
    description: Digest to look for, for example V(sha256:…).
    type: str
  must_exist:
    description: Whether the module fails, with one sentence, when the image is not there.
    type: bool
    default: false
  newest_count:
    description: Tags of the newest images to return.
    type: int
    default: 5
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: opta.platform.ecr_repository
"""

EXAMPLES = r"""
- name: Refuse to deploy what was never pushed
  opta.platform.ecr_image_info:
    repository_name: opta-staging/hello
    image_tag: v1.4.2
    must_exist: true
  register: deployed

- name: Show its digest
  ansible.builtin.debug:
    msg: "{{ deployed.image.digest }}"
"""

RETURN = r"""
repository:
  description: The repository; null when there is none.
  returned: success
  type: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    uri: {description: What images are pulled from., type: str}
exists:
  description: Whether the image is there.
  returned: success
  type: bool
image:
  description: The image; null when it is not there.
  returned: success
  type: dict
  contains:
    digest: {description: Its digest., type: str}
    tags: {description: All its tags., type: list, elements: str}
    pushed_at: {description: When it was pushed., type: str, sample: "2026-01-31T12:00:00+00:00"}
    size_bytes: {description: Its size., type: int}
    expiry:
      description: What the lifecycle policy does to it; null when it stays as long as nothing newer is pushed.
      type: dict
      contains:
        rule_priority: {description: Which rule., type: int}
        due: {description: Whether it goes within a day., type: bool}
        at: {description: When it goes; null when that is not a matter of time., type: str}
        sentence: {description: The same in words., type: str}
newest_tags:
  description: Tags of the newest images, newest first.
  returned: success
  type: list
  elements: str
sentence:
  description: Why the image cannot be deployed, or that it will not stay; empty when all is well.
  returned: success
  type: str
  sample: Image v9 is not in ECR repository opta-staging/hello; its newest tags are v2, v1. Push it first, or name one that is there.
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
        module.fail_json(msg=found["sentence"] or "must_exist needs image_tag or image_digest: name what must be there.", **found)
    return found


def main():
    PlatformModule(ARGUMENTS, common=False).report(read)


if __name__ == "__main__":
    main()
