# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold between the inputs about the mesh, before AWS is asked. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._linkerd.validity_rules import TERM_ARGUMENTS, refusal

PREFIX = "k8s_addons_linkerd_"


def linkerd_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for what is broken."""
    terms: dict[str, int] = {}
    for name, option in TERM_ARGUMENTS.items():
        value = given.get(f"{PREFIX}{name}", option["default"])
        try:
            terms[name] = int(value)
        except (TypeError, ValueError):
            return [f"{PREFIX}{name} is {value!r}: it must be a number of days, for example {option['default']}."]
    sentence = refusal(terms, PREFIX)
    return [sentence] if sentence else []
