# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The instances of one cluster, read together."""

from __future__ import annotations

from typing import Any

from . import api


class InstanceCache:
    """live: whether every request is sent to AWS again, as is necessary after a change."""

    def __init__(self, client: Any, cluster_name: str) -> None:
        self.client = client
        self.cluster_name = cluster_name
        self.live = False
        self._instances: dict[str, dict[str, Any]] | None = None

    def instances(self) -> dict[str, dict[str, Any]]:
        """Return the instances by name."""
        if self._instances is None or self.live:
            listed = api.describe_instances(self.client, self.cluster_name)
            self._instances = {each["DBInstanceIdentifier"]: each for each in listed}
        return self._instances

    def forget(self) -> None:
        self._instances = None
