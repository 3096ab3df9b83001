# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read the inputs of all roles from their argument specs, and convert values to the declared types."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.opta.platform.plugins.module_utils._preflight import conversion, variables

ROLES_DIRECTORY = Path(__file__).resolve().parents[2] / "roles"


@functools.cache
def roles() -> tuple[str, ...]:
    """The roles that have inputs."""
    return tuple(sorted(path.name for path in ROLES_DIRECTORY.iterdir() if (path / "meta" / "argument_specs.yml").exists()))


@functools.cache
def options() -> dict[str, dict[str, Any]]:
    """What the inputs of all roles may be, by their names."""
    return {name: option for role in roles() for name, option in variables.role_options(ROLES_DIRECTORY, role).items()}


@functools.cache
def nullable() -> frozenset[str]:
    """The inputs that are null, or not set, by default."""
    defaults = {name: value for role in roles() for name, value in variables.role_defaults(ROLES_DIRECTORY, role).items()}
    return frozenset(name for name, option in options().items() if option.get("default") is None and defaults.get(name) is None)


def plain(value: Any) -> Any:
    """Without Ansible's lazy containers: the validator copies what it is given, and a copy of one of them holds all variables."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def validated(value: Any, variable: str, otherwise: Any = None) -> Any:
    """The value of one input in its declared type; AnsibleFilterError, in a sentence, when it cannot be.

    otherwise: what is answered for a null, which templates before ansible-core 2.19 make an empty string.
    """
    if conversion.is_null(value, options()[variable]):
        return otherwise
    converted, problems = conversion.convert(variable, plain(value), options()[variable])
    if problems:
        raise AnsibleFilterError("\n".join(problems))
    return converted


def role_inputs(
    role: str, entry_point: str, present: Mapping[str, Any], template: Callable[[Any], Any], without: Collection[str] = ()
) -> dict[str, Any]:
    """Return the values of the inputs of an entry point by name, in their declared types.

    An input that is not in present, or is null, is None. AnsibleFilterError when a value cannot be converted.
    """
    names = [name for name in variables.entry_point_inputs(ROLES_DIRECTORY, role, entry_point) if name not in without]
    values = {name: template(present[name]) if name in present else None for name in names}
    return {name: validated(value, name) if conversion.is_given(value, options()[name]) else None for name, value in values.items()}
