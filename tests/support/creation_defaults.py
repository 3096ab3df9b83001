"""What a new resource gets when an input is not set. Apart from `collection`, which is also used before Ansible can import collections."""

from __future__ import annotations

from typing import Any

from ansible_collections.opta.platform.plugins.module_utils._creation_defaults import INPUTS
from ansible_collections.opta.platform.plugins.module_utils._rds.role_entries import KINDS

from tests.support import collection


def creation_defaults(role: str) -> dict[str, Any]:
    """What a new resource gets when an input is not set, by the path of the input; those of modules, and those that the role sets."""
    constants = collection.ROLES / role / "vars" / "main.yml"
    start = f"__{role}_default_"
    own = collection.load(constants) if constants.exists() else {}
    found = {f"{role}_{name.removeprefix(start)}": value for name, value in own.items() if name.startswith(start)}
    if role in KINDS:
        found[f"{role}_clusters[].engine_version"] = KINDS[role].default_version
    return {**{path: value for path, value in INPUTS.items() if path.startswith(f"{role}_")}, **found}
