# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Comparisons of an observed and a desired value, for Attribute.same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def same_members(found: Sequence[Any] | None, desired: Sequence[Any] | None) -> bool:
    """Return whether two lists hold the same values, in any order."""
    return sorted(found or []) == sorted(desired or [])


def same_key(found: str | None, desired: str | None) -> bool:
    """Return whether two KMS keys are the same: each is an ARN, or the id at its end."""
    return (found or "").rpartition("/")[2] == (desired or "").rpartition("/")[2]
