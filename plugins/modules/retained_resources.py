#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: retained_resources
short_description: List or delete what an environment keeps on purpose
version_added: 1.0.0
description:
  - Data outlives its environment by default. Snapshots, volumes, secrets, buckets and images that are kept carry the tag
    C(opta:retained), and the tags that say which environment they belong to (C(opta:environment), C(opta:prefix) and C(opta:region)).
  - Lists them with the KMS key that each needs, or deletes them.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  environment:
    description: Name of the environment.
    type: str
    required: true
  name_prefix:
    description: Beginning of every name.
    type: str
    default: opta
  state:
    description: V(present) changes nothing and only lists. V(absent) deletes everything that is kept; its data is lost.
    type: str
    choices: [present, absent]
    default: present
  expect_volumes:
    description:
      - Whether check mode also lists (with O(state=absent), says that it deletes) the snapshots that the run will make of the
        volumes that Kubernetes still has, so that a plan is what its run then does.
    type: bool
    default: true
  expect_database_snapshots:
    description: Likewise for the final snapshots of the database clusters that the environment still has.
    type: bool
    default: true
  databases_without_snapshot:
    description: Names of database clusters that go without a final snapshot.
    type: list
    elements: str
    default: []
  expect_cache_snapshots:
    description: Likewise for the final snapshots of the caches that the environment still has.
    type: bool
    default: true
  emptied_buckets:
    description:
      - Names of the buckets of the role s3 that go with all they hold. Check mode also lists the others that hold objects,
        which the run will keep, so that a plan is what its run then does.
      - Not given, none is listed that is not kept yet.
    type: list
    elements: str
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Look for what the environment keeps
  opta.platform.retained_resources:
    environment: staging

- name: Delete what the environment keeps
  opta.platform.retained_resources:
    environment: staging
    state: absent
"""

RETURN = r"""
retained:
  description: What is kept.
  returned: always
  type: list
  elements: dict
  contains:
    kind: {description: What it is., type: str, sample: EBS snapshot}
    name: {description: Its id or name., type: str, sample: snap-0123456789abcdef0}
    arn: {description: Its ARN., type: str}
    kms_key_arn: {description: "The key that it needs; empty for none of ours, null when it does not tell.", type: str}
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  sample: [{action: delete, resource: EBS snapshot snap-0123456789abcdef0, attributes: [], allowed: true}]
diff:
  description: What is deleted, before and after.
  returned: always
  type: dict
"""

from ansible_collections.opta.platform.plugins.module_utils._module import PlatformModule
from ansible_collections.opta.platform.plugins.module_utils._retained.resources import RetainedResources, delete_retained

ARGUMENTS = {
    "environment": {"required": True},
    "name_prefix": {"default": "opta"},
    "state": {"choices": ["present", "absent"], "default": "present"},
    "expect_volumes": {"type": "bool", "default": True},
    "expect_database_snapshots": {"type": "bool", "default": True},
    "databases_without_snapshot": {"type": "list", "elements": "str", "default": []},
    "expect_cache_snapshots": {"type": "bool", "default": True},
    "emptied_buckets": {"type": "list", "elements": "str"},
}


def main():
    module = PlatformModule(argument_spec=ARGUMENTS, common=False)
    given = module.params
    caller = module.attempt(lambda: module.client("sts").get_caller_identity()["Arn"].split(":"))
    resources = RetainedResources(module.client, module.attempt(lambda: module.identity(caller[4], caller[1])))
    soon = module.attempt(lambda: resources.expected(given)) if module.check_mode else []
    if given["state"] == "absent":
        module.run("resource", lambda: delete_retained(resources, module.check_mode, soon), retained=[])
    found = module.attempt(lambda: [*resources.find(), *soon])
    module.exit_json(changed=False, actions=[], retained=[kept.shown() for kept in found])


if __name__ == "__main__":
    main()
