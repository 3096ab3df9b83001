#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_addons
short_description: Manage several add-ons of an Amazon EKS cluster, side by side
version_added: 1.0.0
description:
  - Does for each add-on what M(opta.platform.eks_addon) does, for all of them at the same time and in one task.
  - One that fails does not hold up the others; the module then fails with every reason.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
  - boto3 >= 1.38.0
  - botocore >= 1.38.0
options:
  cluster_name:
    description: Name of the cluster.
    type: str
    required: true
  addons:
    description: The add-ons, each named once. Conflicts are met as M(opta.platform.eks_addon) does by default.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the add-on, as EKS lists it, e.g. V(vpc-cni).
        type: str
        required: true
      addon_version:
        description: Version of the add-on, as O(opta.platform.eks_addon#module:addon_version). Changed in place.
        type: str
      service_account_role_arn:
        description: ARN of the IAM role of the add-on's service account. Changed in place.
        type: str
      configuration_values:
        description: The add-on's configuration, as its schema has it. Changed in place as a whole; V({}) removes it.
        type: dict
      wait:
        description: Whether this one is waited for, where O(wait) is set. Not so what only gets ready on nodes, while there are none.
        type: bool
        default: true
  kubernetes_version:
    description:
      - Kubernetes version, major and minor, that versions are chosen for that are not given.
      - The cluster's own when not given. Give the wanted one to have a plan that foresees the cluster's upgrade.
    type: str
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: opta.platform.eks_addon
"""

EXAMPLES = r"""
- name: Begin what nodes need to join
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
  description: The add-ons in the order given, each as RV(opta.platform.eks_addon#module:addon); null for one that is gone.
  returned: success
  type: list
  elements: dict
actions:
  description: What was done, or would be done in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: "V(create), V(update), V(replace) or V(delete).", type: str, returned: always}
    resource: {description: Kind and name., type: str, returned: always, sample: EKS add-on opta-staging/vpc-cni}
    attributes:
      description: Attributes that change; C(status) of an add-on whose last update has failed and is made again.
      type: list
      elements: str
      returned: always
    allowed: {description: Whether a run does it without another option., type: bool, returned: always}
diff:
  description: The changed attributes of each add-on before and after.
  returned: success
  type: dict
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
