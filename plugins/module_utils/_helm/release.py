# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One helm release: what is stored, what is wanted, what would change, and how it is brought there. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .._errors import Refused
from .._kubernetes import apply
from .._kubernetes.claims import Claims
from .._kubernetes.client import KubernetesClient
from .._kubernetes.objects import Identity
from .._resource import Outcome
from .._wait import wait_for
from .binary import Helm
from .live import Live
from .manifest import ObjectChange, changes, objects_of, without_unstable
from .pending import age_words, is_abandoned
from .plan import Plan, Wanted, as_resource, base_of, not_ours, reasons_for_change
from .render import Renderer
from .rollout import Rollout
from .stored import Revision, Store, Stored

LONGEST_DELAY_SECONDS = 3.0


class Release:
    """One release.

    client None: the cluster does not exist yet (check mode). directory: private and temporary. listed: its revisions as read just now.
    """

    def __init__(
        self,
        client: KubernetesClient | None,
        helm: Helm,
        wanted: Wanted,
        directory: Path,
        listed: Sequence[Revision] | None = None,
    ) -> None:
        self._client = client
        self._listed = listed
        self._helm = helm
        self._wanted = wanted
        self._directory = directory
        self._live: Live | None = None
        self._drifted = False

    def present(self) -> list[Outcome]:
        """Bring the release to what is wanted; the release's outcome first, its namespace's after it."""
        wanted = self._wanted
        renderer = Renderer(self._helm, wanted, self._directory, cluster=self._client is not None)
        if self._client is None:
            plan = self._creation(renderer, exists=False)
            return [self._planned(plan, renderer), *self._namespace()]
        store = Store(self._client, wanted.namespace, wanted.name, self._listed)
        revisions, notes = self._settled(store)
        newest = revisions[0] if revisions else None
        base = base_of(revisions)
        stored = store.read(base) if base is not None else None
        if stored is not None and stored.chart != wanted.chart_name and not wanted.adopt:
            raise Refused(
                f"{wanted.title} exists, but is a release of the chart {stored.chart}, not of {wanted.chart_name}. "
                "Choose another name, or set adopt: true to take it over."
            )
        plan = self._plan(renderer, newest, stored)
        plan.notes += notes
        namespace = self._namespace() if newest is None else []
        if wanted.check_mode:
            return [self._planned(plan, renderer, stored), *namespace]
        rollout = Rollout(self._client, self._helm, store, wanted)
        outcome = plan.outcome(wanted)
        if plan.action:
            if newest is not None and newest.unfinished:
                rollout.repair(newest, base)
            if plan.dropped_claims:
                Claims.of_release(self._client, wanted.namespace, wanted.name, plan.dropped_claims).hold()
            stored = rollout.upgrade(renderer, base, self._drifted)
        elif stored is not None and wanted.wait:
            stored = rollout.finish(stored, None, self._live)
        outcome.resource = as_resource(wanted, stored, {}, dropped_claims=plan.dropped_claims)
        return [outcome, *namespace]

    def absent(self) -> list[Outcome]:
        """Uninstall the release and wait until its objects are gone."""
        wanted = self._wanted
        if self._client is None:
            return [Plan().outcome(wanted)]
        store = Store(self._client, wanted.namespace, wanted.name, self._listed)
        revisions = store.revisions()
        if not revisions:
            return [Plan().outcome(wanted)]
        self._refuse_what_is_not_ours(revisions[0])
        stored = store.read(revisions[0].number)
        if stored is not None and wanted.chart_name and stored.chart != wanted.chart_name:
            words = f"{wanted.title} is a release of the chart {stored.chart}, not of {wanted.chart_name}: it stays."
            return [Plan(notes=[words]).outcome(wanted)]
        before = objects_of(stored.manifest, wanted.namespace) if stored else {}
        plan = Plan("delete", objects=changes(before, {}))
        if not wanted.check_mode:
            self._wait_for_others(store, revisions)
            Rollout(self._client, self._helm, store, wanted).uninstall()
        return [plan.outcome(wanted)]

    # ---------------------------------------------------------------- planning

    def _plan(self, renderer: Renderer, newest: Revision | None, stored: Stored | None) -> Plan:
        wanted = self._wanted
        if self._client is None or wanted.chart is None:
            raise AssertionError
        if newest is None or stored is None:
            plan = self._creation(renderer, exists=False, unfinished=bool(newest and newest.unfinished))
            plan.reasons = {"status": (newest.status, "deployed")} if newest else {}
            return plan
        before = objects_of(stored.manifest, wanted.namespace)
        reasons = reasons_for_change(stored, newest, wanted.chart, wanted.chart_name, wanted.values)
        live = self._live = Live(self._client, before, wanted.namespace)
        drift = live.drift() if wanted.repair_drift else {}
        self._drifted = bool(drift)
        if not reasons:
            if drift:
                return Plan("update", objects=drift)
            unready = live.unready() if wanted.check_mode else []
            return Plan(notes=[f"{wanted.title} is as wanted, but not ready: {'; '.join(unready)}."] if unready else [])
        after, notes = renderer.objects(True, newest.unfinished)
        found = changes(before, after)
        if any(change.action == "update" for change in found.values()):
            again, _notes = renderer.objects(True, newest.unfinished)
            found, ignored = without_unstable(found, after, again)
            if ignored:
                notes.append(f"{wanted.title}: fields that the chart makes at random are not compared: {', '.join(ignored)}.")
        live.refuse_immutable(found)
        dropped = live.going_claims(found, wanted.name, wanted.namespace)
        if dropped:
            notes.append(
                f"{wanted.title}: its new values drop PersistentVolumeClaims, whose volumes are kept (Retain): {', '.join(dropped)}."
            )
        return Plan("update", reasons, _together(found, drift, set(after)), notes, dropped)

    def _creation(self, renderer: Renderer, exists: bool, unfinished: bool = False) -> Plan:
        objects, notes = renderer.objects(exists, unfinished)
        return Plan("create", objects=changes({}, objects), notes=notes)

    def _planned(self, plan: Plan, renderer: Renderer, stored: Stored | None = None) -> Outcome:
        outcome = plan.outcome(self._wanted)
        if plan.action is None:
            outcome.resource = as_resource(self._wanted, stored, {})
        else:
            number = 1 if plan.action == "create" else None
            outcome.resource = as_resource(self._wanted, None, renderer.metadata(), number, plan.dropped_claims)
        return outcome

    def _namespace(self) -> list[Outcome]:
        """The release's namespace, made when it is missing and the user wants so."""
        wanted = self._wanted
        if not wanted.create_namespace:
            return []
        if self._client is not None and self._client.get(f"/api/v1/namespaces/{wanted.namespace}"):
            return []
        options = apply.Options(wanted.check_mode, wanted.environment, timeout_seconds=wanted.timeout_seconds)
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": wanted.namespace}}
        return [plan.outcome for plan in apply.Objects(self._client, options).apply([namespace])]

    # ---------------------------------------------------------------- others' work

    def _settled(self, store: Store) -> tuple[list[Revision], list[str]]:
        """The revisions once nobody else works on the release; one that was left unfinished may be repaired, or is refused."""
        revisions = store.revisions()
        if revisions:
            self._refuse_what_is_not_ours(revisions[0])
        notes = []
        if self._wanted.check_mode:
            if revisions and revisions[0].unfinished and not is_abandoned(revisions[0], self._wanted.timeout_seconds):
                notes.append(f"{self._wanted.title} is {revisions[0].status} for {age_words(revisions[0])}: another run is at work on it.")
                return revisions, notes
        else:
            revisions = self._wait_for_others(store, revisions)
        newest = revisions[0] if revisions else None
        if newest is not None and newest.unfinished:
            told = f"{self._wanted.title} is {newest.status} for {age_words(newest)}: a run that was killed left it so."
            if not self._wanted.repair_pending:
                raise Refused(
                    f"{told} Set repair_pending: true to clear it away "
                    f"({'uninstall' if base_of(revisions) is None else 'roll back'}) and go on."
                )
            notes.append(f"{told} It is cleared away first.")
        return revisions, notes

    def _wait_for_others(self, store: Store, revisions: list[Revision]) -> list[Revision]:
        def settled(found: list[Revision]) -> bool:
            return not found or not found[0].unfinished or is_abandoned(found[0], self._wanted.timeout_seconds)

        if settled(revisions):
            return revisions

        def look() -> tuple[bool, list[Revision]]:
            found = store.revisions()
            return settled(found), found

        what = f"another run's work on {self._wanted.title}"
        return wait_for(look, what, self._wanted.timeout_seconds, lambda found: found[0].status if found else "gone", LONGEST_DELAY_SECONDS)

    def _refuse_what_is_not_ours(self, newest: Revision) -> None:
        reason = None if self._wanted.adopt else not_ours(newest, self._wanted.environment)
        if reason:
            raise Refused(f"{self._wanted.title} exists, but {reason}. Choose another name, or set adopt: true to take it over.")


def _together(
    found: Mapping[Identity, ObjectChange], drift: Mapping[Identity, ObjectChange], kept: set[Identity]
) -> dict[Identity, ObjectChange]:
    """What the new values change, and what helm sets back by the way."""
    joined: dict[Identity, ObjectChange] = dict(found)
    for name, change in drift.items():
        if name not in joined and name in kept:
            joined[name] = change
    return joined
