#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_releases
short_description: Manage several Helm releases of an Amazon EKS cluster in parallel
version_added: 1.0.0
description:
  - Installs, upgrades or uninstalls several Helm releases of a cluster in one task and in parallel, as M(opta.platform.helm_release)
    does for one. The stored releases are listed with one request.
  - Releases with O(releases[].state=absent) are uninstalled first. A release that fails does not stop the others. The module then fails
    and returns all reasons.
options:
  releases:
    description: Releases.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the release.
        type: str
        required: true
      namespace:
        description: Namespace of the release. It must exist.
        type: str
        required: true
      chart:
        description:
          - Chart, as in O(opta.platform.helm_release#module:chart). Required with O(releases[].state=present).
          - With O(releases[].state=absent), a release of another chart is not uninstalled.
        type: str
      repository:
        description: URL of the chart repository.
        type: str
      version:
        description: Exact version of the chart. Required for a chart from a repository or registry. Changed in place.
        type: str
      values:
        description: All values of the release. Do not set secrets here. Changed in place.
        type: dict
        default: {}
      skip_crds:
        description: Whether to skip the CustomResourceDefinitions of the chart.
        type: bool
        default: false
      last:
        description: Whether to install the release only after all other releases are ready.
        type: bool
        default: false
      state:
        description: Whether the release exists after the run.
        type: str
        default: present
        choices: [present, absent]
  at_once:
    description: Maximum number of releases to change at the same time.
    type: int
    default: 4
  history_max:
    description: Maximum number of revisions that Helm stores of each release. V(0) means no limit.
    type: int
    default: 25
  repair_drift:
    description: "Whether to revert drift: objects that were deleted or changed without Helm."
    type: bool
    default: true
  repair_pending:
    description:
      - Whether to uninstall or roll back releases that an interrupted run left in a pending status. If V(false), such releases are
        refused.
    type: bool
    default: false
  kubernetes_version:
    description:
      - Minor version of Kubernetes for which charts are rendered while the cluster, or a kind that a chart uses, does not exist.
    type: str
  environment:
    description: Name of the environment that owns the releases. A release of the same name that does not carry it is refused.
    type: str
  adopt:
    description: Whether to manage an existing release of the same name that does not carry the name in O(environment).
    type: bool
    default: false
  wait:
    description: Whether to wait until the releases are ready.
    type: bool
    default: true
  wait_timeout:
    description: Maximum time to wait for each release, in seconds.
    type: int
    default: 300
requirements:
  - helm >= 3.17, or helm 4
  - PyYAML >= 6
notes:
  - Used by the role P(opta.platform.k8s_addons#role).
seealso:
  - module: opta.platform.helm_release
  - module: kubernetes.core.helm
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
- name: Install two charts and uninstall a third one
  opta.platform.helm_releases:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    environment: staging
    releases:
      - name: metrics-server
        namespace: metrics-server
        chart: metrics-server
        repository: https://kubernetes-sigs.github.io/metrics-server/
        version: 3.13.1
      - name: nginx-gateway-fabric
        namespace: nginx-gateway
        chart: oci://ghcr.io/nginx/charts/nginx-gateway-fabric
        version: 2.6.7
      - name: ingress-nginx
        namespace: ingress-nginx
        state: absent
"""

RETURN = r"""
releases:
  description:
    - Releases in the order of O(releases), each as RV(opta.platform.helm_release#module:release). An uninstalled release is V(null).
  returned: success
  type: list
  elements: dict
  sample: [{name: hello, namespace: shop, revision: 3, status: deployed, chart: hello, chart_version: 1.2.0}]
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

from ..module_utils._helm.releases import Releases
from ..module_utils._kubernetes.module import ClusterModule

RELEASE = {
    "name": {"required": True},
    "namespace": {"required": True},
    "chart": {},
    "repository": {},
    "version": {},
    "values": {"type": "dict", "default": {}},
    "skip_crds": {"type": "bool", "default": False},
    "last": {"type": "bool", "default": False},
    "state": {"choices": ["present", "absent"], "default": "present"},
}
ARGUMENTS = {
    "releases": {"type": "list", "elements": "dict", "required": True, "options": RELEASE},
    "at_once": {"type": "int", "default": 4},
    "history_max": {"type": "int", "default": 25},
    "repair_drift": {"type": "bool", "default": True},
    "repair_pending": {"type": "bool", "default": False},
    "kubernetes_version": {},
    "environment": {},
    "adopt": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 300},
}


def reconcile(module):
    with tempfile.TemporaryDirectory(prefix="opta-helm-") as directory:
        several = Releases(module.cluster(), module.before_change, Path(directory), module.params["at_once"])
        outcomes = several.reconcile(module.params["releases"], module.params, module.check_mode)
    return outcomes, {"releases": [outcome.resource for outcome in outcomes]}


def main():
    ClusterModule(ARGUMENTS, common=False).run(reconcile, key="releases")


if __name__ == "__main__":
    main()
