#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_access_entry
short_description: Manage who may enter an Amazon EKS cluster
version_added: 1.0.0
description:
  - Creates, changes or deletes the access entry of one IAM principal, with its access policies.
  - An entry that this collection did not make is removed only with O(adopt=true).
    Never removed, or robbed of its administrator policy, are the caller's own entry and the last one that makes a cluster administrator.
  - In check mode it says what it would do, attribute by attribute.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
  - boto3 >= 1.38.0
  - botocore >= 1.38.0
options:
  cluster_name:
    description: Name of the cluster. Its authentication mode must be C(API) or C(API_AND_CONFIG_MAP).
    type: str
    required: true
  principal_arn:
    description:
      - ARN of the IAM role or user.
      - The ARN of a session (C(assumed-role)) is understood as its role.
        As a session does not show its role's path, IAM is asked for the role (C(iam:GetRole)).
    type: str
    required: true
  type:
    description: Type of the entry; EKS's default is V(STANDARD). A change replaces the entry.
    type: str
    choices: [STANDARD, FARGATE_LINUX, EC2_LINUX, EC2_WINDOWS, EC2, HYBRID_LINUX, HYPERPOD_LINUX]
  kubernetes_groups:
    description: Kubernetes groups that the principal belongs to. Changed in place.
    type: list
    elements: str
  username:
    description: Kubernetes user name of the principal; EKS chooses one when not given. Changed in place.
    type: str
  policies:
    description: Access policies of the principal. Changed in place.
    type: list
    elements: dict
    suboptions:
      policy:
        description: Name or ARN of the access policy, e.g. V(AmazonEKSClusterAdminPolicy).
        type: str
        required: true
      scope:
        description: Whether the policy holds in the whole cluster or in some namespaces.
        type: str
        choices: [cluster, namespace]
        default: cluster
      namespaces:
        description: The namespaces, with O(policies[].scope=namespace); C(*) matches any letters.
        type: list
        elements: str
        default: []
  purge_policies:
    description: Whether policies that O(policies) does not name are taken from the principal.
    type: bool
    default: true
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: opta.platform.eks_cluster
"""

EXAMPLES = r"""
- name: Make a role administrator of the cluster
  opta.platform.eks_access_entry:
    cluster_name: opta-staging
    principal_arn: "{{ administrator.iam_role.arn }}"
    policies:
      - policy: AmazonEKSClusterAdminPolicy
    tags:
      opta:environment: staging
      opta:managed-by: opta.platform

- name: Let developers look into two namespaces
  opta.platform.eks_access_entry:
    cluster_name: opta-staging
    principal_arn: "{{ developer.iam_role.arn }}"
    policies:
      - policy: AmazonEKSViewPolicy
        scope: namespace
        namespaces: [hello, worker]

- name: Take a principal's access away
  opta.platform.eks_access_entry:
    cluster_name: opta-staging
    principal_arn: "{{ developer.iam_role.arn }}"
    state: absent
"""

RETURN = r"""
access_entry:
  description:
    - The access entry; null when there is none. In check mode, what only AWS decides is V((known after apply)).
  returned: success
  type: dict
  contains:
    name: {description: ARN of the principal., type: str, returned: always}
    principal_arn: {description: "ARN of the principal; of a session, its role's.", type: str, returned: always}
    cluster_name: {description: Name of the cluster., type: str, returned: always}
    arn: {description: ARN of the entry., type: str, returned: always}
    type: {description: As the option., type: str, returned: always, sample: STANDARD}
    kubernetes_groups: {description: As the option., type: list, elements: str, returned: always}
    username: {description: As the option., type: str, returned: always}
    policies: {description: "The policies, by name, each with its scope and namespaces.", type: list, elements: dict, returned: always}
    tags: {description: Tags., type: dict, returned: always}
actions:
  description: What was done, or would be done in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: "V(create), V(update), V(replace) or V(delete).", type: str, returned: always}
    resource: {description: Kind and name., type: str, returned: always, sample: EKS access entry opta-staging/arn of the principal}
    attributes: {description: Attributes that change., type: list, elements: str, returned: always}
    allowed: {description: Whether a run does it without another option., type: bool, returned: always}
diff:
  description: The changed attributes before and after.
  returned: success
  type: dict
"""

from ..module_utils._eks.access_entry import TYPES, AccessEntry
from ..module_utils._eks.identity import get_caller_identity, role_behind
from ..module_utils._eks.options import check_access_entry
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


def bring(module):
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
    return module.bring(entry)


def main():
    module = PlatformModule(argument_spec=ARGUMENTS)
    module.run("access_entry", lambda: bring(module))


if __name__ == "__main__":
    main()
