#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_load_balancers
short_description: Wait for load balancers of an Amazon EKS cluster
version_added: 1.0.0
description:
  - Waits until a load balancer of a cluster is active, or until the cluster has no load balancer. The module changes nothing.
  - The AWS Load Balancer Controller in the cluster creates and deletes load balancers for Services of type LoadBalancer.
  - In check mode, the module does not wait.
options:
  cluster_name:
    description: Name of the cluster, which is the value of the tag C(elbv2.k8s.aws/cluster) that the controller sets.
    type: str
    required: true
  tags:
    description: Additional tags that the load balancer must have.
    type: dict
    default: {}
  state:
    description:
      - V(present) waits for an active load balancer with a healthy target in each of its target groups. V(absent) waits until no load
        balancer exists.
      - If the caller is not allowed to read the health of targets, an active load balancer is sufficient, and a warning is shown.
    type: str
    default: present
    choices: [present, absent]
  wait_timeout:
    description: Maximum time to wait, in seconds.
    type: int
    default: 600
notes:
  - Used by the role P(opta.platform.k8s_addons#role).
seealso:
  - module: amazon.aws.elb_application_lb_info
  - name: DescribeTargetHealth
    description: Elastic Load Balancing API Reference.
    link: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Wait until all load balancers of the cluster are deleted
  opta.platform.kubernetes_load_balancers:
    cluster_name: opta-staging
    state: absent
"""

RETURN = r"""
load_balancer:
  description:
    - The load balancer. V(null) with O(state=absent). In check mode, C(arn), C(name) and C(dns_name) of a load balancer that does not
      exist are V((known after apply\)).
  returned: success
  type: dict
  contains:
    arn:
      description: ARN of the load balancer.
      returned: always
      type: str
      sample: arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/k8s-nginxgat/0123456789abcdef
    name:
      description: Name of the load balancer.
      returned: always
      type: str
      sample: k8s-nginxgat
    dns_name:
      description: DNS name of the load balancer.
      returned: always
      type: str
      sample: k8s-nginxgat-0123456789abcdef.elb.eu-west-1.amazonaws.com
    scheme:
      description: V(internet-facing) or V(internal).
      returned: always
      type: str
      sample: internet-facing
    type:
      description: V(network) or V(application).
      returned: always
      type: str
      sample: network
    state:
      description: State of the load balancer, as AWS reports it.
      returned: always
      type: str
      sample: active
    state_reason:
      description: Reason of the state.
      returned: always
      type: str
      sample: ""
    tags:
      description: Tags of the load balancer.
      returned: always
      type: dict
      sample: {elbv2.k8s.aws/cluster: opta-staging}
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
