#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: custom_resource_definitions
short_description: Manage CustomResourceDefinitions from a manifest in an Amazon EKS cluster
version_added: 1.0.0
description:
  - Downloads a manifest, verifies its checksum, and applies its objects by server-side apply.
  - Applied objects are annotated with the checksum. While all CustomResourceDefinitions exist with this annotation, nothing is
    downloaded and nothing is applied. A CustomResourceDefinition that was deleted is applied again. A field that was changed manually
    is reverted only with the next manifest.
options:
  name:
    description: Name of the manifest, with which its objects are found again.
    type: str
    required: true
  url:
    description: URL of the manifest, C(https://) or C(http://). Required with O(state=present).
    type: str
  checksum:
    description:
      - Checksum of the manifest, C(sha256:) and 64 hexadecimal digits. Required with O(state=present).
      - Changed in place. The manifest is applied again.
    type: str
requirements:
  - PyYAML >= 6
notes:
  - Used by the role P(opta.platform.k8s_addons#role).
seealso:
  - module: opta.platform.kubernetes_objects
  - name: Custom Resources
    description: Kubernetes documentation.
    link: https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/
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
- name: Install the CustomResourceDefinitions of the Gateway API
  opta.platform.custom_resource_definitions:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    name: gateway-api
    url: https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.5.1/standard-install.yaml
    checksum: sha256:751002b3b91a87f7ae3bd2517c79a47a8d7ed6702901808a1cf9bd97d284f9b8
"""

RETURN = r"""
objects:
  description:
    - Kind and name of the objects that were applied. In check mode, those that would be. Empty if the manifest is applied already.
  returned: success
  type: list
  elements: str
  sample: [CustomResourceDefinition gateways.gateway.networking.k8s.io]
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

import re

from ..module_utils._errors import Refused
from ..module_utils._kubernetes import definitions
from ..module_utils._kubernetes.apply import ApplyOptions
from ..module_utils._kubernetes.module import ClusterModule

ARGUMENTS = {"name": {"required": True}, "url": {}, "checksum": {}}


def reconcile(module):
    given = module.params
    if given["checksum"] and not re.fullmatch(r"sha256:[0-9a-f]{64}", given["checksum"]):
        raise Refused(f"checksum {given['checksum']!r} must be sha256: and 64 hexadecimal digits.")
    options = ApplyOptions(
        module.check_mode, given["environment"], given["adopt"], True, wait=given["wait"], timeout_seconds=given["wait_timeout"]
    )
    if given["state"] == "absent":
        plans = definitions.remove(module.cluster(), options, given["name"])
    else:
        plans = definitions.reconcile(module.cluster(), options, given["name"], given["checksum"], given["url"], definitions.fetch)
    outcomes = [plan.outcome for plan in plans]
    return outcomes, {"objects": [f"{outcome.kind} {outcome.name}" for outcome in outcomes]}


def main():
    ClusterModule(ARGUMENTS, required_if=[("state", "present", ["url", "checksum"])]).run(reconcile, key="objects")


if __name__ == "__main__":
    main()
