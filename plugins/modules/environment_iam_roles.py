#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: environment_iam_roles
short_description: Delete the IAM roles of an environment
version_added: 1.0.0
description:
  - Deletes the IAM roles with the path C(/opta/<name_prefix>/<region>/<environment>/) and the same ownership tags, including roles of
    services that the inventory no longer lists. A role with different tags is not deleted.
options:
  environment:
    description: Name of the environment.
    type: str
    required: true
  name_prefix:
    description: Prefix of the names of all resources.
    type: str
    default: opta
  roles:
    description: Roles of this collection whose IAM roles are deleted, as in the tag C(opta:role) of the IAM roles.
    type: list
    elements: str
    required: true
notes:
  - Used by the roles P(opta.platform.eks#role), P(opta.platform.k8s_addons#role) and P(opta.platform.s3#role).
seealso:
  - module: opta.platform.iam_role
  - module: opta.platform.irsa_role
  - name: DeleteRole
    description: IAM API Reference.
    link: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Delete the IAM roles of a cluster and of the services in it
  opta.platform.environment_iam_roles:
    environment: staging
    region: eu-west-1
    roles: [eks, opta_service]
"""

RETURN = r"""
role:
  description: Always V(null). RV(actions) lists the deleted roles.
  returned: success
  type: dict
  sample: null
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


from ..module_utils import _tags
from ..module_utils._iam import api
from ..module_utils._iam.iam_role import IamRole
from ..module_utils._module import PlatformModule
from ..module_utils._reconcile import ensure_absent

ARGUMENTS = {
    "environment": {"required": True},
    "name_prefix": {"default": "opta"},
    "roles": {"type": "list", "elements": "str", "required": True},
}


def account_of(arn):
    """Partition and account of the ARN of a role."""
    parts = arn.split(":")
    return lambda: (parts[1], parts[4])


def reconcile(module):
    client, identity = module.client("iam"), module.identity()
    outcomes = []
    for listed in api.list_roles(client, identity.iam_path):
        role = IamRole(client, listed["RoleName"], listed["Path"], account=account_of(listed["Arn"]))
        found = role.find()
        tags = (role.tags(found) if found else None) or {}
        if _tags.carries(tags, identity.marks()) and tags.get(_tags.ROLE) in module.params["roles"]:
            outcomes.append(ensure_absent(role, check_mode=module.check_mode))
    return outcomes


def main():
    PlatformModule(ARGUMENTS, common=False).run(reconcile, key="role")


if __name__ == "__main__":
    main()
