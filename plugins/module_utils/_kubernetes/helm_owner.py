# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What helm deletes with a release, as its annotations on an object say. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RELEASE, RELEASE_NAMESPACE, POLICY = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace", "helm.sh/resource-policy"


def is_deleted_with(metadata: Mapping[str, Any], release: str, namespace: str | None = None) -> bool:
    """Whether an object goes with this release, whose namespace is the object's own unless it is given."""
    annotations = metadata.get("annotations") or {}
    place = namespace or metadata.get("namespace")
    owned = (annotations.get(RELEASE), annotations.get(RELEASE_NAMESPACE)) == (release, place)
    return owned and annotations.get(POLICY) != "keep"


def name_for(metadata: Mapping[str, Any], namespace: str) -> str:
    """The name of an object of a release in this namespace; with its own namespace before it when that is another one."""
    own = metadata.get("namespace") or namespace
    return str(metadata["name"]) if own == namespace else f"{own}/{metadata['name']}"
