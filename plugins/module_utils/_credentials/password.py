# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A password that is not shown."""

from __future__ import annotations

import json

from .._errors import PlatformError

#: accepted by every store: RDS refuses / " @ and more than 41 characters, AUTH of ElastiCache nearly everything but these
LENGTH = 32


class Password:
    """Prints as (secret); reveal() is only for the request that sets it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "(secret)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a password is not stored")


def as_secret_string(username: str, password: Password) -> str:
    """Return the content of the secret."""
    return json.dumps({"username": username, "password": password.reveal()})


def of_secret_string(name: str, text: str) -> Password:
    """Return the password in a secret; an error does not show the content."""
    try:
        value = json.loads(text)["password"]
    except (ValueError, KeyError, TypeError):
        value = None
    if not isinstance(value, str) or not value:
        raise PlatformError(
            f'secret {name} does not hold JSON of the form {{"username": "...", "password": "..."}}: correct it or delete it.'
        ) from None
    return Password(value)
