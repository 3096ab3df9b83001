#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_volume_claims
short_description: Delete PersistentVolumeClaims of an Amazon EKS cluster and retain their data
version_added: 1.0.0
description:
  - Deletes the PersistentVolumeClaims with the given labels in a namespace, with their volumes. Or deletes the volumes of claims that
    Helm deleted when a release was uninstalled or upgraded.
  - Each EBS volume is retained as a snapshot with the tag C(opta:retained), unless O(delete_volumes=true). The snapshot is created when
    the claim is deleted and nothing can write to the volume.
  - The workloads that use the claims must be deleted before or during the task. The EBS CSI driver must be running.
  - An interrupted run is completed by the next run, without a second snapshot.
options:
  namespace:
    description: Namespace of the claims, or of O(release). A release may have claims in other namespaces.
    type: str
    required: true
  match_labels:
    description: Labels of the claims, at least one. Mutually exclusive with O(release). One of them is required.
    type: dict
  release:
    description:
      - Name of a Helm release in the namespace that is uninstalled with its claims.
      - Helm deletes the claims, and Kubernetes then deletes their volumes. Therefore run the module with O(state=held) before the
        release is uninstalled, and with O(state=absent) afterwards.
      - The module selects claims in any namespace with the annotations of the release. Claims that Helm keeps, and volumes other than
        Amazon EBS volumes, are ignored.
    type: str
  dropped_claims:
    description:
      - Names of the claims that an upgrade of O(release) deletes, with the prefix C(<namespace>/) for claims in another namespace.
        RV(opta.platform.helm_release#module:release.dropped_claims) returns them, and that module also protects their volumes.
      - Set it, also to an empty list, if the release is not uninstalled. Volumes that an earlier upgrade left behind are deleted too.
    type: list
    elements: str
  state:
    description:
      - V(absent) deletes the claims and their volumes. V(held) sets the reclaim policy C(Retain) on the volumes of O(release), so that
        they are not deleted with the claims.
    type: str
    default: absent
    choices: [absent, held]
  delete_volumes:
    description: Whether to delete the data, without a snapshot.
    type: bool
    default: false
  tags:
    description: Tags of the snapshots.
    type: dict
    default: {}
  wait_timeout:
    description: Maximum time to wait for each claim, snapshot and volume, in seconds.
    type: int
    default: 3600
notes:
  - Used by the roles P(opta.platform.k8s_addons#role) and P(opta.platform.opta_service#role).
seealso:
  - module: opta.platform.helm_release
  - module: opta.platform.eks_volumes
  - module: opta.platform.retained_resources
  - name: Persistent Volumes
    description: Kubernetes documentation.
    link: https://kubernetes.io/docs/concepts/storage/persistent-volumes/
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.cluster.connection
  - opta.platform.attributes
  - opta.platform.requirements.kubernetes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Delete the claims of a service and retain their data
  opta.platform.kubernetes_volume_claims:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    namespace: shop
    match_labels:
      app.kubernetes.io/instance: hello
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

from ..module_utils._errors import Refused
from ..module_utils._kubernetes.claims import Claims
from ..module_utils._kubernetes.module import ClusterModule

CHOSEN_BY = ("match_labels", "release")
ARGUMENTS = {
    "namespace": {"required": True},
    "match_labels": {"type": "dict"},
    "release": {},
    "dropped_claims": {"type": "list", "elements": "str"},
    "state": {"choices": ["absent", "held"], "default": "absent"},
    "delete_volumes": {"type": "bool", "default": False},
    "tags": {"type": "dict", "default": {}},
    "wait_timeout": {"type": "int", "default": 3600},
}
RULES = {
    "mutually_exclusive": [CHOSEN_BY],
    "required_one_of": [CHOSEN_BY],
    "required_if": [("state", "held", ["release"])],
    "required_by": {"dropped_claims": ["release"]},
}


def reconcile(module):
    given = module.params
    if given["match_labels"] == {}:
        raise Refused("match_labels is empty: set the labels of the claims, for example app.kubernetes.io/instance: hello.")
    client = module.cluster()
    if client is None:
        return []
    labels, release = given["match_labels"] or {}, given["release"] or ""
    named = {"namespace": given["namespace"], "labels": labels, "release": release, "tags": given["tags"]}
    user = release or " ".join(labels.values())
    settings = {"delete_volumes": given["delete_volumes"], "check_mode": module.check_mode, "timeout_seconds": given["wait_timeout"]}
    claims = Claims(client, module.client("ec2"), user=user, only=given["dropped_claims"], **named, **settings)
    return claims.hold() if given["state"] == "held" else claims.remove()


def main():
    ClusterModule(ARGUMENTS, common=False, **RULES).run(reconcile, key="claim")


if __name__ == "__main__":
    main()
