# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Bring Kubernetes objects to what is wanted: read, ask the server what an apply would change, apply."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import PlatformError, Refused, not_adopted
from .._resource import KNOWN_AFTER_APPLY, Outcome
from . import diff, generation, namespace_use
from .client import KubernetesClient, KubernetesError
from .discovery import ApiKind, Discovery, UnknownApiKind, is_namespaced, kinds_of_definitions, path_of
from .namespace_users import NamespaceUsers
from .objects import CRD, ObjectIdentity, holds, identity, in_order, not_ours, owned, rank
from .wait import run_together, wait_until_gone, wait_until_ready

FIELD_MANAGER = "opta.platform"
OWNERSHIP = "field ownership"
#: how the API server words a change of what cannot be changed
IMMUTABLE = ("immutable", "updates to", "may not change", "may not be changed")
NEW_KIND_SECONDS = 5.0


@dataclass
class ApplyOptions:
    """How objects are applied; each is an option of kubernetes_objects."""

    check_mode: bool = False
    environment: str | None = None
    adopt: bool = False
    force_conflicts: bool = False
    allow_replacement: bool = False
    wait: bool = True
    timeout_seconds: float = 300
    conditions: Sequence[Mapping[str, str]] = ()
    propagation: str = "Foreground"
    generation_annotation: str | None = None
    own_labels: Mapping[str, str] | None = None
    keep_in_use: bool = False
    uninstalled_releases: Sequence[str] = ()

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], check_mode: bool) -> ApplyOptions:
        return cls(
            check_mode,
            parameters["environment"],
            parameters["adopt"],
            parameters["force_conflicts"],
            parameters["allow_replacement"],
            parameters["wait"],
            parameters["wait_timeout"],
            parameters["wait_conditions"],
            parameters["propagation_policy"],
            parameters["generation_annotation"],
            parameters["keep_namespaces_used_by_others_than"],
            parameters["keep_namespaces_in_use"],
            parameters["uninstalled_releases"],
        )


@dataclass
class PlannedObject:
    """One object: what is wanted, what was found, and what would be done."""

    desired: dict[str, Any]
    outcome: Outcome
    path: str = ""
    found: dict[str, Any] | None = None
    result: dict[str, Any] = field(default_factory=dict)


class ObjectsReconciler:
    """Several objects of one cluster. client None: the cluster does not exist yet (check mode)."""

    def __init__(self, client: KubernetesClient | None, options: ApplyOptions, default_namespace: str = "default") -> None:
        self._client = client
        self._discovery = Discovery(client) if client else None
        self._options = options
        self._default_namespace = default_namespace
        self._coming_kinds: dict[tuple[str, str], ApiKind] = {}
        self._coming_namespaces: set[str] = set()

    def apply(self, objects: Sequence[dict[str, Any]]) -> list[PlannedObject]:
        """Apply the objects in the order that works; nothing is changed before all of them are planned."""
        self._coming_kinds = kinds_of_definitions(objects)
        self._coming_namespaces = {obj["metadata"]["name"] for obj in objects if obj["kind"] == "Namespace"}
        self._prefetch(objects)
        plans = run_together(self._plan, [owned(obj, self._options.environment) for obj in in_order(objects)])
        if self._options.check_mode or self._client is None:
            return plans
        for number, plan in enumerate(plans):
            if plan.outcome.action:
                self._act(plan)
            if plan.desired["kind"] == CRD and self._is_needed(plan, plans[number + 1 :]):
                wait_until_ready(self._client, {plan.path: plan.result}, self._options.timeout_seconds)
        if self._options.wait:
            seen = {plan.path: plan.result for plan in plans}
            now = wait_until_ready(self._client, seen, self._options.timeout_seconds, self._options.conditions)
            for plan in plans:
                plan.result = now[plan.path] or plan.result
        return plans

    def delete(self, objects: Sequence[dict[str, Any]]) -> list[PlannedObject]:
        """Delete the objects, users of others first, and wait until they are gone."""
        if self._client is None:
            return []
        self._prefetch(objects)
        plans = [plan for plan in run_together(self._plan_deletion, in_order(objects)) if plan.found or plan.outcome.notes]
        plans.reverse()
        if self._options.check_mode:
            return plans
        # a CustomResourceDefinition or Namespace takes what is in it along: that goes first, in peace
        for group in _groups(plans):
            for plan in group:
                if plan.outcome.action:
                    self._client.delete(plan.path, plan.found["metadata"]["uid"], self._options.propagation)  # type: ignore[index]
            if self._options.wait:
                wait_until_gone(self._client, {plan.path: plan.found for plan in group if plan.found}, self._options.timeout_seconds)
        return plans

    # ---------------------------------------------------------------- planning

    def _prefetch(self, objects: Sequence[Mapping[str, Any]]) -> None:
        if self._discovery:
            self._discovery.prefetch(obj for obj in objects if (obj["apiVersion"], obj["kind"]) not in self._coming_kinds)

    def _locate(self, obj: dict[str, Any], patience_seconds: float = 0) -> str:
        """The object's address; its namespace is filled in, or taken away where its kind has none. Raises UnknownKind."""
        metadata = obj["metadata"]
        kind = self._kind(obj, patience_seconds)
        if kind.namespaced if kind else is_namespaced(obj):
            metadata["namespace"] = metadata.get("namespace") or self._default_namespace
        else:
            metadata.pop("namespace", None)
        return path_of(kind, metadata.get("namespace", ""), metadata["name"]) if kind else ""

    def _kind(self, obj: Mapping[str, Any], patience_seconds: float) -> ApiKind | None:
        key = (obj["apiVersion"], obj["kind"])
        if key in self._coming_kinds or self._discovery is None:
            return self._coming_kinds.get(key)
        end = time.monotonic() + patience_seconds
        while True:
            try:
                return self._discovery.kind(*key)
            except UnknownApiKind:
                if time.monotonic() >= end:
                    raise
            time.sleep(0.5)

    def _plan(self, obj: dict[str, Any]) -> PlannedObject:
        obj = generation.marked(obj, self._options.generation_annotation, generation.new_generation(self._options.check_mode))
        try:
            path = self._locate(obj, 0 if self._options.check_mode else NEW_KIND_SECONDS)
        except UnknownApiKind:
            if not self._options.check_mode:
                raise
            return self._creation(obj, "", obj)  # the run itself will have brought the kind by then
        if self._client is None:
            return self._creation(obj, path, obj)
        found = self._client.get(path)
        if found is not None:
            self._refuse_foreign(found)
            if found["metadata"].get("deletionTimestamp"):
                plan = self._creation(obj, path, obj)
                plan.found = found
                return plan
        return self._predicted(obj, path, found)

    def _predicted(self, obj: dict[str, Any], path: str, found: dict[str, Any] | None) -> PlannedObject:
        if self._client is None:
            raise AssertionError
        annotation = self._options.generation_annotation
        standing = generation.found_generation(found, annotation) if annotation else None
        if standing:
            obj = generation.marked(obj, annotation, standing)
        try:
            after = self._client.apply(path, obj, FIELD_MANAGER, force=self._options.force_conflicts, dry_run=True)
            if generation.is_stale(found, after, annotation):
                obj = generation.marked(obj, annotation, generation.new_generation(self._options.check_mode))
                after = self._client.apply(path, obj, FIELD_MANAGER, force=self._options.force_conflicts, dry_run=True)
        except KubernetesError as error:
            return self._unpredicted(obj, path, found, error)
        if diff.was_written_between(found, after):
            return self._predicted(obj, path, self._client.get(path))
        return self._creation(obj, path, after) if found is None else self._update(obj, path, found, after)

    def _unpredicted(self, obj: dict[str, Any], path: str, found: dict[str, Any] | None, error: KubernetesError) -> PlannedObject:
        """The dry run was refused: what does that mean?"""
        name = identity(obj)
        if error.status == 404 and found is None:
            namespace = obj["metadata"].get("namespace", "")
            if self._options.check_mode or namespace in self._coming_namespaces or (obj["apiVersion"], obj["kind"]) in self._coming_kinds:
                return self._creation(obj, path, obj)
            raise Refused(f"{name}: the namespace {namespace} does not exist; add it to objects, or create it first.") from error
        if error.status == 409 and any(cause.get("reason") == "FieldManagerConflict" for cause in error.causes):
            raise Refused(conflict_text(name, error.causes)) from error
        if self._options.check_mode and holds(obj, KNOWN_AFTER_APPLY):
            if found is None:
                return self._creation(obj, path, obj)
            return self._update(obj, path, found, _overlaid(found, obj))
        if error.status == 422 and found is not None and is_immutable(error):
            return self._replacement(obj, path, found, error)
        raise PlatformError(f"{name}: the API server rejects it: {error}") from error

    def _creation(self, obj: dict[str, Any], path: str, after: Mapping[str, Any]) -> PlannedObject:
        shown = diff.shown_content(after)
        outcome = _outcome(obj, "create", sorted(key for key in obj if key not in ("apiVersion", "kind")))
        outcome.after = shown
        return PlannedObject(obj, outcome, path, result=dict(after))

    def _update(self, obj: dict[str, Any], path: str, found: dict[str, Any], after: dict[str, Any]) -> PlannedObject:
        before = diff.content(found)
        fields = diff.differences(before, diff.content(after))
        if not fields and _our_fields(found) == _our_fields(after):
            return PlannedObject(obj, _outcome(obj, None, []), path, found, found)
        outcome = _outcome(obj, "update", list(fields) or [OWNERSHIP])
        outcome.before, outcome.after = diff.shown_differences(before, diff.content(after), fields)
        return PlannedObject(obj, outcome, path, found, after)

    def _replacement(self, obj: dict[str, Any], path: str, found: dict[str, Any], error: KubernetesError) -> PlannedObject:
        before, after = diff.content(found), diff.content(_overlaid(found, obj))
        fields = diff.differences(before, after)
        outcome = _outcome(obj, "replace", list(fields), allowed=self._options.allow_replacement)
        outcome.before, outcome.after = diff.shown_differences(before, after, fields)
        reported = (
            f"{identity(obj)} would be deleted and created again, because Kubernetes cannot change it in place ({error}); "
            "set allow_replacement: true to allow it."
        )
        if not outcome.allowed:
            if not self._options.check_mode:
                raise Refused(reported)
            outcome.notes.append(f"{reported} Without it, the run fails.")
        return PlannedObject(obj, outcome, path, found, after)

    def _plan_deletion(self, obj: dict[str, Any]) -> PlannedObject:
        if self._client is None:
            raise AssertionError
        try:
            path = self._locate(obj)
        except UnknownApiKind:
            return PlannedObject(obj, _outcome(obj, None, []))
        found = self._client.get(path)
        if found is None:
            return PlannedObject(obj, _outcome(obj, None, []), path)
        self._refuse_foreign(found)
        if obj["kind"] == "Namespace" and not found["metadata"].get("deletionTimestamp"):
            kept = self._kept(obj["metadata"]["name"])
            if kept is not None:
                return PlannedObject(obj, _outcome(obj, None, []) if not kept else _staying(obj, kept), path)
        leaving = bool(found["metadata"].get("deletionTimestamp"))
        outcome = _outcome(obj, None if leaving else "delete", [])
        outcome.before = {} if leaving else diff.shown_content(found)
        return PlannedObject(obj, outcome, path, found)

    def _kept(self, namespace: str) -> list[str] | None:
        """None when a namespace may be deleted; else what keeps it, as far as it is reported."""
        if self._client is None:
            raise AssertionError
        if self._options.own_labels is not None and namespace_use.others(self._client, namespace, self._options.own_labels):
            return []
        if not self._options.keep_in_use:
            return None
        return (
            NamespaceUsers(self._client, namespace, self._options.uninstalled_releases if self._options.check_mode else ()).named() or None
        )

    def _refuse_foreign(self, found: Mapping[str, Any]) -> None:
        reason = None if self._options.adopt else not_ours(found, self._options.environment)
        if reason:
            raise not_adopted(identity(found), reason)

    # ---------------------------------------------------------------- acting

    def _act(self, plan: PlannedObject) -> None:
        if self._client is None:
            raise AssertionError
        if plan.found is not None and plan.outcome.action in ("create", "replace"):
            if plan.outcome.action == "replace":
                self._client.delete(plan.path, plan.found["metadata"]["uid"], "Foreground")
            wait_until_gone(self._client, {plan.path: plan.found}, self._options.timeout_seconds)
        try:
            plan.result = self._client.apply(plan.path, plan.desired, FIELD_MANAGER, force=self._options.force_conflicts)
        except KubernetesError as error:
            raise PlatformError(f"{identity(plan.desired)}: the API server rejects it: {error}") from error

    @staticmethod
    def _is_needed(plan: PlannedObject, later: Sequence[PlannedObject]) -> bool:
        brought = kinds_of_definitions([plan.desired])
        return any((other.desired["apiVersion"], other.desired["kind"]) in brought for other in later)


def is_immutable(error: KubernetesError) -> bool:
    """Whether the API server refuses a change because the field cannot change in place."""
    return any(words in f"{cause.get('message')}" for cause in [*error.causes, {"message": error.detail}] for words in IMMUTABLE)


def conflict_text(name: ObjectIdentity, causes: Sequence[Mapping[str, Any]]) -> str:
    """One sentence about the fields that belong to other field managers."""
    fields: dict[str, list[str]] = {}
    for cause in causes:
        parts = str(cause.get("message")).split('"')
        fields.setdefault(parts[1] if len(parts) > 1 else str(cause.get("message")), []).append(str(cause.get("field")).lstrip("."))
    reported = "; ".join(f"{', '.join(paths)} is managed by {manager}" for manager, paths in sorted(fields.items()))
    return f"{name}: {reported}. Omit the field to leave it to its manager, or set force_conflicts: true to take ownership."


def _outcome(obj: Mapping[str, Any], action: str | None, attributes: list[str], allowed: bool = True) -> Outcome:
    name = identity(obj)
    shown = f"{name.namespace}/{name.name}" if name.namespace else name.name
    return Outcome(name.kind, shown, action=action, allowed=allowed, attributes=attributes)


def _staying(obj: Mapping[str, Any], users: Sequence[str]) -> Outcome:
    outcome = _outcome(obj, None, [])
    outcome.notes = [f"{identity(obj)} is not deleted, because others use it: {', '.join(users)}."]
    return outcome


def _our_fields(obj: Mapping[str, Any]) -> Any:
    for entry in obj["metadata"].get("managedFields") or []:
        if entry.get("manager") == FIELD_MANAGER and entry.get("operation") == "Apply" and not entry.get("subresource"):
            return entry.get("fieldsV1")
    return None


def _overlaid(found: Any, desired: Any) -> Any:
    """What the object would be if only the given fields changed: where the server cannot be asked."""
    if isinstance(found, Mapping) and isinstance(desired, Mapping):
        return {**found, **{key: _overlaid(found.get(key), value) for key, value in desired.items()}}
    return desired


def _groups(plans: Sequence[PlannedObject]) -> list[list[PlannedObject]]:
    groups: list[list[PlannedObject]] = [[], [], []]
    for plan in plans:
        groups[2 - min(rank(plan.desired), 2)].append(plan)
    return [group for group in groups if group]
