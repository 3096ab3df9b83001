# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What kubernetes_objects takes and gives back, without the values of Secrets. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .objects import checked, refuse_duplicates

MASKED = "(secret)"


def mask_arguments(parameters: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
    """Mask the Secrets in the module's own parameters, which Ansible may show; the answer gives the true, checked objects."""
    true_objects = parameters["objects"]
    parameters["objects"] = [_masked(entry) for entry in true_objects]

    def given() -> list[dict[str, Any]]:
        objects = checked(true_objects)
        refuse_duplicates(objects)
        return objects

    return given


def _masked(entry: Any) -> Any:
    """An object as given, maybe a List, maybe no object at all: everything below data and stringData of what may be a Secret is hidden."""
    if not isinstance(entry, Mapping):
        return entry
    if isinstance(entry.get("items"), Sequence) and not isinstance(entry["items"], str):
        return {**entry, "items": [_masked(part) for part in entry["items"]]}
    if str(entry.get("kind", "Secret")).lower() != "secret":
        return entry
    hidden = {part: dict.fromkeys(entry[part], MASKED) for part in ("data", "stringData") if isinstance(entry.get(part), Mapping)}
    return {**entry, **hidden}
