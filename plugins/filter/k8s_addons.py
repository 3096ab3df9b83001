# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filters of the role k8s_addons. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import ingress_nginx, registry, rules
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.inputs import addon_inputs
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.mirror import mirrored_url
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.outputs import outputs


def k8s_addons_errors(inputs: Mapping[str, Any], *datadog_keys: str) -> list[str]:
    """Return a sentence for each invalid input. datadog_keys: the two inputs for Datadog's API key."""
    return rules.errors(
        {key: {**given, "enabled": registry.is_on(key, inputs)} for key, given in inputs["addons"].items()},
        ingress=inputs["ingress"],
        mirror=inputs["repository_mirror"],
        extra_charts=inputs["extra_charts"],
        datadog_keys=datadog_keys,
        namespaces={key: given["namespace"] for key, given in inputs["addons"].items()},
    )


class FilterModule:
    """The filters of the role k8s_addons."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "k8s_addons_errors": k8s_addons_errors,
            "k8s_addons_roles": registry.roles,
            "k8s_addons_objects": registry.objects,
            "k8s_addons_stored_values": registry.stored_values,
            "k8s_addons_namespaces": registry.namespaces,
            "k8s_addons_releases": registry.releases,
            "k8s_addons_mirrored_url": mirrored_url,
            "k8s_addons_inputs": addon_inputs,
            "k8s_addons_removals": registry.removals,
            "k8s_addons_removed_namespaces": registry.removed_namespaces,
            "k8s_addons_charts_off": registry.charts_off,
            "k8s_addons_charts_losing_claims": registry.charts_losing_claims,
            "k8s_addons_were_removed": registry.were_removed,
            "k8s_addons_removed_releases": registry.removed_releases,
            "k8s_addons_published": outputs,
            "k8s_addons_warning": {"ingress_nginx": ingress_nginx.ARCHIVED}.get,
        }
