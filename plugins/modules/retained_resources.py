#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: retained_resources
short_description: List or delete the retained resources of an environment
version_added: 1.0.0
description:
  - Lists or deletes the resources that were retained when an environment, or a part of it, was destroyed. By default, data is retained.
    Retained snapshots, volumes, secrets, buckets and images have the tag C(opta:retained) and the ownership tags of the environment
    (C(opta:environment), C(opta:prefix) and C(opta:region)).
  - The KMS key that each resource needs is listed as well.
options:
  environment:
    description: Name of the environment.
    type: str
    required: true
  name_prefix:
    description: Prefix of the names of all resources.
    type: str
    default: opta
  state:
    description: V(present) lists the retained resources and changes nothing. V(absent) deletes all of them, and their data is lost.
    type: str
    default: present
    choices: [present, absent]
  expect_volumes:
    description:
      - Whether check mode also lists the snapshots that a run will create of existing volumes of Kubernetes, or reports their deletion
        with O(state=absent).
    type: bool
    default: true
  expect_database_snapshots:
    description:
      - Whether check mode also lists the final snapshots that a run will create of existing database clusters, or reports their
        deletion with O(state=absent).
    type: bool
    default: true
  databases_without_snapshot:
    description: Names of database clusters that are deleted without a final snapshot.
    type: list
    elements: str
    default: []
  expect_cache_snapshots:
    description:
      - Whether check mode also lists the final snapshots that a run will create of existing caches, or reports their deletion with
        O(state=absent).
    type: bool
    default: true
  emptied_buckets:
    description:
      - Names of buckets of the role P(opta.platform.s3#role) that are deleted with all their objects. Check mode also lists the other
        buckets that contain objects, which a run retains.
      - If not set, check mode lists only buckets that are retained already.
    type: list
    elements: str
notes:
  - Used by the role P(opta.platform.network#role).
seealso:
  - module: opta.platform.kms_key
  - module: opta.platform.eks_volumes
  - module: opta.platform.s3_bucket
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: List the retained resources of the environment
  opta.platform.retained_resources:
    environment: staging

- name: Delete the retained resources of the environment
  opta.platform.retained_resources:
    environment: staging
    state: absent
"""

RETURN = r"""
retained:
  description: Retained resources.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: Type of the resource.
      returned: always
      type: str
      sample: EBS snapshot
    name:
      description: ID or name of the resource.
      returned: always
      type: str
      sample: snap-0123456789abcdef0
    arn:
      description: ARN of the resource.
      returned: always
      type: str
      sample: arn:aws:ec2:eu-west-1:123456789012:snapshot/snap-0123456789abcdef0
    kms_key_arn:
      description:
        - ARN of the KMS key that the resource needs. Empty if it needs no customer managed key. V(null) if the key is not known.
      returned: always
      type: str
      sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
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

from ..module_utils._iam.api import get_caller_identity
from ..module_utils._module import PlatformModule
from ..module_utils._retained.resources import RetainedResources, delete_retained

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


def reconcile(module):
    given = module.params
    caller = get_caller_identity(module.client("sts"))["Arn"].split(":")
    resources = RetainedResources(module.client, module.identity(caller[4], caller[1]))
    soon = resources.expected(given) if module.check_mode else []
    if given["state"] == "absent":
        return delete_retained(resources, module.check_mode, soon), {"retained": []}
    return [], {"retained": [kept.shown() for kept in [*resources.find(), *soon]]}


def main():
    PlatformModule(ARGUMENTS, common=False).run(reconcile, key="resource")


if __name__ == "__main__":
    main()
