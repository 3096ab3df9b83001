# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options about credentials that all store modules share."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from .._errors import Refused
from .._limits import SECRET_RECOVERY_WINDOW_DAYS
from .secret import DEFAULT_WINDOW_IN_DAYS

#: documented in the fragment opta.platform.credentials
CREDENTIAL_ARGUMENTS: dict[str, dict[str, Any]] = {
    "secret_name": {"no_log": False},
    "rotate_password": {"type": "bool", "default": False, "no_log": False},
    "secret_recovery_window_in_days": {"type": "int", "default": DEFAULT_WINDOW_IN_DAYS, "no_log": False},
}

NAME_LIMIT = 512  # Secrets Manager, CreateSecret
ALLOWED_BESIDES_LETTERS_AND_DIGITS = "/_+=.@-"


def secret_name(prefix: str, environment: str, kind: str, name: str) -> str:
    """Return the name of a store's secret: <prefix>/<environment>/<kind>/<name>."""
    return "/".join((prefix, environment, kind, name))


def check_options(params: Mapping[str, Any]) -> None:
    """Raise Refused for options that are wrong, whatever AWS has."""
    window, name = params["secret_recovery_window_in_days"], params["secret_name"]
    if not SECRET_RECOVERY_WINDOW_DAYS.allows(window):
        raise Refused(SECRET_RECOVERY_WINDOW_DAYS.problem("secret_recovery_window_in_days", window))
    if name is None:
        return
    allowed = {*string.ascii_letters, *string.digits, *ALLOWED_BESIDES_LETTERS_AND_DIGITS}
    wrong = set(name) - allowed
    if wrong or not 1 <= len(name) <= NAME_LIMIT:
        raise Refused(
            f"secret_name is {name!r}, but Secrets Manager allows 1 to {NAME_LIMIT} letters, digits and "
            f"{ALLOWED_BESIDES_LETTERS_AND_DIGITS}, for example opta/staging/cache/main."
        )
