#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_access_entry
short_description: Manage access entries of Amazon EKS clusters
version_added: 1.0.0
description:
  - Creates, updates or deletes the access entry of one IAM principal, with its access policies.
  - An access entry that this collection did not create is deleted only with O(adopt=true).
  - The access entry of the caller, and the last access entry with the policy AmazonEKSClusterAdminPolicy, are never deleted and never
    lose this policy.
options:
  cluster_name:
    description: Name of the cluster. Its authentication mode must be C(API) or C(API_AND_CONFIG_MAP).
    type: str
    required: true
  principal_arn:
    description:
      - ARN of the IAM role or user.
      - The ARN of a session (C(assumed-role)) selects the role of the session. Because the ARN of a session does not contain the path
        of the role, the module calls C(iam:GetRole).
    type: str
    required: true
  type:
    description:
      - Type of the access entry. The default of EKS is V(STANDARD).
      - A change replaces the access entry.
    type: str
    choices: [STANDARD, FARGATE_LINUX, EC2_LINUX, EC2_WINDOWS, EC2, HYBRID_LINUX, HYPERPOD_LINUX]
  kubernetes_groups:
    description: Kubernetes groups of the principal. Changed in place.
    type: list
    elements: str
  username:
    description: Kubernetes user name of the principal. If not set, EKS chooses one. Changed in place.
    type: str
  policies:
    description: Access policies of the principal. Changed in place.
    type: list
    elements: dict
    suboptions:
      policy:
        description: Name or ARN of the access policy, for example V(AmazonEKSClusterAdminPolicy).
        type: str
        required: true
      scope:
        description: Whether the policy applies to the whole cluster or to the namespaces in O(policies[].namespaces).
        type: str
        default: cluster
        choices: [cluster, namespace]
      namespaces:
        description: Namespaces to which the policy applies, with O(policies[].scope=namespace). C(*) matches any characters.
        type: list
        elements: str
        default: []
  purge_policies:
    description: Whether to disassociate access policies that O(policies) does not list.
    type: bool
    default: true
notes:
  - The README of the role P(opta.platform.eks#role) lists the IAM permissions that the module requires.
seealso:
  - module: opta.platform.eks_administrators
  - module: opta.platform.eks_cluster
  - name: Grant IAM users access to Kubernetes with EKS access entries
    description: Amazon EKS User Guide.
    link: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
  - name: CreateAccessEntry
    description: Amazon EKS API Reference.
    link: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html
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
- name: Grant a role administrator access to the cluster
  opta.platform.eks_access_entry:
    cluster_name: opta-staging
    principal_arn: "{{ administrator.iam_role.arn }}"
    policies:
      - policy: AmazonEKSClusterAdminPolicy
    tags:
      opta:environment: staging
      opta:managed-by: opta.platform

- name: Grant developers read access to two namespaces
  opta.platform.eks_access_entry:
    cluster_name: opta-staging
    principal_arn: "{{ developer.iam_role.arn }}"
    policies:
      - policy: AmazonEKSViewPolicy
        scope: namespace
        namespaces: [hello, worker]

- name: Remove the access of a principal
  opta.platform.eks_access_entry:
    cluster_name: opta-staging
    principal_arn: "{{ developer.iam_role.arn }}"
    state: absent
"""

RETURN = r"""
access_entry:
  description:
    - The access entry, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: ARN of the principal.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/developer
    principal_arn:
      description: ARN of the principal. For a session, the ARN of its role.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/developer
    cluster_name:
      description: Name of the cluster.
      returned: always
      type: str
      sample: opta-staging
    arn:
      description: ARN of the access entry.
      returned: always
      type: str
      sample: arn:aws:eks:eu-west-1:123456789012:access-entry/opta-staging/role/123456789012/developer/0a1b2c3d
    type:
      description: Type of the access entry.
      returned: always
      type: str
      sample: STANDARD
    kubernetes_groups:
      description: Kubernetes groups of the principal.
      returned: always
      type: list
      elements: str
      sample: [viewers]
    username:
      description: Kubernetes user name of the principal.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/developer
    policies:
      description: Access policies, sorted by name, each with its scope and namespaces.
      returned: always
      type: list
      elements: dict
      sample: [{policy: AmazonEKSViewPolicy, scope: namespace, namespaces: [hello]}]
    tags:
      description: Tags of the access entry.
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

from ..module_utils._eks.access_entry import TYPES, AccessEntry
from ..module_utils._eks.identity import role_behind
from ..module_utils._eks.options import check_access_entry
from ..module_utils._iam.api import get_caller_identity
from ..module_utils._module import PlatformModule

POLICY = {
    "policy": {"required": True},
    "scope": {"choices": ["cluster", "namespace"], "default": "cluster"},
    "namespaces": {"type": "list", "elements": "str", "default": []},
}
ARGUMENTS = {
    "cluster_name": {"required": True},
    "principal_arn": {"required": True},
    "type": {"choices": list(TYPES)},
    "kubernetes_groups": {"type": "list", "elements": "str"},
    "username": {},
    "policies": {"type": "list", "elements": "dict", "options": POLICY},
    "purge_policies": {"type": "bool", "default": True},
}


def reconcile(module):
    given = module.params
    check_access_entry(given)
    entry = AccessEntry(
        module.client("eks"),
        given["cluster_name"],
        role_behind(lambda: module.client("iam"), given["principal_arn"]),
        caller_arn=lambda: get_caller_identity(module.client("sts"))["Arn"],
        purge_policies=given["purge_policies"],
        purge_tags=given["purge_tags"],
        adopt=given["adopt"],
    )
    return module.reconcile(entry)


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="access_entry")


if __name__ == "__main__":
    main()
