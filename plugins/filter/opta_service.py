# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filters of the role opta_service. Pure but for warnings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.utils.display import Display
from ansible_collections.opta.platform.plugins.module_utils import _policy
from ansible_collections.opta.platform.plugins.module_utils._service import (
    image_rules,
    images,
    link_rules,
    link_statements,
    link_values,
    mesh,
    objects,
    public,
    public_rules,
    rotation,
    rules,
    values,
)
from ansible_collections.opta.platform.plugins.module_utils._service.inputs import Inputs
from ansible_collections.opta.platform.plugins.module_utils._service.links import Stores
from ansible_collections.opta.platform.plugins.module_utils._service.public import Addons


def service_errors(
    inputs: Mapping[str, Any], per_zone_node_groups: Sequence[str], stores: Stores, addons: Addons, zone: Mapping[str, Any] | None = None
) -> list[str]:
    """Return a sentence for each invalid input. Show a warning for inputs that may not work as intended.

    stores, addons, zone: the outputs of the environment's roles, of k8s_addons and of dns_cert.
    """
    read = Inputs(inputs)
    warnings = [*mesh.mesh_warnings(read, addons), *public_rules.environment_warnings(read, addons)]
    for sentence in [*rules.service_warnings(inputs, per_zone_node_groups), *warnings]:
        Display().warning(sentence)
    return rules.service_errors(inputs) or [
        *link_rules.missing_stores(read, stores),
        *public_rules.environment_errors(read, addons, zone or {}),
    ]


def service_held_errors(inputs: Mapping[str, Any], addons: Addons, held: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each public address that is in use. held: the result of kubernetes_routes_info."""
    return public_rules.held_errors(Inputs(inputs), addons, held)


def service_image_errors(inputs: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return a sentence when the image cannot be deployed; warn when it will expire. found: the result of ecr_image_info."""
    read = Inputs(inputs)
    if images.will_expire(read, found):
        Display().warning(found["sentence"])
    return image_rules.found_errors(read, found)


def service_policies(inputs: Mapping[str, Any], stores: Stores, region: str) -> dict[str, Any]:
    """Return the inline policies of a service's IAM role, for its links and the user's own statements; empty without any."""
    read = Inputs(inputs)
    statements = [*link_statements.link_statements(read, stores, region), *read.items("iam_statements")]
    return {"service": _policy.document(statements)} if statements else {}


def service_stored_values(inputs: Mapping[str, Any], stores: Stores) -> list[dict[str, str]]:
    """Return the values of the service's Secret that come from Secrets Manager."""
    return link_values.stored_values(Inputs(inputs), stores)


def service_advice(variables: Mapping[str, Mapping[str, Any]], hosts: Sequence[str]) -> list[str]:
    """Return the lines to show after a run, of the services that it created or updated. variables: by host."""
    updated = [host for host in hosts if "opta_service_outputs" in variables[host]]
    return [line for host in updated for line in images.advice(host, variables[host]["opta_service_outputs"])]


class FilterModule:
    """The filters of the role opta_service."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "service_advice": service_advice,
            "service_rotation_errors": rotation.input_errors,
            "service_rotation_missing": rotation.missing,
            "service_rotation_planned": rotation.planned,
            "service_errors": service_errors,
            "service_held_errors": service_held_errors,
            "service_host": images.service_host,
            "service_image_errors": service_image_errors,
            "service_version": images.version,
            "service_image": images.image_reference,
            "service_objects": objects.service_objects,
            "service_policies": service_policies,
            "service_public_urls": public.public_urls,
            "service_secret_generation": objects.secret_generation,
            "service_stored_values": service_stored_values,
            "service_uses": rotation.uses,
            "service_values": values.chart_values,
        }
