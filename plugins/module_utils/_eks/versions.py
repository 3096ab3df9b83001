# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Versions of Kubernetes that EKS has. Pure functions."""

from __future__ import annotations

import re

from .._errors import PlatformError
from .._resource import KNOWN_AFTER_APPLY

VERSION = re.compile(r"1\.(\d+)")
#: EKS never offered an older minor; "1.3" is what YAML makes of an unquoted 1.30
OLDEST_MINOR = 10


def minor(version: str, option: str = "version") -> int:
    """The minor of a Kubernetes version, e.g. 35 of "1.35"."""
    matched = VERSION.fullmatch(version)
    if matched is None or int(matched.group(1)) < OLDEST_MINOR:
        raise PlatformError(f'{option} {version!r} is not a Kubernetes version: use major and minor version in quotes, for example "1.35".')
    return int(matched.group(1))


def later_version(found: str | None, desired: str) -> str:
    """Of two versions the higher one: nothing is ever downgraded, and AWS upgrades by itself at the end of support."""
    if found is None or KNOWN_AFTER_APPLY in (found, desired):
        return desired
    return found if minor(found) > minor(desired) else desired


def above_desired(what: str, found: str | None, desired: str | None) -> list[str]:
    """A note when the found version is above the one that is asked for; else nothing."""
    if found is None or desired is None or desired == found or later_version(found, desired) == desired:
        return []
    return [f"{what} has version {found}, higher than the requested {desired}; it is not changed."]
