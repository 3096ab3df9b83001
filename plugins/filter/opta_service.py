# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pure decisions of the role opta_service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.utils.display import Display
from ansible_collections.opta.platform.plugins.module_utils._service import objects, rules, values


def service_errors(inputs: Mapping[str, Any], per_zone_node_groups: Sequence[str]) -> list[str]:
    """A sentence for each input that cannot be right. What works, but not as the user may think, becomes a warning."""
    for sentence in rules.service_warnings(inputs, per_zone_node_groups):
        Display().warning(sentence)
    return rules.service_errors(inputs)


def service_policies(statements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The inline policies of a service's IAM role; none without statements."""
    return {"service": {"Version": "2012-10-17", "Statement": list(statements)}} if statements else {}


class FilterModule:
    """The filters of the role opta_service."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "service_errors": service_errors,
            "service_image": values.image_reference,
            "service_objects": objects.service_objects,
            "service_policies": service_policies,
            "service_secret_generation": objects.secret_generation,
            "service_values": values.chart_values,
        }
