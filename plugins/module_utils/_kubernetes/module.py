# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules that work inside a cluster share: how they find it and log in to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from .._credentials.current_value import current_value
from .._errors import PlatformError
from .._module import PlatformModule
from .._resource import KNOWN_AFTER_APPLY
from .client import KubernetesClient
from .secret_values import SecretValues
from .token import TokenSource, mint

#: documented in the fragment opta.platform.cluster.connection
CONNECTION_ARGUMENTS: dict[str, dict[str, Any]] = {
    "cluster_name": {"required": True},
    "endpoint": {"required": True},
    "certificate_authority_data": {"required": True},
}
#: documented in the fragment opta.platform.cluster
CLUSTER_ARGUMENTS: dict[str, dict[str, Any]] = {
    **CONNECTION_ARGUMENTS,
    "environment": {},
    "adopt": {"type": "bool", "default": False},
    "state": {"choices": ["present", "absent"], "default": "present"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 300},
}


class ClusterModule(PlatformModule):
    """A module that changes what is in an EKS cluster.

    argument_spec: the module's own options; those of CLUSTER_ARGUMENTS are added, or, unless common, only how to reach the cluster.
    """

    def __init__(self, argument_spec: Mapping[str, Any], common: bool = True, **settings: Any) -> None:
        shared = CLUSTER_ARGUMENTS if common else CONNECTION_ARGUMENTS
        super().__init__(argument_spec={**shared, **argument_spec}, common=False, **settings)

    def cluster(self) -> KubernetesClient | None:
        """The cluster's API server; None in check mode when the cluster is still to be created. Makes no request."""
        endpoint = self.params["endpoint"]
        if endpoint == KNOWN_AFTER_APPLY:
            if self.check_mode:
                return None
            raise PlatformError(
                f"endpoint is {KNOWN_AFTER_APPLY}: cluster {self.params['cluster_name']} does not exist yet; create it first."
            )
        if not endpoint.startswith("https://"):
            raise PlatformError(f"endpoint must be an https:// URL, as DescribeCluster of EKS returns it, not {endpoint!r}.")
        name = self.params["cluster_name"]
        sts = self.client("sts")
        tokens = TokenSource(lambda: mint(sts, name), self.hide)
        return KubernetesClient(name, endpoint, self.params["certificate_authority_data"], tokens, self.before_change)

    def hide(self, value: str) -> None:
        """Let a value show in nothing that the module says, whatever happens."""
        self._module.no_log_values.add(value)

    def with_stored_values(self, objects: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        """The objects with the option stored_values put in; nothing is asked while the cluster is still to be created."""
        entries = self.params["stored_values"]
        asked = entries and self.params["endpoint"] != KNOWN_AFTER_APPLY
        read = partial(current_value, self.client("secretsmanager")) if asked else None
        return SecretValues(read, self.hide, self.check_mode).put_into(objects, entries, self.params["namespace"])
