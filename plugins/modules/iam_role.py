#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_role
short_description: Manage an IAM role for a service of AWS
version_added: 1.0.0
author: [opta.platform contributors (@opta-platform)]
description:
  - Creates, changes or deletes one IAM role with its trust and its policies. It never makes an instance profile or a credential.
  - In check mode it says what it would do, attribute by attribute, and knows the ARN that the role will have.
  - For service accounts of Kubernetes see M(opta.platform.irsa_role).
requirements:
  - python >= 3.11
  - boto3 >= 1.38.0
  - botocore >= 1.38.0
options:
  name:
    description: Name of the role, at most 64 characters.
    type: str
    required: true
  path:
    description: "Path of the role. Cannot be changed: a role keeps its path for life."
    type: str
    default: /
  assume_role_policy:
    description: Who may take the role, as a policy document. Changed in place.
    type: dict
  managed_policy_arns:
    description: ARNs of the managed policies. Changed in place.
    type: list
    elements: str
  inline_policies:
    description: Policy documents by name. Changed in place.
    type: dict
  purge_policies:
    description: Whether policies that are not named are taken away, where O(managed_policy_arns) or O(inline_policies) is given.
    type: bool
    default: true
  permissions_boundary:
    description: ARN of the policy that bounds the role; an empty string removes it. Changed in place.
    type: str
  description:
    description: What the role is for. Changed in place.
    type: str
  max_session_duration:
    description: Longest session in seconds, 3600 to 43200. Changed in place.
    type: int
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: opta.platform.irsa_role
"""

EXAMPLES = r"""
- name: Make the role of nodes
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
  description: The role; null when there is none. In check mode, what only AWS decides is V((known after apply)).
  returned: success
  type: dict
  contains:
    name: {description: Name., type: str, returned: always}
    arn: {description: ARN., type: str, returned: always}
    role_id: {description: Id that IAM gave it., type: str, returned: always}
    path: {description: As the option., type: str, returned: always}
    assume_role_policy: {description: As the option., type: dict, returned: always}
    managed_policy_arns: {description: As the option., type: list, elements: str, returned: always}
    inline_policies: {description: As the option., type: dict, returned: always}
    permissions_boundary: {description: As the option., type: str, returned: always}
    description: {description: As the option., type: str, returned: always}
    max_session_duration: {description: As the option., type: int, returned: always}
    tags: {description: Tags., type: dict, returned: always}
actions:
  description: What was done, or would be done in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: "V(create), V(update) or V(delete).", type: str, returned: always}
    resource: {description: Kind and name., type: str, returned: always, sample: IAM role opta-staging-eks-node}
    attributes: {description: Attributes that change., type: list, elements: str, returned: always}
    allowed: {description: Whether a run does it without another option., type: bool, returned: always}
diff:
  description: The changed attributes before and after.
  returned: success
  type: dict
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
        raise Refused(f"IAM role {given['name']} does not exist, and making it needs assume_role_policy: who may take it.")
    return module.reconcile(role)


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="role")


if __name__ == "__main__":
    main()
