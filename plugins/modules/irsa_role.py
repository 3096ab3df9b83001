#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: irsa_role
short_description: Manage an IAM role for service accounts
version_added: 1.0.0
description:
  - Creates, changes or deletes an IAM role that service accounts of a Kubernetes cluster take by their tokens.
  - The trust names the subject of each service account and the audience, so that no other service account can take the role.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  name:
    description: Name of the role, 64 characters at the most. Another name is another role.
    type: str
    required: true
  path:
    description: "Path of the role. Cannot be changed: IAM fixes it when the role is made."
    type: str
    default: /
  oidc_provider_arn:
    description:
      - ARN of the cluster's OpenID Connect provider in IAM. Changed in place. Needed with O(state=present).
      - C((known after apply)) in check mode predicts a trust that is not known yet.
    type: str
  service_accounts:
    description: The service accounts that may take the role. Changed in place. Needed with O(state=present).
    type: list
    elements: dict
    suboptions:
      namespace:
        description: Namespace of the service account.
        type: str
        required: true
      name:
        description: Name of the service account.
        type: str
        required: true
  allow_wildcards:
    description: Whether namespaces and names may hold C(*) and C(?), which trusts every service account that they fit.
    type: bool
    default: false
  audience:
    description: Audience that the tokens must name. Changed in place.
    type: str
    default: sts.amazonaws.com
  managed_policy_arns:
    description: ARNs of the managed policies to attach. Changed in place.
    type: list
    elements: str
  inline_policies:
    description:
      - Policy documents by the names of the role's inline policies. Changed in place.
      - Compared by what they mean, not by their text.
    type: dict
  purge_policies:
    description: Whether policies that O(managed_policy_arns) and O(inline_policies) do not name are removed, where these are given.
    type: bool
    default: true
  permissions_boundary:
    description: ARN of the policy that limits the role; an empty string for none. Changed in place.
    type: str
  description:
    description: What the role is for. Changed in place.
    type: str
  max_session_duration:
    description: Seconds that a session may last, from 3600 to 43200; 3600 when it is never given. Changed in place.
    type: int
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Make the role of the network add-on
  opta.platform.irsa_role:
    name: opta-staging-vpc-cni
    path: /opta/opta/eu-west-1/staging/
    oidc_provider_arn: "{{ oidc_provider.arn }}"
    service_accounts:
      - namespace: kube-system
        name: aws-node
    managed_policy_arns:
      - "arn:{{ partition }}:iam::aws:policy/AmazonEKS_CNI_Policy"
    tags:
      opta:environment: staging

- name: Delete the role
  opta.platform.irsa_role:
    name: opta-staging-vpc-cni
    state: absent
"""

RETURN = r"""
role:
  description: The role; null when it is gone.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str, sample: opta-staging-vpc-cni}
    arn: {description: "Its ARN, known before the role is made.", type: str}
    role_id: {description: Its id in IAM., type: str}
    path: {description: Its path., type: str, sample: /opta/opta/eu-west-1/staging/}
    assume_role_policy: {description: Its trust policy., type: dict}
    description: {description: What it is for., type: str}
    max_session_duration: {description: Seconds that a session may last., type: int, sample: 3600}
    permissions_boundary: {description: "The policy that limits it, or an empty string.", type: str}
    managed_policy_arns: {description: The managed policies attached., type: list, elements: str}
    inline_policies: {description: Policy documents by name., type: dict}
    tags: {description: All tags., type: dict}
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update) or C(delete).", type: str}
    resource: {description: Kind and name., type: str}
    attributes: {description: The attributes that are set., type: list, elements: str}
    allowed: {description: Whether the run may do it., type: bool}
diff:
  description: The changed attributes before and after.
  returned: always
  type: dict
"""

from ..module_utils._iam.oidc_provider import DEFAULT_AUDIENCE
from ..module_utils._iam.reconcile import irsa_role_outcome
from ..module_utils._module import PlatformModule

SERVICE_ACCOUNT = {"namespace": {"required": True}, "name": {"required": True}}
ARGUMENTS = {
    "name": {"required": True},
    "path": {"default": "/"},
    "oidc_provider_arn": {},
    "service_accounts": {"type": "list", "elements": "dict", "options": SERVICE_ACCOUNT},
    "allow_wildcards": {"type": "bool", "default": False},
    "audience": {"default": DEFAULT_AUDIENCE},
    "managed_policy_arns": {"type": "list", "elements": "str"},
    "inline_policies": {"type": "dict"},
    "purge_policies": {"type": "bool", "default": True},
    "permissions_boundary": {},
    "description": {},
    "max_session_duration": {"type": "int"},
}
#: options that state: present requires
NEEDED = ["oidc_provider_arn", "service_accounts"]


def main():
    PlatformModule(ARGUMENTS, required_if=[("state", "present", NEEDED)]).run(irsa_role_outcome, key="role")


if __name__ == "__main__":
    main()
