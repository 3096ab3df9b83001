#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_volumes
short_description: Remove the EBS volumes that Kubernetes left behind
version_added: 1.0.0
author: [opta.platform contributors (@opta-platform)]
description:
  - Deletes the volumes that the EBS CSI driver made for a cluster, once its nodes are gone.
  - Volumes are data, so each is kept as a snapshot with the tag C(opta:retained) first, unless O(delete_volumes=true).
options:
  cluster_name:
    description: Name of the cluster, with which the driver tags its volumes. Without ownership tags in O(tags) it says which are removed.
    type: str
    required: true
  delete_volumes:
    description: Whether the data may go, so that no snapshot is made.
    type: bool
    default: false
  tags:
    description:
      - Tags for the snapshots. With C(opta:environment) among them, only volumes with these ownership tags are removed,
        and others of O(cluster_name) are reported.
    type: dict
    default: {}
  wait_timeout:
    description: Seconds to wait for a volume to be detached, and for a snapshot to be complete.
    type: int
    default: 3600
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Keep the data of a cluster that is gone
  opta.platform.eks_volumes:
    cluster_name: opta-staging
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  sample: [{action: delete, resource: EBS volume vol-0123456789abcdef0, attributes: [], allowed: true}]
diff:
  description: What changed, before and after.
  returned: always
  type: dict
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
