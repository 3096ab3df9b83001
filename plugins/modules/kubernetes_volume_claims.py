#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_volume_claims
version_added: 1.0.0
short_description: Remove PersistentVolumeClaims of an EKS cluster, and keep their data
description:
  - Deletes the PersistentVolumeClaims of a namespace that have the given labels, with their volumes; or the volumes whose claims went
    with a helm release, or with an upgrade of it.
  - Volumes are data, so each EBS volume is kept as a snapshot with the tag C(opta:retained), unless O(delete_volumes=true).
    The snapshot is made when the claim is gone and nothing can write to the volume any more.
  - Whatever uses the claims must be gone, or go meanwhile; the EBS CSI driver must still run.
  - A run that was killed is finished by the next one, without a second snapshot.
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.11
options:
  namespace:
    description: Namespace of the claims, or of O(release), which may have claims in other namespaces, too.
    type: str
    required: true
  match_labels:
    description: Labels that the claims have; at least one. This or O(release) is needed.
    type: dict
  release:
    description:
      - Name of a helm release of the namespace that goes with its claims. Helm deletes these itself, and Kubernetes then deletes their
        volumes. So call the module with O(state=held) before the release is uninstalled, and with O(state=absent) after it.
      - These are the claims with helm's annotations of the release, in whatever namespace.
      - Claims that helm keeps are left alone, as are volumes that are not of Amazon EBS.
    type: str
  dropped_claims:
    description:
      - Names of the claims that an upgrade of O(release) deletes, with C(<namespace>/) before those of another namespace, as
        RV(opta.platform.helm_release#module:release.dropped_claims), which
        also holds their volumes. Give it, empty or not, when the release stays.
      - Volumes that an earlier upgrade has left are removed, too.
    type: list
    elements: str
  state:
    description: V(absent) removes, V(held) lets the volumes outlive the claims of O(release) (reclaim policy C(Retain)).
    type: str
    choices: [absent, held]
    default: absent
  delete_volumes:
    description: Whether the data may go, so that no snapshot is made.
    type: bool
    default: false
  tags:
    description: Tags for the snapshots.
    type: dict
    default: {}
  wait_timeout:
    description: Seconds to wait for each claim, snapshot and volume.
    type: int
    default: 3600
extends_documentation_fragment:
  - opta.platform.cluster.connection
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Keep the data of a service that is gone
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
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  sample: [{action: delete, resource: PersistentVolumeClaim shop/data-hello-0, attributes: [], allowed: true}]
diff:
  description: What changed, before and after.
  returned: always
  type: dict
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
        raise Refused("match_labels is empty: name the labels of the claims, for example app.kubernetes.io/instance: hello.")
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
