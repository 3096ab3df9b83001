# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The stores of an environment, by kind."""

from __future__ import annotations

DOCUMENTATION = r"""
name: stores
short_description: Inputs and outputs of the stores of an environment
version_added: 1.0.0
author: opta.platform contributors (@opta-platform)
description:
  - Returns facts about all kinds of stores (databases, caches, and buckets), by the names of their roles.
options:
  _terms:
    description:
      - What to return.
      - V(roles) returns a list of the roles.
      - V(entries) returns the inputs that list the stores, validated, by role.
      - V(outputs) returns the published outputs, by role.
      - V(missing) returns a list of the roles with more entries than complete stores, of those whose creation can start early.
    choices: [roles, entries, outputs, missing]
    required: true
  with_password:
    description: Whether to return only the kinds of stores that have a password.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show the endpoints of the Aurora clusters
  ansible.builtin.debug:
    msg: "{{ lookup('opta.platform.stores', 'outputs').aurora.endpoints }}"
"""

RETURN = r"""
_list:
  description: The value of each term.
  type: list
  elements: raw
  sample: [[aurora, documentdb, elasticache, s3]]
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import LookupBase
from ansible_collections.opta.platform.plugins.module_utils._stores.definition import Store
from ansible_collections.opta.platform.plugins.module_utils._stores.registry import STORES, missing
from ansible_collections.opta.platform.plugins.plugin_utils._inputs import validated


class LookupModule(LookupBase):
    """Reads the variables of the host."""

    def run(self, terms: Sequence[str], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        stores = [store for store in STORES if store.has_password or not self.get_option("with_password")]
        return [self._value(term, stores, variables or {}) for term in terms]

    def _value(self, term: str, stores: Sequence[Store], variables: Mapping[str, Any]) -> Any:
        if term == "roles":
            return [store.role for store in stores]
        if term == "entries":
            found = self._read({store.role: store.variable for store in stores}, variables, [])
            return {store.role: validated(found[store.role], store.variable) for store in stores}
        if term == "outputs":
            return self._read({store.role: f"{store.role}_outputs" for store in stores}, variables, {})
        if term == "missing":
            return missing(self._value("entries", stores, variables), self._value("outputs", stores, variables))
        raise AnsibleLookupError(f"opta.platform.stores: {term!r} must be roles, entries, outputs or missing.")

    def _read(self, names: Mapping[str, str], variables: Mapping[str, Any], default: Any) -> dict[str, Any]:
        """The values of variables, by the keys of names. default: of a variable that is not set."""
        reader = lookup_loader.get("ansible.builtin.vars", loader=self._loader, templar=self._templar)
        return dict(zip(names, reader.run(list(names.values()), variables, default=default), strict=True))
