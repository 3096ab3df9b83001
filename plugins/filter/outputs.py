# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a role publishes, held against its meta/outputs.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.opta.platform.plugins.module_utils._preflight.variables import role_outputs
from ansible_collections.opta.platform.plugins.plugin_utils._inputs import ROLES_DIRECTORY, plain


def checked_outputs(published: Mapping[str, Any], role: str) -> dict[str, Any]:
    """The outputs of a role, in the types of its meta/outputs.yml; AnsibleFilterError when one is missing, unknown or of another type."""
    result = ArgumentSpecValidator(role_outputs(ROLES_DIRECTORY, role)).validate(plain(published))
    if result.error_messages:
        raise AnsibleFilterError(f"{role}_outputs do not match roles/{role}/meta/outputs.yml: {'; '.join(result.error_messages)}")
    return dict(result.validated_parameters)


def published_facts(info: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, by name, that environment_info's answer holds: the account, and the outputs of what stands."""
    return {"opta_account": info["account"], **{f"{role}_outputs": outputs for role, outputs in info["outputs"].items()}}


class FilterModule:
    """The filters for outputs."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"checked_outputs": checked_outputs, "published_facts": published_facts}
