#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_releases
version_added: 1.0.0
short_description: Bring several Helm releases of a cluster to the wanted state, side by side
description:
  - Does for each release what M(opta.platform.helm_release) does, for several at the same time and in one task.
    What all of them have stored is listed by one request.
  - Releases that are to go are uninstalled first. One that fails does not hold up the others; the module then fails with every reason.
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.11
  - helm 3.17 or newer, or helm 4
  - PyYAML
options:
  releases:
    description: The releases.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the release.
        type: str
        required: true
      namespace:
        description: Its namespace, which must exist.
        type: str
        required: true
      chart:
        description:
          - The chart, as O(opta.platform.helm_release#module:chart). Needed unless the release is to go.
          - A release that is to go stays if it is one of another chart.
        type: str
      repository:
        description: URL of the chart repository.
        type: str
      version:
        description: Exact version of a chart from a repository or registry. Changed in place.
        type: str
      values:
        description: The values, all of them; never secrets. Changed in place.
        type: dict
        default: {}
      skip_crds:
        description: Whether the chart's own CustomResourceDefinitions are left out.
        type: bool
        default: false
      last:
        description: Whether it is installed only when all others are ready.
        type: bool
        default: false
      state:
        description: Whether it is to exist.
        type: str
        choices: [present, absent]
        default: present
  at_once:
    description: How many are worked on at the same time.
    type: int
    default: 4
  history_max:
    description: Revisions that helm keeps of each release; 0 keeps all.
    type: int
    default: 25
  repair_drift:
    description: Whether objects that were deleted or changed behind helm's back are set back.
    type: bool
    default: true
  repair_pending:
    description:
      - Whether releases that a killed run left unfinished are uninstalled or rolled back before the work goes on.
        Without it they are refused.
    type: bool
    default: false
  kubernetes_version:
    description: Minor version of Kubernetes for which charts are rendered while the cluster, or a kind of theirs, does not exist yet.
    type: str
  environment:
    description:
      - Name of the environment that owns the releases. A release of the same name that is not marked so is refused.
    type: str
  adopt:
    description: Whether a release that is not marked as ours is taken over.
    type: bool
    default: false
  wait:
    description: Whether to wait until the releases are ready.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait at the most, for each release.
    type: int
    default: 300
extends_documentation_fragment:
  - opta.platform.cluster.connection
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Have two charts, and a third one no more
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
  description: The releases in the order given, as RV(opta.platform.helm_release#module:release); null for one that is gone.
  returned: success
  type: list
  elements: dict
actions:
  description: What was done or, in check mode, would be done, one entry for each release that is not as wanted.
  returned: success
  type: list
  elements: dict
  contains:
    action:
      description: C(create), C(update) or C(delete).
      type: str
    resource:
      description: The release with its namespace.
      type: str
      sample: helm release metrics-server/metrics-server
    attributes:
      description: What changes of the release, then the objects that are made, changed or deleted.
      type: list
      elements: str
    allowed:
      description: Always true.
      type: bool
diff:
  description: The changed fields of each release and of its objects, C(before) and C(after).
  returned: success
  type: dict
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
