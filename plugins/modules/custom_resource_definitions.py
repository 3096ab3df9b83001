#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: custom_resource_definitions
version_added: 1.0.0
short_description: Bring the CustomResourceDefinitions of a pinned manifest to an EKS cluster
description:
  - Fetches a manifest, holds it against its checksum, and applies what it has by server-side apply.
  - What it applies is marked with the checksum. While all its definitions stand so marked, nothing is fetched and nothing is applied.
    One that was deleted is noticed; a field that somebody changed in one is set back with the next manifest only.
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.11
  - PyYAML
options:
  name:
    description: Name of the manifest, by which what it brought is found again.
    type: str
    required: true
  url:
    description: Where the manifest is, C(https://) or C(http://). Needed unless O(state=absent).
    type: str
  checksum:
    description:
      - The manifest's checksum, C(sha256:) and 64 hexadecimal digits. Needed unless O(state=absent).
        Changed in place, by applying the manifest.
    type: str
extends_documentation_fragment:
  - opta.platform.cluster
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Have the kinds of the Gateway API
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
  description: Kind and name of what was applied or, in check mode, would be; empty when the manifest stands.
  returned: success
  type: list
  elements: str
actions:
  description: What was done or, in check mode, would be done, one entry for each object that is not as wanted.
  returned: success
  type: list
  elements: dict
diff:
  description: The changed fields of each object, C(before) and C(after); schemas are left out.
  returned: success
  type: dict
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
