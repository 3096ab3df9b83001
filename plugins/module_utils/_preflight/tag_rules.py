# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold of tags, wherever the inputs of an environment have them. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._tag_rules import tag_errors


def tag_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each rule broken, of tags for everything and of those of single entries."""
    sentences: list[str] = []
    for name, value in given.items():
        if name.endswith("_tags"):
            sentences += tag_errors(name, value)
        for entry in value if isinstance(value, list) else []:
            if isinstance(entry, Mapping) and "tags" in entry:
                sentences += tag_errors(f"{name}, {entry.get('name')}: tags", entry["tags"])
    return sentences
