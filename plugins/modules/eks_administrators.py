#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_administrators
short_description: Manage the administrators of an Amazon EKS cluster
version_added: 1.0.0
description:
  - Creates access entries with the policy AmazonEKSClusterAdminPolicy for the listed IAM principals, and deletes those of principals
    that are no longer listed.
  - If a cluster has no administrator, the caller becomes one, so that the run that created the cluster can continue after an
    interruption.
  - Access entries that this collection did not create, and the access entry of the caller, are never changed or deleted.
options:
  cluster_name:
    description: Name of the cluster. Its authentication mode must be C(API) or C(API_AND_CONFIG_MAP).
    type: str
    required: true
  principal_arns:
    description:
      - ARNs of the IAM roles and users that administer the cluster. The ARN of a session selects the role of the session.
      - If not set, existing access entries are kept.
    type: list
    elements: str
  tags:
    description: Tags of the access entries.
    type: dict
    default: {}
notes:
  - Used by the role P(opta.platform.eks#role).
seealso:
  - module: opta.platform.eks_access_entry
  - name: Grant IAM users access to Kubernetes with EKS access entries
    description: Amazon EKS User Guide.
    link: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Make the platform team administrator of the cluster
  opta.platform.eks_administrators:
    cluster_name: opta-staging
    principal_arns:
      - arn:aws:iam::111122223333:role/platform/administrator
"""

RETURN = r"""
access_entry:
  description: First access entry, as M(opta.platform.eks_access_entry) returns it, or V(null) if there is nothing to change.
  returned: success
  type: dict
  sample: {principal_arn: "arn:aws:iam::123456789012:role/administrator", cluster_name: opta-staging}
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

from ..module_utils._eks.administrators import Administrators
from ..module_utils._eks.api import describe_cluster
from ..module_utils._iam.api import get_caller_identity
from ..module_utils._module import PlatformModule
from ..module_utils._response_cache import prefetch

ARGUMENTS = {
    "cluster_name": {"required": True},
    "principal_arns": {"type": "list", "elements": "str"},
    "tags": {"type": "dict", "default": {}},
}


def reconcile(module):
    given = module.params
    sts, eks = module.client("sts"), module.client("eks")
    prefetch([lambda: get_caller_identity(sts), lambda: describe_cluster(eks, given["cluster_name"])])
    caller = get_caller_identity(sts)["Arn"]
    administrators = Administrators(eks, lambda: module.client("iam"), given["cluster_name"], caller, given["tags"])
    return administrators.reconcile(given["principal_arns"], module.check_mode)


def main():
    PlatformModule(ARGUMENTS, common=False).run(reconcile, key="access_entry")


if __name__ == "__main__":
    main()
