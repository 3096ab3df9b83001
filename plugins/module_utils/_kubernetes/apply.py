# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Bring Kubernetes objects to what is wanted: read, ask the server what an apply would change, apply. Private to the collection."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import PlatformError, Refused
from .._resource import KNOWN_AFTER_APPLY, Outcome
from . import difference, generation, namespace_use
from .client import KubernetesClient, KubernetesError
from .discovery import Discovery, Kind, UnknownKind, is_namespaced, kinds_of_definitions, path_of
from .namespace_users import Users
from .objects import CRD, Identity, holds, identity, in_order, not_ours, owned, rank
from .wait import together, wait_until_gone, wait_until_ready

FIELD_MANAGER = "opta.platform"
OWNERSHIP = "field ownership"
#: how the API server words a change of what cannot be changed
IMMUTABLE = ("immutable", "updates to", "may not change", "may not be changed")
NEW_KIND_SECONDS = 5.0


@dataclass
class Options:
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
    releases_gone: Sequence[str] = ()

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], check_mode: bool) -> Options:
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
            parameters["releases_gone"],
        )


@dataclass
class Planned:
    """One object: what is wanted, what was found, and what would be done."""

    wanted: dict[str, Any]
    outcome: Outcome
    path: str = ""
    found: dict[str, Any] | None = None
    result: dict[str, Any] = field(default_factory=dict)


class Objects:
    """Several objects of one cluster. client None: the cluster does not exist yet (check mode)."""

    def __init__(self, client: KubernetesClient | None, options: Options, default_namespace: str = "default") -> None:
        self._client = client
        self._discovery = Discovery(client) if client else None
        self._options = options
        self._default_namespace = default_namespace
        self._coming_kinds: dict[tuple[str, str], Kind] = {}
        self._coming_namespaces: set[str] = set()

    def apply(self, objects: Sequence[dict[str, Any]]) -> list[Planned]:
        """Apply the objects in the order that works; nothing is changed before all of them are planned."""
        self._coming_kinds = kinds_of_definitions(objects)
        self._coming_namespaces = {obj["metadata"]["name"] for obj in objects if obj["kind"] == "Namespace"}
        self._ask_ahead(objects)
        plans = together(self._plan, [owned(obj, self._options.environment) for obj in in_order(objects)])
        if self._options.check_mode or self._client is None:
            return plans
        for number, plan in enumerate(plans):
            if plan.outcome.action:
                self._act(plan)
            if plan.wanted["kind"] == CRD and self._is_needed(plan, plans[number + 1 :]):
                wait_until_ready(self._client, {plan.path: plan.result}, self._options.timeout_seconds)
        if self._options.wait:
            seen = {plan.path: plan.result for plan in plans}
            now = wait_until_ready(self._client, seen, self._options.timeout_seconds, self._options.conditions)
            for plan in plans:
                plan.result = now[plan.path] or plan.result
        return plans

    def delete(self, objects: Sequence[dict[str, Any]]) -> list[Planned]:
        """Delete the objects, users of others first, and wait until they are gone."""
        if self._client is None:
            return []
        self._ask_ahead(objects)
        plans = [plan for plan in together(self._plan_deletion, in_order(objects)) if plan.found or plan.outcome.notes]
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

    def _ask_ahead(self, objects: Sequence[Mapping[str, Any]]) -> None:
        if self._discovery:
            self._discovery.ask_ahead(obj for obj in objects if (obj["apiVersion"], obj["kind"]) not in self._coming_kinds)

    def _locate(self, obj: dict[str, Any], patience_seconds: float = 0) -> str:
        """The object's address; its namespace is filled in, or taken away where its kind has none. Raises UnknownKind."""
        metadata = obj["metadata"]
        kind = self._kind(obj, patience_seconds)
        if kind.namespaced if kind else is_namespaced(obj):
            metadata["namespace"] = metadata.get("namespace") or self._default_namespace
        else:
            metadata.pop("namespace", None)
        return path_of(kind, metadata.get("namespace", ""), metadata["name"]) if kind else ""

    def _kind(self, obj: Mapping[str, Any], patience_seconds: float) -> Kind | None:
        key = (obj["apiVersion"], obj["kind"])
        if key in self._coming_kinds or self._discovery is None:
            return self._coming_kinds.get(key)
        end = time.monotonic() + patience_seconds
        while True:
            try:
                return self._discovery.kind(*key)
            except UnknownKind:
                if time.monotonic() >= end:
                    raise
            time.sleep(0.5)

    def _plan(self, obj: dict[str, Any]) -> Planned:
        obj = generation.marked(obj, self._options.generation_annotation, generation.new_generation(self._options.check_mode))
        try:
            path = self._locate(obj, 0 if self._options.check_mode else NEW_KIND_SECONDS)
        except UnknownKind:
            if not self._options.check_mode:
                raise
            return self._creation(obj, "", obj)  # the run itself will have brought the kind by then
        if self._client is None:
            return self._creation(obj, path, obj)
        found = self._client.get(path)
        if found is not None:
            self._refuse_what_is_not_ours(found)
            if found["metadata"].get("deletionTimestamp"):
                plan = self._creation(obj, path, obj)
                plan.found = found
                return plan
        return self._predicted(obj, path, found)

    def _predicted(self, obj: dict[str, Any], path: str, found: dict[str, Any] | None) -> Planned:
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
        if difference.was_written_between(found, after):
            return self._predicted(obj, path, self._client.get(path))
        return self._creation(obj, path, after) if found is None else self._update(obj, path, found, after)

    def _unpredicted(self, obj: dict[str, Any], path: str, found: dict[str, Any] | None, error: KubernetesError) -> Planned:
        """The dry run was refused: what does that mean?"""
        name = identity(obj)
        if error.status == 404 and found is None:
            namespace = obj["metadata"].get("namespace", "")
            if self._options.check_mode or namespace in self._coming_namespaces or (obj["apiVersion"], obj["kind"]) in self._coming_kinds:
                return self._creation(obj, path, obj)
            raise Refused(f"{name}: the namespace {namespace} does not exist; add it to objects, or create it first.") from error
        if error.status == 409 and any(cause.get("reason") == "FieldManagerConflict" for cause in error.causes):
            raise Refused(conflict_words(name, error.causes)) from error
        if self._options.check_mode and holds(obj, KNOWN_AFTER_APPLY):
            if found is None:
                return self._creation(obj, path, obj)
            return self._update(obj, path, found, _overlaid(found, obj))
        if error.status == 422 and found is not None and is_immutable(error):
            return self._replacement(obj, path, found, error)
        raise PlatformError(f"{name}: the API server refuses it: {error}") from error

    def _creation(self, obj: dict[str, Any], path: str, after: Mapping[str, Any]) -> Planned:
        shown = difference.shown_content(after)
        outcome = _outcome(obj, "create", sorted(key for key in obj if key not in ("apiVersion", "kind")))
        outcome.after = shown
        return Planned(obj, outcome, path, result=dict(after))

    def _update(self, obj: dict[str, Any], path: str, found: dict[str, Any], after: dict[str, Any]) -> Planned:
        before = difference.content(found)
        fields = difference.differences(before, difference.content(after))
        if not fields and _our_fields(found) == _our_fields(after):
            return Planned(obj, _outcome(obj, None, []), path, found, found)
        outcome = _outcome(obj, "update", list(fields) or [OWNERSHIP])
        outcome.before, outcome.after = difference.shown_differences(before, difference.content(after), fields)
        return Planned(obj, outcome, path, found, after)

    def _replacement(self, obj: dict[str, Any], path: str, found: dict[str, Any], error: KubernetesError) -> Planned:
        before, after = difference.content(found), difference.content(_overlaid(found, obj))
        fields = difference.differences(before, after)
        outcome = _outcome(obj, "replace", list(fields), allowed=self._options.allow_replacement)
        outcome.before, outcome.after = difference.shown_differences(before, after, fields)
        told = (
            f"{identity(obj)} would be deleted and created again, because Kubernetes cannot change it in place ({error}); "
            "set allow_replacement: true to allow it."
        )
        if not outcome.allowed:
            if not self._options.check_mode:
                raise Refused(told)
            outcome.notes.append(f"{told} The run itself is refused without it.")
        return Planned(obj, outcome, path, found, after)

    def _plan_deletion(self, obj: dict[str, Any]) -> Planned:
        if self._client is None:
            raise AssertionError
        try:
            path = self._locate(obj)
        except UnknownKind:
            return Planned(obj, _outcome(obj, None, []))
        found = self._client.get(path)
        if found is None:
            return Planned(obj, _outcome(obj, None, []), path)
        self._refuse_what_is_not_ours(found)
        if obj["kind"] == "Namespace" and not found["metadata"].get("deletionTimestamp"):
            kept = self._kept(obj["metadata"]["name"])
            if kept is not None:
                return Planned(obj, _outcome(obj, None, []) if not kept else _staying(obj, kept), path)
        leaving = bool(found["metadata"].get("deletionTimestamp"))
        outcome = _outcome(obj, None if leaving else "delete", [])
        outcome.before = {} if leaving else difference.shown_content(found)
        return Planned(obj, outcome, path, found)

    def _kept(self, namespace: str) -> list[str] | None:
        """None when a namespace may go; else what keeps it, as far as that is to be told."""
        if self._client is None:
            raise AssertionError
        if self._options.own_labels is not None and namespace_use.others(self._client, namespace, self._options.own_labels):
            return []
        if not self._options.keep_in_use:
            return None
        return Users(self._client, namespace, self._options.releases_gone if self._options.check_mode else ()).named() or None

    def _refuse_what_is_not_ours(self, found: Mapping[str, Any]) -> None:
        reason = None if self._options.adopt else not_ours(found, self._options.environment)
        if reason:
            raise Refused(f"{identity(found)} exists, but {reason}. Choose another name, or set adopt: true to take it over.")

    # ---------------------------------------------------------------- acting

    def _act(self, plan: Planned) -> None:
        if self._client is None:
            raise AssertionError
        if plan.found is not None and plan.outcome.action in ("create", "replace"):
            if plan.outcome.action == "replace":
                self._client.delete(plan.path, plan.found["metadata"]["uid"], "Foreground")
            wait_until_gone(self._client, {plan.path: plan.found}, self._options.timeout_seconds)
        try:
            plan.result = self._client.apply(plan.path, plan.wanted, FIELD_MANAGER, force=self._options.force_conflicts)
        except KubernetesError as error:
            raise PlatformError(f"{identity(plan.wanted)}: the API server refuses it: {error}") from error

    @staticmethod
    def _is_needed(plan: Planned, later: Sequence[Planned]) -> bool:
        brought = kinds_of_definitions([plan.wanted])
        return any((other.wanted["apiVersion"], other.wanted["kind"]) in brought for other in later)


def is_immutable(error: KubernetesError) -> bool:
    """Whether the API server refuses a change because the field cannot change in place."""
    return any(words in f"{cause.get('message')}" for cause in [*error.causes, {"message": error.detail}] for words in IMMUTABLE)


def conflict_words(name: Identity, causes: Sequence[Mapping[str, Any]]) -> str:
    """One sentence about the fields that belong to other field managers."""
    fields: dict[str, list[str]] = {}
    for cause in causes:
        parts = str(cause.get("message")).split('"')
        fields.setdefault(parts[1] if len(parts) > 1 else str(cause.get("message")), []).append(str(cause.get("field")).lstrip("."))
    told = "; ".join(f"{', '.join(paths)} belongs to {manager}" for manager, paths in sorted(fields.items()))
    return f"{name}: {told}. Leave such a field to its manager by not giving it, or set force_conflicts: true to take it over."


def _outcome(obj: Mapping[str, Any], action: str | None, attributes: list[str], allowed: bool = True) -> Outcome:
    name = identity(obj)
    shown = f"{name.namespace}/{name.name}" if name.namespace else name.name
    return Outcome(name.kind, shown, action=action, allowed=allowed, attributes=attributes)


def _staying(obj: Mapping[str, Any], users: Sequence[str]) -> Outcome:
    outcome = _outcome(obj, None, [])
    outcome.notes = [f"{identity(obj)} stays, because others are in it: {', '.join(users)}."]
    return outcome


def _our_fields(obj: Mapping[str, Any]) -> Any:
    for entry in obj["metadata"].get("managedFields") or []:
        if entry.get("manager") == FIELD_MANAGER and entry.get("operation") == "Apply" and not entry.get("subresource"):
            return entry.get("fieldsV1")
    return None


def _overlaid(found: Any, wanted: Any) -> Any:
    """What the object would be if only the given fields changed: where the server cannot be asked."""
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        return {**found, **{key: _overlaid(found.get(key), value) for key, value in wanted.items()}}
    return wanted


def _groups(plans: Sequence[Planned]) -> list[list[Planned]]:
    groups: list[list[Planned]] = [[], [], []]
    for plan in plans:
        groups[2 - min(rank(plan.wanted), 2)].append(plan)
    return [group for group in groups if group]
