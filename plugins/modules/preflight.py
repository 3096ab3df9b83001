#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# The work is done by the action plugin of the same name, in the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight
short_description: Look at the inputs of an environment or a service before anything is changed
version_added: 1.0.0
author: [opta.platform contributors (@opta-platform)]
description:
  - Fails with one sentence for each input that cannot be right; the playbooks begin with it.
  - Reports variables with the prefix of a role that no role reads (with the nearest right name), empty values, and inputs that
    contradict each other, or those of another host of the inventory.
  - It makes no call to AWS; given O(found), it holds the inputs against what AWS has.
options:
  roles:
    description: Names of the roles whose defaults complete the inputs.
    type: list
    elements: str
    required: true
  kind:
    description: What the host stands for.
    type: str
    choices: [environment, service]
    default: environment
  found:
    description: RV(opta.platform.environment_info#module:found), what AWS has.
    type: dict
  removal:
    description: Whether the host is to be removed, so that it does not matter who shares its namespaces.
    type: bool
    default: false
attributes:
  action:
    description: Runs in the controller.
    support: full
  check_mode:
    description: Changes nothing.
    support: full
  diff_mode:
    description: Changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Look at the inputs
  opta.platform.preflight:
    roles: [network, s3, eks]
"""

RETURN = r"""
stores:
  description: The entries that describe stores, as O(opta.platform.environment_info#module:stores) takes them.
  returned: success
  type: dict
  sample: {aurora_clusters: [{name: main, engine_version: "17"}]}
node_groups:
  description: The node groups that name instance types, as O(opta.platform.environment_info#module:node_groups) takes them.
  returned: success
  type: list
  elements: dict
  sample: [{name: default, ami_type: AL2023_x86_64_STANDARD, instance_types: [m6i.large]}]
"""
