# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kubernetes objects as users give them: checked, completed, put in order. Pure functions."""

from __future__ import annotations

import base64
import binascii
import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .._errors import PlatformError
from .._tags import COLLECTION

ENVIRONMENT_ANNOTATION = "opta.platform/environment"
MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"

CRD = "CustomResourceDefinition"
#: what others need comes first, what may stand in others' way last
FIRST = (
    "Namespace",
    CRD,
    "PriorityClass",
    "StorageClass",
    "ResourceQuota",
    "LimitRange",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Service",
)
LAST = ("APIService", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")


class ObjectIdentity(NamedTuple):
    """What makes an object the same object: group and kind (versions are views of one thing), namespace and name."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def identity(obj: Mapping[str, Any]) -> ObjectIdentity:
    group = obj["apiVersion"].rpartition("/")[0]
    metadata = obj["metadata"]
    return ObjectIdentity(group, obj["kind"], metadata.get("namespace") or "", metadata["name"])


def checked(given: Sequence[Any]) -> list[dict[str, Any]]:
    """Copies of the objects, Lists taken apart; raises PlatformError for what cannot be an object."""
    found: list[dict[str, Any]] = []
    for number, entry in enumerate(given, start=1):
        if not isinstance(entry, Mapping):
            raise PlatformError(f"objects[{number}] must be a mapping with apiVersion, kind and metadata, not {type(entry).__name__}.")
        if str(entry.get("kind", "")).endswith("List") and isinstance(entry.get("items"), Sequence):
            found.extend(checked(entry["items"]))
        else:
            found.append(_checked_one(entry, f"objects[{number}]"))
    return found


def _checked_one(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    for key in ("apiVersion", "kind"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise PlatformError(f"{where} requires {key}, for example apiVersion: v1 and kind: ConfigMap.")
    metadata = entry.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if not isinstance(name, str) or not name:
        raise PlatformError(f"{where} ({entry['kind']}) requires metadata.name; the next run cannot find an object with generateName.")
    obj = copy.deepcopy(dict(entry))
    obj.pop("status", None)
    for key in ("managedFields", "resourceVersion", "uid", "generation", "creationTimestamp"):
        obj["metadata"].pop(key, None)
    return _encoded_secret(obj) if is_secret(obj) else obj


def _encoded_secret(obj: dict[str, Any]) -> dict[str, Any]:
    """stringData becomes data: the server would keep keys of stringData that are no longer given."""
    name = obj["metadata"]["name"]
    data = dict(obj.get("data") or {})
    for key, value in data.items():
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise PlatformError(f"Secret {name}: data.{key} must be base64; use stringData for plain text.") from None
    for key, value in (obj.pop("stringData", None) or {}).items():
        if not isinstance(value, str):
            raise PlatformError(f"Secret {name}: stringData.{key} must be a string; put it in quotes.")
        data[key] = base64.b64encode(value.encode()).decode()
    if data:
        obj["data"] = data
    return obj


def is_secret(obj: Mapping[str, Any]) -> bool:
    return obj.get("kind") == "Secret" and obj.get("apiVersion") == "v1"


def refuse_duplicates(objects: Iterable[Mapping[str, Any]]) -> None:
    """Raise PlatformError when two of the objects are one."""
    seen: set[ObjectIdentity] = set()
    for obj in objects:
        if identity(obj) in seen:
            raise PlatformError(f"{identity(obj)} is listed twice.")
        seen.add(identity(obj))


def owned(obj: Mapping[str, Any], environment: str | None) -> dict[str, Any]:
    """The object with the marks of its owner; without an environment as it is."""
    marked = copy.deepcopy(dict(obj))
    if environment is not None:
        metadata = marked["metadata"]
        metadata["annotations"] = {**(metadata.get("annotations") or {}), ENVIRONMENT_ANNOTATION: environment}
        metadata["labels"] = {MANAGED_BY_LABEL: COLLECTION, **(metadata.get("labels") or {})}
    return marked


def not_ours(found: Mapping[str, Any], environment: str | None) -> str | None:
    """Why an object found may not be touched for this environment; None when it may."""
    if environment is None:
        return None
    owner = (found["metadata"].get("annotations") or {}).get(ENVIRONMENT_ANNOTATION)
    if owner is None:
        return "it was not created by this collection"
    return None if owner == environment else f"it belongs to the environment {owner}"


def rank(obj: Mapping[str, Any]) -> int:
    """Where an object stands in the order of creation; deletion goes the other way."""
    kind = obj["kind"]
    if kind in FIRST:
        return FIRST.index(kind)
    return len(FIRST) + 1 + LAST.index(kind) if kind in LAST else len(FIRST)


def in_order(objects: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(objects, key=rank)


def holds(value: Any, text: str) -> bool:
    """Whether a string anywhere in the value contains the text."""
    if isinstance(value, Mapping):
        return any(holds(part, text) for part in value.values())
    if isinstance(value, (list, tuple)):
        return any(holds(part, text) for part in value)
    return isinstance(value, str) and text in value
