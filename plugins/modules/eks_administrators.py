#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_administrators
short_description: Manage who administers an Amazon EKS cluster
version_added: 1.0.0
author: [opta.platform contributors (@opta-platform)]
description:
  - Gives IAM principals an access entry with the policy AmazonEKSClusterAdminPolicy, and takes it from those that are no longer named.
  - A cluster without any administrator gets the caller, so that the run that made it can go on; it may be a second one that was killed.
  - Entries that others made are never changed or removed, and never the caller's own.
options:
  cluster_name:
    description: Name of the cluster. Its authentication mode must be C(API) or C(API_AND_CONFIG_MAP).
    type: str
    required: true
  principal_arns:
    description:
      - ARNs of the IAM roles and users that administer the cluster. A session's ARN is understood as its role's.
      - Not given, all stays as found.
    type: list
    elements: str
  tags:
    description: Tags of the entries.
    type: dict
    default: {}
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: opta.platform.eks_access_entry
"""

EXAMPLES = r"""
- name: Let the platform team administer
  opta.platform.eks_administrators:
    cluster_name: opta-staging
    principal_arns:
      - arn:aws:iam::111122223333:role/platform/administrator
"""

RETURN = r"""
access_entry:
  description: The first entry, as M(opta.platform.eks_access_entry) returns it; null when there is nothing to do.
  returned: success
  type: dict
actions:
  description: What was done, or in check mode would be done.
  returned: success
  type: list
  elements: dict
diff:
  description: What changed, before and after.
  returned: success
  type: dict
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
