# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules for the inputs that several roles of stores have. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def recovery_window_errors(role: str, given: Mapping[str, Any]) -> list[str]:
    """A message if Secrets Manager does not allow the role's recovery window. given: inputs and literal defaults by name."""
    variable = f"{role}_secret_recovery_window_days"
    window = given.get(variable)
    if window is None or 7 <= int(window) <= 30:
        return []
    return [f"{variable} is {window}, but Secrets Manager allows 7 to 30, for example 30."]
