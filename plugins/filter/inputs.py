# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Convert inputs of roles to the types that their argument specs declare: `"y"` is true, JSON text is a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing import convert_bool
from ansible_collections.opta.platform.plugins.plugin_utils import _inputs


def boolean(value: Any) -> bool:
    """Convert to true or false as Ansible's validation does; ansible.builtin.bool converts "y" and "t" to false."""
    try:
        return bool(convert_bool.boolean(value))
    except TypeError as error:
        raise AnsibleFilterError(f"{value!r} is not a boolean: use true or false.") from error


class FilterModule:
    """The filters for inputs."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"boolean": boolean, "validated": _inputs.validated}
