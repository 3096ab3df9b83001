# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An id of a Secret's data that tells nothing of it: random, and another one whenever the data changes.

It is written in the same request as the data, so that a run killed right after it leaves no Secret with an id of older data.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from typing import Any

from .._resource import KNOWN_AFTER_APPLY
from .objects import is_secret


def found_generation(found: Mapping[str, Any] | None, annotation: str) -> str | None:
    """The id that a Secret carries."""
    return ((found or {}).get("metadata", {}).get("annotations") or {}).get(annotation)


def new_generation(check_mode: bool) -> str:
    """An id that no Secret has; in check mode what the run itself will decide."""
    return KNOWN_AFTER_APPLY if check_mode else str(uuid.uuid4())


def marked(obj: dict[str, Any], annotation: str | None, generation: str) -> dict[str, Any]:
    """The object with the id, if it is a Secret and ids are wanted."""
    if annotation is None or not is_secret(obj):
        return obj
    carrier = copy.deepcopy(obj)
    carrier["metadata"]["annotations"] = {**(carrier["metadata"].get("annotations") or {}), annotation: generation}
    return carrier


def is_stale(found: Mapping[str, Any] | None, after: Mapping[str, Any], annotation: str | None) -> bool:
    """Whether a Secret that is there gets other data under the id of the data that it has."""
    if annotation is None or found is None or not is_secret(after) or found_generation(found, annotation) is None:
        return False
    return (found.get("data") or {}) != (after.get("data") or {})
