#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: irsa_role
short_description: Manage IAM roles for Kubernetes service accounts
version_added: 1.0.0
description:
  - Creates, updates or deletes one IAM role that service accounts of a Kubernetes cluster assume with their tokens (IAM roles for
    service accounts, IRSA).
  - The trust policy requires the subject of one of the service accounts and the audience, so no other service account can assume the
    role.
options:
  name:
    description: Name of the role, at most 64 characters. A different name selects a different role.
    type: str
    required: true
  path:
    description:
      - Path of the role.
      - "Cannot be changed: IAM sets it when the role is created."
    type: str
    default: /
  oidc_provider_arn:
    description:
      - ARN of the IAM OIDC provider of the cluster. Required with O(state=present). Changed in place.
      - In check mode, V((known after apply\)) is allowed, and the trust policy is then not known.
    type: str
  service_accounts:
    description: Service accounts that may assume the role. Required with O(state=present). Changed in place.
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
    description: Whether namespaces and names may contain C(*) and C(?). The role then trusts each matching service account.
    type: bool
    default: false
  audience:
    description: Audience that tokens must contain. Changed in place.
    type: str
    default: sts.amazonaws.com
  managed_policy_arns:
    description: ARNs of the managed policies to attach. Changed in place.
    type: list
    elements: str
  inline_policies:
    description: Inline policy documents, by name. Compared by their meaning, not by their text. Changed in place.
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
  - Used by the roles P(opta.platform.eks#role), P(opta.platform.k8s_addons#role) and P(opta.platform.opta_service#role).
seealso:
  - module: opta.platform.iam_role
  - module: opta.platform.iam_oidc_provider
  - name: IAM roles for service accounts
    description: Amazon EKS User Guide.
    link: https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
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
- name: Create the IAM role of the network add-on
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
  description: The role, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the role.
      returned: always
      type: str
      sample: opta-staging-vpc-cni
    arn:
      description: ARN of the role. It is known before the role is created.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/opta/opta/eu-west-1/staging/opta-staging-vpc-cni
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
    description:
      description: Description of the role.
      returned: always
      type: str
      sample: Network add-on of opta-staging
    max_session_duration:
      description: Maximum session duration, in seconds.
      returned: always
      type: int
      sample: 3600
    permissions_boundary:
      description: ARN of the permissions boundary. Empty without one.
      returned: always
      type: str
      sample: ""
    managed_policy_arns:
      description: ARNs of the attached managed policies.
      returned: always
      type: list
      elements: str
      sample: ["arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"]
    inline_policies:
      description: Inline policy documents, by name.
      returned: always
      type: dict
      sample: {service: {Version: "2012-10-17", Statement: []}}
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
