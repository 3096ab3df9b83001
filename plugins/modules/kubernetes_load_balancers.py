#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_load_balancers
version_added: 1.0.0
short_description: Wait for the load balancers that a cluster makes, or until they are gone
description:
  - The load-balancer controller in the cluster makes and deletes them, for Services of the type LoadBalancer. This module changes nothing.
  - In check mode it does not wait.
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.11
options:
  cluster_name:
    description: Name of the cluster, as in the tag C(elbv2.k8s.aws/cluster) that the controller sets.
    type: str
    required: true
  tags:
    description: Further tags that the load balancer carries.
    type: dict
    default: {}
  state:
    description:
      - V(present) waits for one that is active and has a healthy target in each of its target groups, V(absent) until there is none.
      - Where the health of targets may not be read, an active one is enough, and a warning says so.
    type: str
    choices: [present, absent]
    default: present
  wait_timeout:
    description: Seconds to wait at the most.
    type: int
    default: 600
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Wait until the cluster has no load balancer any more
  opta.platform.kubernetes_load_balancers:
    cluster_name: opta-staging
    state: absent
"""

RETURN = r"""
load_balancer:
  description: The load balancer; in check mode V((known after apply\)) where there is none yet. Null with O(state=absent).
  returned: success
  type: dict
  contains:
    arn: {description: Its ARN., type: str}
    name: {description: Its name., type: str}
    dns_name: {description: Its name in DNS., type: str}
    scheme: {description: C(internet-facing) or C(internal)., type: str}
    type: {description: C(network) or C(application)., type: str}
    state: {description: State that AWS reports., type: str, sample: active}
    state_reason: {description: Why it is so., type: str}
    tags: {description: Its tags., type: dict}
actions:
  description: Always empty.
  returned: success
  type: list
  elements: dict
diff:
  description: Always empty.
  returned: success
  type: dict
"""

from ..module_utils._load_balancers import balancers
from ..module_utils._module import PlatformModule
from ..module_utils._resource import KNOWN_AFTER_APPLY

ARGUMENTS = {
    "cluster_name": {"required": True},
    "tags": {"type": "dict", "default": {}},
    "state": {"choices": ["present", "absent"], "default": "present"},
    "wait_timeout": {"type": "int", "default": 600},
}


def load_balancer(module):
    """The load balancer, once there is one; None once there is none."""
    given, client = module.params, module.client("elbv2")
    tags = {"elbv2.k8s.aws/cluster": given["cluster_name"], **given["tags"]}
    if given["state"] == "absent":
        return None if module.check_mode else balancers.wait_until_none(client, tags, given["wait_timeout"])
    if module.check_mode:
        found = balancers.find(client, tags)
        return found[0] if found else dict.fromkeys(("arn", "name", "dns_name"), KNOWN_AFTER_APPLY)
    return balancers.wait_for_one(client, tags, given["wait_timeout"], module.warn)


def reconcile(module):
    return [], {"load_balancer": load_balancer(module)}


def main():
    PlatformModule(ARGUMENTS, common=False).run(reconcile, key="load_balancer")


if __name__ == "__main__":
    main()
