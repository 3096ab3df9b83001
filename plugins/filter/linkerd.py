# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filters for the releases and namespaces of Linkerd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.opta.platform.plugins.module_utils._linkerd import releases, values


class FilterModule:
    """The filters about Linkerd."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "linkerd_removals": releases.linkerd_removals,
            "linkerd_releases": releases.linkerd_releases,
            "linkerd_namespaces": values.linkerd_namespaces,
        }
