# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold of the inputs of the roles aurora and documentdb, before AWS is asked. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def database_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each rule broken."""
    from .._rds.role_entries import KINDS, errors  # noqa: PLC0415

    sentences: list[str] = []
    for role, kind in KINDS.items():
        clusters = given.get(kind.option) or []
        sentences += errors(role, clusters)
        names = {str(cluster.get("name")) for cluster in clusters}
        for name in sorted(set(given.get(f"{role}_rotate_passwords") or []) - names):
            sentences.append(f"{role}_rotate_passwords has {name}, but {kind.option} has no cluster of that name.")
    return sentences
