#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_volumes
short_description: Delete EBS volumes that a deleted EKS cluster left behind
version_added: 1.0.0
description:
  - Deletes the EBS volumes that the EBS CSI driver created for a cluster, after its nodes were deleted.
  - Each volume is retained as a snapshot with the tag C(opta:retained) before it is deleted, unless O(delete_volumes=true).
options:
  cluster_name:
    description:
      - Name of the cluster, with which the driver tags its volumes. If O(tags) contains no ownership tags, the name selects the volumes
        to delete.
    type: str
    required: true
  delete_volumes:
    description: Whether to delete the data, without a snapshot.
    type: bool
    default: false
  tags:
    description:
      - Tags of the snapshots. If C(opta:environment) is one of them, only volumes with these ownership tags are deleted, and other
        volumes of O(cluster_name) are reported.
    type: dict
    default: {}
  wait_timeout:
    description: Maximum time to wait for a volume to be detached and for a snapshot to complete, in seconds.
    type: int
    default: 3600
notes:
  - Used by the role P(opta.platform.eks#role).
seealso:
  - module: opta.platform.kubernetes_volume_claims
  - module: opta.platform.retained_resources
  - module: amazon.aws.ec2_snapshot
  - name: Amazon EBS CSI driver
    description: Amazon EKS User Guide.
    link: https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Retain the data of a deleted cluster as snapshots
  opta.platform.eks_volumes:
    cluster_name: opta-staging
"""

RETURN = r"""
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

from ..module_utils._ebs.kubernetes_volumes import remove_volumes
from ..module_utils._module import PlatformModule

ARGUMENTS = {
    "cluster_name": {"required": True},
    "delete_volumes": {"type": "bool", "default": False},
    "tags": {"type": "dict", "default": {}},
    "wait_timeout": {"type": "int", "default": 3600},
}


def reconcile(module):
    given = module.params
    return remove_volumes(
        module.client("ec2"),
        given["cluster_name"],
        tags=given["tags"],
        delete_volumes=given["delete_volumes"],
        check_mode=module.check_mode,
        timeout_seconds=given["wait_timeout"],
    )


def main():
    PlatformModule(ARGUMENTS, common=False).run(reconcile, key="volume")


if __name__ == "__main__":
    main()
