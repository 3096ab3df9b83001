# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a release holds, from the text that helm renders; and how two such texts differ. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from .._errors import PlatformError
from .._kubernetes import diff
from .._kubernetes.discovery import is_namespaced
from .._kubernetes.objects import ObjectIdentity, identity

with suppress(ImportError):  # ansible-core needs it
    import yaml

Objects = dict[ObjectIdentity, dict[str, Any]]


@dataclass
class ObjectChange:
    """One object of a release that differs: the fields (path: before, after), or the whole object when it comes or goes."""

    action: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def shown(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The two sides as a user may see them."""
        if self.action == "update":
            return diff.shown_differences(self.before, self.after, self.fields)
        return tuple(diff.shown_content(side) if side else {} for side in (self.before, self.after))  # type: ignore[return-value]


def objects_of(manifest: str, namespace: str) -> Objects:
    """The objects of a rendered text; those that live in a namespace and name none get the release's."""
    found: Objects = {}
    try:
        documents = list(yaml.load_all(manifest, Loader=_loader()))
    except yaml.YAMLError as error:
        raise PlatformError(f"The chart renders invalid YAML: {error}") from error
    for document in documents:
        for obj in _flat(document):
            if not obj["metadata"].get("namespace") and is_namespaced(obj):
                obj["metadata"]["namespace"] = namespace
            found[identity(obj)] = obj
    return found


def _loader() -> Any:
    """YAML as Kubernetes reads it: dates stay strings, and so does a lone equals sign."""

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    others = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")
    Loader.yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0] not in others] for first, pairs in Loader.yaml_implicit_resolvers.items()
    }
    return Loader


def _flat(document: Any) -> list[dict[str, Any]]:
    if not isinstance(document, Mapping) or not document.get("kind"):
        return []
    if str(document["kind"]).endswith("List") and isinstance(document.get("items"), list):
        return [obj for item in document["items"] for obj in _flat(item)]
    return [dict(document)]


def changes(before: Objects, after: Objects) -> dict[ObjectIdentity, ObjectChange]:
    """What differs between two renders, object by object."""
    found: dict[ObjectIdentity, ObjectChange] = {}
    for name in [*after, *(name for name in before if name not in after)]:
        old, new = before.get(name, {}), after.get(name, {})
        if not old or not new:
            found[name] = ObjectChange("create" if new else "delete", old, new)
            continue
        fields = diff.differences(diff.content(old), diff.content(new))
        if fields:
            found[name] = ObjectChange("update", old, new, fields)
    return found


def without_unstable(
    found: Mapping[ObjectIdentity, ObjectChange], one: Objects, other: Objects
) -> tuple[dict[ObjectIdentity, ObjectChange], list[str]]:
    """The changes without fields that differ between two renders of the same values, and which fields these are.

    Such fields (certificates and passwords that a chart makes at random) say nothing about what the user changed.
    """
    unstable = changes(one, other)
    kept: dict[ObjectIdentity, ObjectChange] = {}
    ignored: list[str] = []
    for name, change in found.items():
        random = unstable.get(name)
        if change.action != "update" or random is None:
            kept[name] = change
            continue
        fields = {path: sides for path, sides in change.fields.items() if not _covered(path, random.fields)}
        ignored += [f"{name} {path}" for path in change.fields if path not in fields]
        if fields:
            kept[name] = ObjectChange("update", change.before, change.after, fields)
    return kept, ignored


def _covered(path: str, unstable: Mapping[str, Any]) -> bool:
    return any(path == other or path.startswith((f"{other}.", f"{other}[")) for other in unstable)
