# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What differs between two states of an object, field by field, and how it is shown. Pure functions."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from .objects import CRD, is_secret

#: what the server writes by itself
SERVERS_OWN = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink")
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
LONGEST_TEXT = 400
SECRET = "(secret)"
SECRET_CHANGED = "(secret, changed)"
#: the key that tells the elements of a list apart, where all of them have it
LIST_KEYS = ("name", "key", "type", "mountPath", "containerPort", "port", "topologyKey", "ip")

Fields = dict[str, Any]


class Missing:
    """Stands for a field that is not there."""

    def __repr__(self) -> str:
        return "(none)"


MISSING = Missing()


def content(obj: Mapping[str, Any]) -> dict[str, Any]:
    """The object without what the server writes by itself: its bookkeeping and its status."""
    kept = {key: value for key, value in obj.items() if key not in ("status", "metadata")}
    kept["metadata"] = {key: value for key, value in (obj.get("metadata") or {}).items() if key not in SERVERS_OWN}
    return kept


def was_written_between(found: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    """Whether somebody wrote the object after it was found and before a dry run, which answers with the version that it began with."""
    return found is not None and found["metadata"].get("resourceVersion") != after["metadata"].get("resourceVersion")


def differences(before: Any, after: Any, path: str = "") -> dict[str, tuple[Any, Any]]:
    """{path: (before, after)} of every field that differs; MISSING where there is none."""
    found: dict[str, tuple[Any, Any]] = {}
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}, key=str):
            found.update(differences(before.get(key, MISSING), after.get(key, MISSING), _below(path, str(key))))
        return found
    if _is_list(before) and _is_list(after):
        key = _list_key(before, after)
        if key:
            old, new = ({str(part[key]): part for part in side} for side in (before, after))
            for name in [*old, *(name for name in new if name not in old)]:
                found.update(differences(old.get(name, MISSING), new.get(name, MISSING), f"{path}[{name}]"))
            if found or list(old) == list(new):
                return found
        elif len(before) == len(after):
            for number, (one, other) in enumerate(zip(before, after, strict=True)):
                found.update(differences(one, other, f"{path}[{number}]"))
            return found
    if before == after and isinstance(before, bool) == isinstance(after, bool):
        return {}
    return {path: (before, after)}


def shown_differences(before: Mapping[str, Any], after: Mapping[str, Any], fields: Mapping[str, tuple[Any, Any]]) -> tuple[Fields, Fields]:
    """The two sides as a user may see them: secrets masked, long texts cut."""
    hidden = is_secret(before) or is_secret(after)
    left: Fields = {}
    right: Fields = {}
    for path, (old, new) in fields.items():
        if hidden and (path.split(".")[0].split("[")[0] in ("data", "stringData") or LAST_APPLIED in path):
            left |= {} if old is MISSING else {path: SECRET}
            right |= {} if new is MISSING else {path: SECRET if old is MISSING else SECRET_CHANGED}
            continue
        left |= {} if old is MISSING else {path: shortened(old)}
        right |= {} if new is MISSING else {path: shortened(new)}
    return left, right


def shown(obj: Mapping[str, Any]) -> dict[str, Any]:
    """An object as a user may see it: no bookkeeping, a Secret's values masked, long texts cut, schemas left out."""
    visible = copy.deepcopy(dict(obj))
    visible.get("metadata", {}).pop("managedFields", None)
    if is_secret(visible):
        for part in ("data", "stringData"):
            if visible.get(part):
                visible[part] = dict.fromkeys(visible[part], SECRET)
        (visible["metadata"].get("annotations") or {}).pop(LAST_APPLIED, None)
    if visible.get("kind") == CRD:
        for version in (visible.get("spec") or {}).get("versions") or []:
            version.pop("schema", None)
    return shortened(visible)


def shown_content(obj: Mapping[str, Any]) -> dict[str, Any]:
    """As shown(), without status and the server's bookkeeping: for the diff of what is created or deleted."""
    return shown(content(obj))


def shortened(value: Any) -> Any:
    """The value with each long text replaced by its beginning, length and digest."""
    if isinstance(value, Mapping):
        return {key: shortened(part) for key, part in value.items()}
    if _is_list(value):
        return [shortened(part) for part in value]
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        digest = hashlib.sha256(value.encode()).hexdigest()[:12]
        return f"{value[:80]}… ({len(value)} characters, SHA-256 {digest}…)"
    return value


def _below(path: str, key: str) -> str:
    if "." in key or "/" in key:
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _list_key(before: Sequence[Any], after: Sequence[Any]) -> str | None:
    """The key whose values name the elements of both lists."""
    parts = [*before, *after]
    if not parts or not all(isinstance(part, Mapping) for part in parts):
        return None
    for key in LIST_KEYS:
        if all(key in part for part in parts) and all(len({str(part[key]) for part in side}) == len(side) for side in (before, after)):
            return key
    return None
