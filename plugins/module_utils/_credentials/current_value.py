# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read the current value of a secret, its version AWSCURRENT."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .._errors import PlatformError
from . import api


def current_value(client: Any, secret_id: str) -> dict[str, str] | None:
    """Return the strings of the JSON object in a secret; None when there is no such secret, or it has no value yet."""
    found = api.get_current_secret_value(client, secret_id)
    if found is None:
        return None
    try:
        held = json.loads(found["SecretString"])
    except (KeyError, ValueError):
        held = None
    if not isinstance(held, Mapping):
        raise PlatformError(f'The secret {secret_id} must hold a JSON object, for example {{"username": "…", "password": "…"}}.')
    return {str(name): str(value) for name, value in held.items()}
