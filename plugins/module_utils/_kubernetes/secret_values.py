# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values of Kubernetes Secrets that AWS Secrets Manager keeps: put in at the last moment, so that nobody hands them over.

Pure but for the reading, which is handed in.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .._errors import PlatformError
from .._resource import KNOWN_AFTER_APPLY
from .objects import is_secret

FIELD = re.compile(r"\{(\w+)\}")
#: what is shorter is a name rather than a password, and hiding it would hide ordinary words as well
SHORTEST_HIDDEN = 12

Entry = Mapping[str, Any]
#: the strings that a secret of Secrets Manager holds by their names; None when there is no such secret
Read = Callable[[str], Mapping[str, str] | None]


class SecretValues:
    """Puts values into Secrets.

    read: answers what a secret of Secrets Manager holds; None in check mode when nothing can be asked yet.
    hide: is called with each value that must not show in any output. Each secret is read once.
    """

    def __init__(self, read: Read | None, hide: Callable[[str], Any], check_mode: bool) -> None:
        self._read = read
        self._hide = hide
        self._check_mode = check_mode
        self._held: dict[str, Mapping[str, str] | None] = {}

    def put_into(self, objects: Sequence[dict[str, Any]], entries: Sequence[Entry], default_namespace: str) -> Sequence[dict[str, Any]]:
        """The objects, checked already, with the values that the entries refer to; raises PlatformError for one that cannot be right."""
        secrets = {_place(obj["metadata"], default_namespace): obj for obj in objects if is_secret(obj)}
        for number, entry in enumerate(entries, start=1):
            namespace, name = place = _place(entry, default_namespace)
            if place not in secrets:
                raise PlatformError(f"stored_values[{number}] is for the Secret {namespace}/{name}, which is not in objects.")
            data = secrets[place].setdefault("data", {})
            if entry["key"] in data:
                raise PlatformError(f"stored_values[{number}]: the Secret {namespace}/{name} already has {entry['key']}: set it once.")
            data[entry["key"]] = base64.b64encode(self._value(entry).encode()).decode()
            self._conceal(data[entry["key"]])
        return objects

    def _value(self, entry: Entry) -> str:
        held = self._holding(entry["secret_id"])
        if held is None:
            return KNOWN_AFTER_APPLY
        if not entry.get("url"):
            return self._field(entry, held, entry["json_key"])
        return FIELD.sub(lambda match: self._encoded(self._field(entry, held, match.group(1))), entry["url"])

    def _encoded(self, value: str) -> str:
        encoded = quote(value, safe="")
        self._conceal(encoded)
        return encoded

    def _field(self, entry: Entry, held: Mapping[str, str], name: str) -> str:
        if name not in held:
            known = ", ".join(sorted(held)) or "none"
            raise PlatformError(f"The secret {entry['secret_id']} has no key {name}, which {entry['key']} requires (keys: {known}).")
        self._conceal(held[name])
        return held[name]

    def _conceal(self, value: str) -> None:
        if len(value) >= SHORTEST_HIDDEN:
            self._hide(value)

    def _holding(self, secret_id: str) -> Mapping[str, str] | None:
        """What the secret holds; None when that is decided by a run that is still to come."""
        if secret_id not in self._held:
            known = self._read is not None and KNOWN_AFTER_APPLY not in secret_id
            self._held[secret_id] = self._read(secret_id) if self._read is not None and known else None
        if self._held[secret_id] is None and not self._check_mode:
            raise PlatformError(f"The secret {secret_id} does not exist or is empty: create it first.")
        return self._held[secret_id]


def _place(where: Mapping[str, Any], default_namespace: str) -> tuple[str, str]:
    return where.get("namespace") or default_namespace, where["name"]
