# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Return the inputs of a role in one dictionary."""

from __future__ import annotations

DOCUMENTATION = """
name: role_inputs
author:
  - opta.platform contributors (@opta-platform)
version_added: 1.0.0
short_description: Return the inputs of a role of this collection in one dictionary
description:
  - Reads names and types from the C(meta/argument_specs.yml) of the role, and returns the value of each variable in its declared type.
  - An input that is not defined, or null, is V(None).
options:
  _terms:
    description: Name of one role of this collection, without the name of the collection.
    type: list
    elements: str
    required: true
  entry_point:
    description: Entry point of the role. Only the inputs of this entry point are returned.
    type: str
    default: main
  without:
    description: Names of inputs that are not templated and not returned.
    type: list
    elements: str
    default: []
"""

EXAMPLES = """
- name: Show the inputs of the role k8s_addons
  ansible.builtin.debug:
    msg: "{{ lookup('opta.platform.role_inputs', 'k8s_addons') }}"

- name: Show the inputs of its removal
  ansible.builtin.debug:
    msg: "{{ lookup('opta.platform.role_inputs', 'k8s_addons', entry_point='absent', without=['k8s_addons_zone']) }}"
"""

RETURN = """
_raw:
  description: One dictionary with the value of each input by the name of its variable.
  type: list
  elements: dict
  sample: [{k8s_addons_ingress: none, k8s_addons_linkerd_enabled: true}]
"""

from collections.abc import Collection, Mapping
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.opta.platform.plugins.plugin_utils import _inputs


class LookupModule(LookupBase):
    """The lookup opta.platform.role_inputs."""

    def run(
        self,
        terms: list[str],
        variables: Mapping[str, Any] | None = None,
        entry_point: str = "main",
        without: Collection[str] = (),
        **_unused: Any,
    ) -> list[dict[str, Any]]:
        known = _inputs.roles()
        if len(terms) != 1 or terms[0] not in known:
            raise AnsibleLookupError(f"role_inputs is called with {', '.join(map(str, terms))}: it must be one of {', '.join(known)}.")
        return [_inputs.role_inputs(terms[0], entry_point, variables or {}, self._templar.template, without)]
