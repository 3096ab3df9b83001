#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_addons
short_description: Manage several add-ons of an Amazon EKS cluster in parallel
version_added: 1.0.0
description:
  - Creates, updates or deletes several Amazon EKS add-ons of a cluster in one task and in parallel, as M(opta.platform.eks_addon) does
    for one.
  - An add-on that fails does not stop the others. The module then fails and returns all reasons.
options:
  cluster_name:
    description: Name of the cluster.
    type: str
    required: true
  addons:
    description: Add-ons, each listed once. Conflicts are resolved with the defaults of M(opta.platform.eks_addon).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the add-on, as returned by C(DescribeAddonVersions) of EKS, for example V(vpc-cni).
        type: str
        required: true
      addon_version:
        description: Version of the add-on, with the same default as O(opta.platform.eks_addon#module:addon_version). Changed in place.
        type: str
      service_account_role_arn:
        description: ARN of the IAM role of the service account of the add-on. Changed in place.
        type: str
      configuration_values:
        description:
          - Configuration of the add-on, according to its schema.
          - Changed in place as a whole. V({}) removes the configuration.
        type: dict
      wait:
        description:
          - Whether to wait for this add-on if O(wait) is V(true). Set V(false) for an add-on that becomes active only on nodes while
            there are none.
        type: bool
        default: true
  kubernetes_version:
    description:
      - Kubernetes version, as major and minor version, for which versions are selected where O(addons[].addon_version) is not set.
      - The default is the version of the cluster. Set the desired version if a plan must include the upgrade of the cluster.
    type: str
notes:
  - In RV(actions), C(status) is listed for an add-on whose last update failed and is repeated.
  - Used by the role P(opta.platform.eks#role).
seealso:
  - module: opta.platform.eks_addon
  - name: CreateAddon
    description: Amazon EKS API Reference.
    link: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html
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
- name: Start creating the add-ons that nodes need to join the cluster
  opta.platform.eks_addons:
    cluster_name: opta-staging
    addons:
      - name: vpc-cni
        service_account_role_arn: "{{ cni_role.role.arn }}"
      - name: kube-proxy
    tags:
      opta:environment: staging
    wait: false
"""

RETURN = r"""
addons:
  description: Add-ons in the order of O(addons), each as RV(opta.platform.eks_addon#module:addon). A deleted add-on is V(null).
  returned: success
  type: list
  elements: dict
  sample: [{name: vpc-cni, cluster_name: opta-staging, status: ACTIVE, addon_version: v1.20.4-eksbuild.1}]
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

import functools

from ..module_utils._eks.addon import EksAddon
from ..module_utils._eks.options import check_kubernetes_version
from ..module_utils._module import PlatformModule
from ..module_utils._parallel import run_parallel

AT_ONCE = 8
ADDON = {
    "name": {"required": True},
    "addon_version": {},
    "service_account_role_arn": {},
    "configuration_values": {"type": "dict"},
    "wait": {"type": "bool", "default": True},
}
ARGUMENTS = {
    "cluster_name": {"required": True},
    "addons": {"type": "list", "elements": "dict", "required": True, "options": ADDON},
    "kubernetes_version": {},
}


def reconcile(module):
    given = module.params
    check_kubernetes_version("kubernetes_version", given["kubernetes_version"])
    client = module.client("eks")

    def one(entry):
        addon = EksAddon(
            client,
            given["cluster_name"],
            entry["name"],
            kubernetes_version=given["kubernetes_version"],
            purge_tags=given["purge_tags"],
            wait=given["wait"] and entry["wait"],
            timeout_seconds=given["wait_timeout"],
        )
        if given["state"] == "present" and entry["addon_version"] is None:
            addon.prefetch()
        return module.reconcile(addon, module.desired(addon, entry), wait=addon.wait)

    works = {number: functools.partial(one, entry) for number, entry in enumerate(given["addons"])}
    outcomes = run_parallel(works, AT_ONCE)
    in_order = [outcomes[number] for number in works]
    return in_order, {"addons": [outcome.resource for outcome in in_order]}


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="addons")


if __name__ == "__main__":
    main()
