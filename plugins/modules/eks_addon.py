#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_addon
short_description: Manage an add-on of an Amazon EKS cluster
version_added: 1.0.0
description:
  - Installs, changes or removes one managed add-on of an Amazon EKS cluster (vpc-cni, coredns, kube-proxy, …) and waits until it is active.
  - In check mode it says what it would do, attribute by attribute.
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
  name:
    description: Name of the add-on, as EKS lists it, e.g. V(vpc-cni).
    type: str
    required: true
  addon_version:
    description:
      - Version of the add-on. Changed in place.
      - When not given, EKS's default for the cluster's Kubernetes version is taken, when the add-on is made
        and when that version has changed. In between the add-on keeps its version, and a newer default is reported.
        The tag C(opta:kubernetes-version) of the add-on says for which Kubernetes version it was chosen.
    type: str
  kubernetes_version:
    description:
      - Kubernetes version, major and minor, that O(addon_version) is chosen for when it is not given.
      - The cluster's own when not given. Give the wanted one to have a plan that foresees the cluster's upgrade.
    type: str
  service_account_role_arn:
    description: ARN of the IAM role of the add-on's service account. Changed in place.
    type: str
  configuration_values:
    description: The add-on's configuration, as its schema has it. Compared by content. Changed in place as a whole; V({}) removes it.
    type: dict
  resolve_conflicts_on_create:
    description: What happens to fields that a self-managed installation has set otherwise.
    type: str
    choices: [OVERWRITE, PRESERVE, NONE]
    default: OVERWRITE
  resolve_conflicts_on_update:
    description: What happens at a change to fields that somebody else has set otherwise.
    type: str
    choices: [OVERWRITE, PRESERVE, NONE]
    default: PRESERVE
  preserve:
    description: Whether O(state=absent) leaves the software in the cluster, and only ends its management by EKS.
    type: bool
    default: false
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: opta.platform.eks_cluster
"""

EXAMPLES = r"""
- name: Install the network add-on with a role of its own
  opta.platform.eks_addon:
    cluster_name: opta-staging
    name: vpc-cni
    service_account_role_arn: "{{ cni_role.role.arn }}"
    configuration_values:
      enableNetworkPolicy: "true"

- name: Remove an add-on
  opta.platform.eks_addon:
    cluster_name: opta-staging
    name: eks-pod-identity-agent
    state: absent
"""

RETURN = r"""
addon:
  description:
    - The add-on; null when there is none. In check mode, what only AWS decides is V((known after apply)).
  returned: success
  type: dict
  contains:
    name: {description: Name., type: str, returned: always, sample: vpc-cni}
    cluster_name: {description: Name of the cluster., type: str, returned: always}
    arn: {description: ARN., type: str, returned: always}
    status: {description: EKS's status., type: str, returned: always, sample: ACTIVE}
    addon_version: {description: Version., type: str, returned: always, sample: v1.20.4-eksbuild.1}
    service_account_role_arn: {description: As the option., type: str, returned: always}
    configuration_values: {description: As the option., type: dict, returned: always}
    tags: {description: Tags., type: dict, returned: always}
actions:
  description: What was done, or would be done in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: "V(create), V(update), V(replace) or V(delete).", type: str, returned: always}
    resource: {description: Kind and name., type: str, returned: always, sample: EKS add-on opta-staging/vpc-cni}
    attributes: {description: Attributes that change., type: list, elements: str, returned: always}
    allowed: {description: Whether a run does it without another option., type: bool, returned: always}
diff:
  description: The changed attributes before and after.
  returned: success
  type: dict
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
