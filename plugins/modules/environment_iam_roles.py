#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: environment_iam_roles
short_description: Remove the IAM roles of an environment
version_added: 1.0.0
author: [opta.platform contributors (@opta-platform)]
description:
  - Deletes the roles under the path C(/opta/<name_prefix>/<region>/<environment>/) whose ownership tags say the same,
    also those of services that nobody describes any more. A role with other tags is left alone.
requirements:
  - python >= 3.11
  - boto3 >= 1.38.0
  - botocore >= 1.38.0
options:
  environment:
    description: Name of the environment.
    type: str
    required: true
  name_prefix:
    description: Beginning of every name.
    type: str
    default: opta
  roles:
    description: Roles of this collection whose IAM roles are removed, as their tag C(opta:role) says.
    type: list
    elements: str
    required: true
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Remove the roles of a cluster and of the services in it
  opta.platform.environment_iam_roles:
    environment: staging
    region: eu-west-1
    roles: [eks, opta_service]
"""

RETURN = r"""
role:
  description: Always null; see RV(actions) for what was removed.
  returned: success
  type: dict
actions:
  description: What was done, or in check mode would be done.
  returned: success
  type: list
  elements: dict
  sample: [{action: delete, resource: IAM role opta-staging-eks-node-0a1b2c3d, attributes: [], allowed: true}]
diff:
  description: What was removed.
  returned: success
  type: dict
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
