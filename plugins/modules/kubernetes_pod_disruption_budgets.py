#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_pod_disruption_budgets
short_description: Delete all PodDisruptionBudgets of an Amazon EKS cluster
version_added: 1.0.0
description:
  - Deletes all PodDisruptionBudgets of a cluster whose node groups are about to be deleted.
  - EKS drains each node of a managed node group before it terminates the node, and waits five minutes for pods whose eviction a
    PodDisruptionBudget prevents. When all nodes are deleted, a replacement of the pod cannot start, so the eviction is never allowed.
    CoreDNS, the EBS CSI driver and each service with more than one pod have such a budget.
  - C(preStop) hooks, C(SIGTERM) and C(terminationGracePeriodSeconds) of pods still apply.
  - The module only saves time. If the API server does not respond or does not allow the deletion, the module warns and does not fail.
options:
  emptied_namespaces:
    description:
      - Namespaces whose Helm releases earlier tasks uninstall. In check mode, their budgets are not listed, because a run deletes them
        before.
    type: list
    elements: str
    default: []
notes:
  - Used by the role P(opta.platform.eks#role).
seealso:
  - module: opta.platform.eks_node_group
  - module: kubernetes.core.k8s_drain
  - name: Delete a managed node group from your cluster
    description: Amazon EKS User Guide.
    link: https://docs.aws.amazon.com/eks/latest/userguide/delete-managed-node-group.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.cluster.connection
  - opta.platform.attributes
  - opta.platform.requirements.kubernetes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Delete PodDisruptionBudgets so that nodes can be drained
  opta.platform.kubernetes_pod_disruption_budgets:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
"""

RETURN = r"""
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

from ..module_utils._kubernetes.disruption_budgets import remove_all
from ..module_utils._kubernetes.module import ClusterModule

ARGUMENTS = {"emptied_namespaces": {"type": "list", "elements": "str", "default": []}}


def reconcile(module):
    client = module.cluster()
    return remove_all(client, module.check_mode, module.params["emptied_namespaces"]) if client else []


def main():
    ClusterModule(ARGUMENTS, common=False).run(reconcile, key="pod_disruption_budget")


if __name__ == "__main__":
    main()
