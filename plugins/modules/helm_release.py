#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_release
version_added: 1.0.0
short_description: Bring a Helm release to the wanted state
description:
  - Installs, upgrades and uninstalls a release of a chart in an EKS cluster.
  - Reads the release that helm stored in the cluster. helm is started only when the chart, the values, or one of the release's
    objects in the cluster differ from what is wanted.
  - What would change is reported for each object and field, from helm's own dry run on the server; the data of Secrets is masked.
    Fields that differ between two renders of the same values (certificates and passwords that a chart makes at random) are not
    compared, and a warning names them.
  - A roll-out that does not get ready in O(wait_timeout) is rolled back, and a first installation is uninstalled. The message holds
    the failing pods' states, events and last log lines, collected before.
  - A roll-out that another run began and did not end is waited for.
  - Before an upgrade deletes PersistentVolumeClaims, their volumes get the reclaim policy C(Retain), so that no data is lost.
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.11
  - helm 3.17 or newer, or helm 4
  - PyYAML
options:
  name:
    description: Name of the release. Together with O(namespace) it says which release is meant.
    type: str
    required: true
  namespace:
    description: Namespace of the release, and of its objects that name none.
    type: str
    required: true
  create_namespace:
    description: Whether the namespace is made when it is missing. It is not deleted with the release.
    type: bool
    default: false
  chart:
    description:
      - The chart, as the absolute path of a directory or archive, a name in O(repository), or an C(oci://) URL.
        Needed unless O(state=absent).
      - A release of a chart of another name is somebody else's. It is refused unless O(adopt=true), and with O(state=absent) it stays.
      - A local chart is compared by a digest of its files, kept as a label of the release.
    type: str
  repository:
    description: URL of the chart repository.
    type: str
  version:
    description: Exact version of a chart from a repository or registry. Needed there. Changed in place.
    type: str
  values:
    description:
      - The values, all of them. Values of earlier revisions are not kept. Changed in place.
      - Never put secrets here, because every stored revision keeps them. Make a Secret by M(opta.platform.kubernetes_objects) and
        give its name.
    type: dict
    default: {}
  skip_crds:
    description: Whether the chart's own CustomResourceDefinitions are left out. helm installs them with the first revision only.
    type: bool
    default: false
  history_max:
    description: Revisions that helm keeps of the release; 0 keeps all.
    type: int
    default: 25
  repair_drift:
    description:
      - Whether objects of the release that were deleted, or whose given fields were changed behind helm's back, are found and set back.
        The number of replicas is left to whatever has scaled an object.
      - V(false) for charts whose objects are changed by controllers of their own.
    type: bool
    default: true
  repair_pending:
    description:
      - Whether a release that a killed run left C(pending-install), C(pending-upgrade), C(pending-rollback) or C(uninstalling) is
        uninstalled or rolled back before the work goes on. Without it such a release is refused.
      - Work that another run still does is waited for. A run of this machine is looked up by its process,
        another one counts as killed after O(wait_timeout).
    type: bool
    default: false
  kubernetes_version:
    description: Minor version of Kubernetes for which charts are rendered while the cluster, or a kind of theirs, does not exist yet.
    type: str
  wait_timeout:
    description:
      - Seconds to wait at the most, for each of the roll-out, the way back, and another run's work.
      - Hooks and uninstalling have 12 minutes at the most, within the life of helm's token.
    type: int
    default: 300
    aliases: [timeout]
extends_documentation_fragment:
  - opta.platform.cluster
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Install a chart of a repository
  opta.platform.helm_release:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    environment: staging
    name: metrics-server
    namespace: kube-system
    chart: metrics-server
    repository: https://kubernetes-sigs.github.io/metrics-server/
    version: 3.13.1
    values:
      replicas: 2

- name: Install a chart that ships with a role
  opta.platform.helm_release:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    environment: staging
    name: hello
    namespace: shop
    chart: "{{ role_path }}/files/chart"
    values:
      image: nginxinc/nginx-unprivileged:1.29
    repair_pending: true
    wait_timeout: 600

- name: Uninstall it
  opta.platform.helm_release:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    environment: staging
    name: hello
    namespace: shop
    state: absent
"""

RETURN = r"""
release:
  description: The release as it is now or, in check mode, as it would be; null after O(state=absent).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the release.
      type: str
    namespace:
      description: Its namespace.
      type: str
    revision:
      description: Number of its newest revision; V((known after apply\)) in the plan of an upgrade.
      type: raw
      sample: 3
    status:
      description: Status that helm reports.
      type: str
      sample: deployed
    chart:
      description: Name of the chart.
      type: str
    chart_version:
      description: Version of the chart.
      type: str
    app_version:
      description: Version of what the chart installs, as the chart says; empty when it says nothing.
      type: str
    dropped_claims:
      description:
        - Names of the PersistentVolumeClaims that helm deletes, or would delete, because the chart or the values no longer have them,
          with C(<namespace>/) before those of another namespace than the release's.
          Their volumes are kept, with the reclaim policy C(Retain); M(opta.platform.kubernetes_volume_claims) removes them.
      type: list
      elements: str
actions:
  description: What was done or, in check mode, would be done, to the release and to its namespace.
  returned: success
  type: list
  elements: dict
  contains:
    action:
      description: C(create), C(update) or C(delete).
      type: str
    resource:
      description: The release with its namespace, or the namespace.
      type: str
      sample: helm release shop/hello
    attributes:
      description:
        - What changes of the release (C(chart_version), C(chart_digest), C(values.image), …), then the objects that are made,
          changed or deleted.
      type: list
      elements: str
      sample: [values.image, Deployment shop/hello]
    allowed:
      description: Always true.
      type: bool
diff:
  description: The changed fields of the release and of each of its objects, C(before) and C(after).
  returned: success
  type: dict
"""

import tempfile
from pathlib import Path

from ..module_utils._helm.binary import Helm
from ..module_utils._helm.options import desired_of
from ..module_utils._helm.release import Release
from ..module_utils._kubernetes.module import ClusterModule

ARGUMENTS = {
    "name": {"required": True},
    "namespace": {"required": True},
    "create_namespace": {"type": "bool", "default": False},
    "chart": {},
    "repository": {},
    "version": {},
    "values": {"type": "dict", "default": {}},
    "skip_crds": {"type": "bool", "default": False},
    "history_max": {"type": "int", "default": 25},
    "repair_drift": {"type": "bool", "default": True},
    "repair_pending": {"type": "bool", "default": False},
    "kubernetes_version": {},
    "wait_timeout": {"type": "int", "default": 300, "aliases": ["timeout"]},
}


def reconcile(module):
    desired = desired_of(module.params, module.check_mode)
    client = module.cluster()
    with tempfile.TemporaryDirectory(prefix="opta-helm-") as directory:
        helm = Helm(client, Path(directory), module.before_change)
        release = Release(client, helm, desired, Path(directory))
        return release.absent() if module.params["state"] == "absent" else release.present()


def main():
    ClusterModule(ARGUMENTS, required_if=[("state", "present", ["chart"])]).run(reconcile, key="release")


if __name__ == "__main__":
    main()
