# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Group the inputs of the role k8s_addons by add-on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .registry import ADDONS

PREFIX = "k8s_addons_"
LINKERD = "linkerd"
#: the inputs that every add-on has; one that is selected by k8s_addons_ingress has no `enabled`
PARTS = ("enabled", "chart_version", "values", "namespace")


def addon_inputs(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs by their names without prefix, and those of each add-on by its key below `addons`.

    given: the inputs by their full names. What is not given of an add-on is None.
    """
    inputs = {name.removeprefix(PREFIX): value for name, value in given.items() if name.startswith(PREFIX)}
    return {**inputs, "addons": {key: _parts(key, inputs) for key in (LINKERD, *ADDONS)}}


def _parts(key: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    parts = {part: inputs.get(f"{key}_{part}") for part in PARTS}
    if key in ADDONS and ADDONS[key].is_ingress:
        parts["enabled"] = inputs.get("ingress") == key
    return parts
