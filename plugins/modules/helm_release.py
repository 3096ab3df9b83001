#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_release
short_description: Manage Helm releases in an Amazon EKS cluster
version_added: 1.0.0
description:
  - Installs, upgrades or uninstalls one Helm release in an EKS cluster.
  - The module compares the release that Helm stored in the cluster with the desired state. It starts helm only if the chart, the values
    or an object of the release differ.
  - Changes are reported for each object and field, from the server-side dry run of helm. The data of Secrets is masked. Fields that
    differ between two renders of the same values, such as generated certificates and passwords, are not compared, and a warning names
    them.
  - An upgrade that does not become ready within O(wait_timeout) is rolled back, and a first installation is uninstalled. The error
    message contains the states, events and last log lines of the failing pods.
  - The module waits for a rollout that another run started and did not complete.
  - Before an upgrade deletes PersistentVolumeClaims, their volumes get the reclaim policy C(Retain), so that no data is lost.
options:
  name:
    description: Name of the release, unique in O(namespace).
    type: str
    required: true
  namespace:
    description: Namespace of the release, and of its objects that set none.
    type: str
    required: true
  create_namespace:
    description: Whether to create the namespace if it does not exist. It is not deleted with the release.
    type: bool
    default: false
  chart:
    description:
      - Chart, as the absolute path of a directory or archive, a name in O(repository), or an C(oci://) URL. Required with
        O(state=present).
      - A release of another chart is refused unless O(adopt=true). O(state=absent) does not uninstall it.
      - A local chart is compared by a digest of its files, which is stored as a label of the release.
    type: str
  repository:
    description: URL of the chart repository.
    type: str
  version:
    description: Exact version of the chart. Required for a chart from a repository or registry. Changed in place.
    type: str
  values:
    description:
      - All values of the release. Values of earlier revisions are not reused. Changed in place.
      - Do not set secrets here, because each stored revision contains the values. Create a Secret with
        M(opta.platform.kubernetes_objects) and set its name.
    type: dict
    default: {}
  skip_crds:
    description: Whether to skip the CustomResourceDefinitions of the chart. Helm installs them with the first revision only.
    type: bool
    default: false
  history_max:
    description: Maximum number of revisions that Helm stores. V(0) means no limit.
    type: int
    default: 25
  repair_drift:
    description:
      - "Whether to detect and revert drift: objects of the release that were deleted, and fields of the release that were changed,
        without Helm. The number of replicas of a scaled object is not reverted."
      - Set V(false) for charts whose objects are changed by their own controllers.
    type: bool
    default: true
  repair_pending:
    description:
      - Whether to uninstall or roll back a release that an interrupted run left in status C(pending-install), C(pending-upgrade),
        C(pending-rollback) or C(uninstalling). If V(false), such a release is refused.
      - The module waits for a run that is still in progress. A run on the same machine is found by its process. Any other run is
        considered interrupted after O(wait_timeout).
    type: bool
    default: false
  kubernetes_version:
    description:
      - Minor version of Kubernetes for which charts are rendered while the cluster, or a kind that the chart uses, does not exist.
    type: str
  wait_timeout:
    description:
      - Maximum time to wait for each of the rollout, the rollback and the work of another run, in seconds.
      - Hooks and uninstalling are limited to 12 minutes, because the token of helm expires.
    type: int
    default: 300
    aliases: [timeout]
requirements:
  - helm >= 3.17, or helm 4
  - PyYAML >= 6
notes:
  - In RV(actions), the attributes are the changes of the release (C(chart_version), C(chart_digest), C(values.image) and so on), then
    the objects that are created, updated or deleted. A created namespace is a separate action.
  - Used by the roles P(opta.platform.k8s_addons#role) and P(opta.platform.opta_service#role).
seealso:
  - module: opta.platform.helm_releases
  - module: kubernetes.core.helm
  - name: Helm
    description: Helm documentation.
    link: https://helm.sh/docs/
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.cluster.connection
  - opta.platform.cluster
  - opta.platform.attributes
  - opta.platform.requirements.kubernetes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Install a chart from a repository
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

- name: Install a chart that is part of a role
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

- name: Uninstall the release
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
  description: The release after the run. In check mode, as it would be. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the release.
      returned: always
      type: str
      sample: hello
    namespace:
      description: Namespace of the release.
      returned: always
      type: str
      sample: shop
    revision:
      description: Number of the newest revision. V((known after apply\)) if check mode reports an upgrade.
      returned: always
      type: raw
      sample: 3
    status:
      description: Status of the release, as Helm reports it.
      returned: always
      type: str
      sample: deployed
    chart:
      description: Name of the chart.
      returned: always
      type: str
      sample: hello
    chart_version:
      description: Version of the chart.
      returned: always
      type: str
      sample: 1.2.0
    app_version:
      description: Version of the application, from C(appVersion) of the chart. Empty if the chart does not set it.
      returned: always
      type: str
      sample: "1.29"
    dropped_claims:
      description:
        - Names of the PersistentVolumeClaims that Helm deletes because the chart or the values no longer contain them, with the prefix
          C(<namespace>/) for claims outside of the namespace of the release.
        - Their volumes are kept with the reclaim policy C(Retain). M(opta.platform.kubernetes_volume_claims) deletes them.
      returned: always
      type: list
      elements: str
      sample: [data-hello-0]
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
