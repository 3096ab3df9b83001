#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# The work is done by the action plugin of the same name, in the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight
short_description: Validate the inputs of an environment or a service
version_added: 1.0.0
description:
  - Validates inputs before anything is changed, and fails with one sentence for each invalid input. Each playbook of the collection
    runs the module at its start.
  - Reports variables with the prefix of a role that no role reads (with the most similar valid name), empty values, and inputs that
    contradict each other or those of another host of the inventory.
  - The module does not call AWS. If O(found) is set, it compares the inputs with the existing resources.
options:
  roles:
    description: Names of the roles whose defaults complete the inputs.
    type: list
    elements: str
    required: true
  kind:
    description: What the host represents.
    type: str
    default: environment
    choices: [environment, service]
  found:
    description: Existing resources, as RV(opta.platform.environment_info#module:found) returns them.
    type: dict
  removal:
    description: Whether the host is about to be destroyed. Conflicts about shared namespaces are then ignored.
    type: bool
    default: false
attributes:
  action:
    description: Runs on the controller.
    support: full
  platform:
    description: Runs on the controller.
    platforms: posix
    support: full
requirements:
  - python >= 3.11
notes:
  - Used by the role P(opta.platform.common#role).
seealso:
  - module: opta.platform.environment_info
  - module: ansible.builtin.validate_argument_spec
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes.info
"""

EXAMPLES = r"""
- name: Validate the inputs
  opta.platform.preflight:
    roles: [network, s3, eks]
"""

RETURN = r"""
stores:
  description: Entries of the input lists of stores, as O(opta.platform.environment_info#module:stores) accepts them.
  returned: success
  type: dict
  sample: {aurora_clusters: [{name: main, engine_version: "17"}]}
node_groups:
  description: Node groups with instance types, as O(opta.platform.environment_info#module:node_groups) accepts them.
  returned: success
  type: list
  elements: dict
  sample: [{name: default, ami_type: AL2023_x86_64_STANDARD, instance_types: [m6i.large]}]
"""
