#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_role
short_description: Manage IAM roles for AWS services
version_added: 1.0.0
description:
  - Creates, updates or deletes one IAM role with its trust policy and permissions policies. It never creates instance profiles or
    credentials.
  - In check mode, the ARN of a new role is predicted.
  - For Kubernetes service accounts, use M(opta.platform.irsa_role).
options:
  name:
    description: Name of the role, at most 64 characters.
    type: str
    required: true
  path:
    description:
      - Path of the role.
      - "Cannot be changed: IAM sets it when the role is created."
    type: str
    default: /
  assume_role_policy:
    description: Trust policy document, which defines who may assume the role. Required to create a role. Changed in place.
    type: dict
  managed_policy_arns:
    description: ARNs of the managed policies to attach. Changed in place.
    type: list
    elements: str
  inline_policies:
    description: Inline policy documents, by name. Changed in place.
    type: dict
  purge_policies:
    description: Whether to remove policies that are not listed, if O(managed_policy_arns) or O(inline_policies) is set.
    type: bool
    default: true
  permissions_boundary:
    description: ARN of the policy that is the permissions boundary of the role. An empty string removes it. Changed in place.
    type: str
  description:
    description: Description of the role. Changed in place.
    type: str
  max_session_duration:
    description: Maximum session duration, in seconds, from 3600 to 43200. The default of AWS is 3600. Changed in place.
    type: int
notes:
  - Used by the roles P(opta.platform.eks#role), P(opta.platform.network#role) and P(opta.platform.s3#role).
seealso:
  - module: opta.platform.irsa_role
  - module: amazon.aws.iam_role
  - name: CreateRole
    description: IAM API Reference.
    link: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
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
- name: Create the IAM role of nodes
  opta.platform.iam_role:
    name: opta-staging-eks-node
    path: /opta/opta/eu-west-1/staging/
    assume_role_policy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action: sts:AssumeRole
          Principal:
            Service: ec2.amazonaws.com
    managed_policy_arns:
      - arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy
      - arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly
"""

RETURN = r"""
role:
  description: The role, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the role.
      returned: always
      type: str
      sample: opta-staging-eks-node
    arn:
      description: ARN of the role.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/opta/opta/eu-west-1/staging/opta-staging-eks-node
    role_id:
      description: Unique ID of the role.
      returned: always
      type: str
      sample: AROA0123456789ABCDEFG
    path:
      description: Path of the role.
      returned: always
      type: str
      sample: /opta/opta/eu-west-1/staging/
    assume_role_policy:
      description: Trust policy document.
      returned: always
      type: dict
      sample: {Version: "2012-10-17", Statement: []}
    managed_policy_arns:
      description: ARNs of the attached managed policies.
      returned: always
      type: list
      elements: str
      sample: ["arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"]
    inline_policies:
      description: Inline policy documents, by name.
      returned: always
      type: dict
      sample: {service: {Version: "2012-10-17", Statement: []}}
    permissions_boundary:
      description: ARN of the permissions boundary. Empty without one.
      returned: always
      type: str
      sample: ""
    description:
      description: Description of the role.
      returned: always
      type: str
      sample: Nodes of opta-staging
    max_session_duration:
      description: Maximum session duration, in seconds.
      returned: always
      type: int
      sample: 3600
    tags:
      description: Tags of the role.
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

from ..module_utils._errors import Refused
from ..module_utils._iam.api import get_caller_identity
from ..module_utils._iam.iam_role import IamRole, check_names
from ..module_utils._module import PlatformModule

ARGUMENTS = {
    "name": {"required": True},
    "path": {"default": "/"},
    "assume_role_policy": {"type": "dict"},
    "managed_policy_arns": {"type": "list", "elements": "str"},
    "inline_policies": {"type": "dict"},
    "purge_policies": {"type": "bool", "default": True},
    "permissions_boundary": {},
    "description": {},
    "max_session_duration": {"type": "int"},
}


def account(module):
    identity = get_caller_identity(module.client("sts"))
    return identity["Arn"].split(":")[1], identity["Account"]


def reconcile(module):
    given = module.params
    check_names(given["name"], given["path"], given["max_session_duration"])
    role = IamRole(
        module.client("iam"),
        given["name"],
        given["path"],
        account=lambda: account(module),
        purge_tags=given["purge_tags"],
        purge_policies=given["purge_policies"],
    )
    if given["state"] == "present" and not given["assume_role_policy"] and role.find() is None:
        raise Refused(f"IAM role {given['name']} does not exist; to create it, set assume_role_policy.")
    return module.reconcile(role)


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="role")


if __name__ == "__main__":
    main()
