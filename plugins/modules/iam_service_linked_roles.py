#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_service_linked_roles
short_description: Create service-linked roles of AWS services
version_added: 1.0.0
description:
  - Creates the service-linked roles of AWS services that the account does not have. A key policy can only contain roles that exist.
  - Service-linked roles belong to the account, not to an environment. The module never updates or deletes them.
options:
  services:
    description: Names of the services, for example V(autoscaling.amazonaws.com).
    type: list
    elements: str
    required: true
notes:
  - Used by the role P(opta.platform.network#role).
seealso:
  - module: opta.platform.kms_key
  - name: CreateServiceLinkedRole
    description: IAM API Reference.
    link: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Create the service-linked roles that the key policy contains
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
  description: Role of each service, in the order of O(services).
  returned: success
  type: list
  elements: dict
  contains:
    service:
      description: Name of the service.
      returned: always
      type: str
      sample: autoscaling.amazonaws.com
    arn:
      description: ARN of the role.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling
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
