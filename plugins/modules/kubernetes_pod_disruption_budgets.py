#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_pod_disruption_budgets
version_added: 1.0.0
short_description: Remove every PodDisruptionBudget of a cluster whose nodes all go
description:
  - For a cluster that is about to be deleted. EKS drains each node of a managed node group before it terminates it, and waits five minutes
    for pods whose eviction a PodDisruptionBudget refuses. When all nodes go there is no room for the pod's replacement,
    so that it is refused to the end; CoreDNS, the EBS CSI driver and every service with more than one pod have such a budget.
  - Pods still get their C(preStop) hooks, C(SIGTERM) and C(terminationGracePeriodSeconds).
  - It only saves time, so where the cluster's API server does not answer, or does not allow it, the module warns and does not fail.
options:
  emptied_namespaces:
    description:
      - Namespaces whose releases are uninstalled before. In check mode their budgets are not listed, as they are gone by then.
    type: list
    elements: str
    default: []
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.11
extends_documentation_fragment:
  - opta.platform.cluster.connection
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - name: Delete a managed node group from your cluster
    description: How EKS drains the nodes of a group that is deleted.
    link: https://docs.aws.amazon.com/eks/latest/userguide/delete-managed-node-group.html
"""

EXAMPLES = r"""
- name: Let no pod keep a node that goes
  opta.platform.kubernetes_pod_disruption_budgets:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  sample: [{action: delete, resource: PodDisruptionBudget shop/hello, attributes: [], allowed: true}]
diff:
  description: What changed, before and after.
  returned: always
  type: dict
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
