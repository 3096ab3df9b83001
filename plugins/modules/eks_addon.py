#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_addon
short_description: Manage add-ons of Amazon EKS clusters
version_added: 1.0.0
description:
  - Creates, updates or deletes one Amazon EKS add-on of a cluster, for example vpc-cni, coredns or kube-proxy, and waits until it is
    active.
options:
  cluster_name:
    description: Name of the cluster.
    type: str
    required: true
  name:
    description: Name of the add-on, as returned by C(DescribeAddonVersions) of EKS, for example V(vpc-cni).
    type: str
    required: true
  addon_version:
    description:
      - Version of the add-on. Changed in place.
      - If not set, the default version of EKS for the Kubernetes version of the cluster is selected when the add-on is created and when
        the Kubernetes version changes. Otherwise the add-on keeps its version, and a newer default version is reported.
      - The tag C(opta:kubernetes-version) of the add-on stores the Kubernetes version for which the version was selected.
    type: str
  kubernetes_version:
    description:
      - Kubernetes version, as major and minor version, for which a version is selected if O(addon_version) is not set.
      - The default is the version of the cluster. Set the desired version if a plan must include the upgrade of the cluster.
    type: str
  service_account_role_arn:
    description: ARN of the IAM role of the service account of the add-on. Changed in place.
    type: str
  configuration_values:
    description:
      - Configuration of the add-on, according to its schema. Compared by content.
      - Changed in place as a whole. V({}) removes the configuration.
    type: dict
  resolve_conflicts_on_create:
    description: How to resolve conflicts with the fields of a self-managed installation when the add-on is created.
    type: str
    default: OVERWRITE
    choices: [OVERWRITE, PRESERVE, NONE]
  resolve_conflicts_on_update:
    description: How to resolve conflicts with fields that were changed in the cluster when the add-on is updated.
    type: str
    default: PRESERVE
    choices: [OVERWRITE, PRESERVE, NONE]
  preserve:
    description: Whether O(state=absent) keeps the software of the add-on in the cluster and only ends its management by EKS.
    type: bool
    default: false
notes:
  - The README of the role P(opta.platform.eks#role) lists the IAM permissions that the module requires.
seealso:
  - module: opta.platform.eks_addons
  - module: opta.platform.eks_cluster
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
- name: Create the network add-on with its own IAM role
  opta.platform.eks_addon:
    cluster_name: opta-staging
    name: vpc-cni
    service_account_role_arn: "{{ cni_role.role.arn }}"
    configuration_values:
      enableNetworkPolicy: "true"

- name: Delete an add-on
  opta.platform.eks_addon:
    cluster_name: opta-staging
    name: eks-pod-identity-agent
    state: absent
"""

RETURN = r"""
addon:
  description: The add-on, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the add-on.
      returned: always
      type: str
      sample: vpc-cni
    cluster_name:
      description: Name of the cluster.
      returned: always
      type: str
      sample: opta-staging
    arn:
      description: ARN of the add-on.
      returned: always
      type: str
      sample: arn:aws:eks:eu-west-1:123456789012:addon/opta-staging/vpc-cni/0a1b2c3d
    status:
      description: Status of the add-on, as EKS reports it.
      returned: always
      type: str
      sample: ACTIVE
    addon_version:
      description: Version of the add-on.
      returned: always
      type: str
      sample: v1.20.4-eksbuild.1
    service_account_role_arn:
      description: ARN of the IAM role of the service account.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/opta-staging-vpc-cni
    configuration_values:
      description: Configuration of the add-on.
      returned: always
      type: dict
      sample: {enableNetworkPolicy: "true"}
    tags:
      description: Tags of the add-on.
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

from ..module_utils._eks.addon import EksAddon
from ..module_utils._eks.options import check_kubernetes_version
from ..module_utils._module import PlatformModule

CONFLICTS = ["OVERWRITE", "PRESERVE", "NONE"]
ARGUMENTS = {
    "cluster_name": {"required": True},
    "name": {"required": True},
    "addon_version": {},
    "kubernetes_version": {},
    "service_account_role_arn": {},
    "configuration_values": {"type": "dict"},
    "resolve_conflicts_on_create": {"choices": CONFLICTS, "default": "OVERWRITE"},
    "resolve_conflicts_on_update": {"choices": CONFLICTS, "default": "PRESERVE"},
    "preserve": {"type": "bool", "default": False},
}


def reconcile(module):
    given = module.params
    check_kubernetes_version("kubernetes_version", given["kubernetes_version"])
    addon = EksAddon(
        module.client("eks"),
        given["cluster_name"],
        given["name"],
        kubernetes_version=given["kubernetes_version"],
        resolve_conflicts_on_create=given["resolve_conflicts_on_create"],
        resolve_conflicts_on_update=given["resolve_conflicts_on_update"],
        preserve=given["preserve"],
        purge_tags=given["purge_tags"],
        wait=given["wait"],
        timeout_seconds=given["wait_timeout"],
    )
    return module.reconcile(addon)


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="addon")


if __name__ == "__main__":
    main()
