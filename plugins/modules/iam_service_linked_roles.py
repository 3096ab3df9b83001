#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_service_linked_roles
short_description: Make the service-linked roles that an environment needs
version_added: 1.0.0
description:
  - Creates those roles of AWS services that the account does not have yet. A key's policy can name only a role that exists.
  - They belong to the account, not to an environment. What stands is left as it is, and nothing is ever deleted.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  services:
    description: Names of the services.
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
- name: Make the roles that the key's policy names
  opta.platform.iam_service_linked_roles:
    services:
      - autoscaling.amazonaws.com
      - eks.amazonaws.com
      - eks-nodegroup.amazonaws.com
      - elasticloadbalancing.amazonaws.com
      - rds.amazonaws.com
      - elasticache.amazonaws.com
"""

RETURN = r"""
service_linked_roles:
  description: The role of each service, in the order of O(services).
  returned: always
  type: list
  elements: dict
  contains:
    service: {description: Name of the service., type: str, sample: autoscaling.amazonaws.com}
    arn: {description: ARN of its role., type: str}
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

from ..module_utils._iam import service_linked_roles
from ..module_utils._module import PlatformModule

ARGUMENTS = {"services": {"type": "list", "elements": "str", "required": True}}


def reconcile(module):
    outcomes, roles = service_linked_roles.reconcile(module.client("iam"), module.params["services"], module.check_mode)
    return outcomes, {"service_linked_roles": roles}


def main():
    PlatformModule(ARGUMENTS, common=False).run(reconcile, key="service_linked_roles")


if __name__ == "__main__":
    main()
