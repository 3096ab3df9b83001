# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One helm release: what is stored, what is wanted, what would change, and how it is brought there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .._errors import Refused, not_adopted
from .._kubernetes import apply
from .._kubernetes.claims import Claims
from .._kubernetes.client import KubernetesClient
from .._kubernetes.objects import ObjectIdentity
from .._resource import Outcome
from .._wait import wait_for
from .binary import Helm
from .live_objects import LiveObjects
from .manifest import ObjectChange, changes, objects_of, without_unstable
from .pending import age_text, is_abandoned
from .plan import DesiredRelease, ReleasePlan, as_resource, base_of, not_ours, reasons_for_change
from .release_storage import ReleaseStorage, Revision, StoredReleases
from .render import Renderer
from .rollout import Rollout

LONGEST_DELAY_SECONDS = 3.0


class Release:
    """One release.

    client None: the cluster does not exist yet (check mode). directory: private and temporary. listed: its revisions as read just now.
    """

    def __init__(
        self,
        client: KubernetesClient | None,
        helm: Helm,
        desired: DesiredRelease,
        directory: Path,
        listed: Sequence[Revision] | None = None,
    ) -> None:
        self._client = client
        self._listed = listed
        self._helm = helm
        self._desired = desired
        self._directory = directory
        self._live: LiveObjects | None = None
        self._drifted = False

    def present(self) -> list[Outcome]:
        """Bring the release to what is wanted; the release's outcome first, its namespace's after it."""
        desired = self._desired
        renderer = Renderer(self._helm, desired, self._directory, cluster=self._client is not None)
        if self._client is None:
            plan = self._creation(renderer, exists=False)
            return [self._planned(plan, renderer), *self._namespace()]
        store = ReleaseStorage(self._client, desired.namespace, desired.name, self._listed)
        revisions, notes = self._settled(store)
        newest = revisions[0] if revisions else None
        base = base_of(revisions)
        stored = store.read(base) if base is not None else None
        if stored is not None and stored.chart != desired.chart_name and not desired.adopt:
            raise not_adopted(desired.title, f"is a release of the chart {stored.chart}, not of {desired.chart_name}")
        plan = self._plan(renderer, newest, stored)
        plan.notes += notes
        namespace = self._namespace() if newest is None else []
        if desired.check_mode:
            return [self._planned(plan, renderer, stored), *namespace]
        rollout = Rollout(self._client, self._helm, store, desired)
        outcome = plan.outcome(desired)
        if plan.action:
            if newest is not None and newest.unfinished:
                rollout.repair(newest, base)
            if plan.dropped_claims:
                Claims.of_release(self._client, desired.namespace, desired.name, plan.dropped_claims).hold()
            stored = rollout.upgrade(renderer, base, self._drifted)
        elif stored is not None and desired.wait:
            stored = rollout.finish(stored, None, self._live)
        outcome.resource = as_resource(desired, stored, {}, dropped_claims=plan.dropped_claims)
        return [outcome, *namespace]

    def absent(self) -> list[Outcome]:
        """Uninstall the release and wait until its objects are gone."""
        desired = self._desired
        if self._client is None:
            return [ReleasePlan().outcome(desired)]
        store = ReleaseStorage(self._client, desired.namespace, desired.name, self._listed)
        revisions = store.revisions()
        if not revisions:
            return [ReleasePlan().outcome(desired)]
        self._refuse_foreign(revisions[0])
        stored = store.read(revisions[0].number)
        if stored is not None and desired.chart_name and stored.chart != desired.chart_name:
            words = f"{desired.title} is a release of the chart {stored.chart}, not of {desired.chart_name}: it is not changed."
            return [ReleasePlan(notes=[words]).outcome(desired)]
        before = objects_of(stored.manifest, desired.namespace) if stored else {}
        plan = ReleasePlan("delete", objects=changes(before, {}))
        if not desired.check_mode:
            self._wait_for_others(store, revisions)
            Rollout(self._client, self._helm, store, desired).uninstall()
        return [plan.outcome(desired)]

    # ---------------------------------------------------------------- planning

    def _plan(self, renderer: Renderer, newest: Revision | None, stored: StoredReleases | None) -> ReleasePlan:
        desired = self._desired
        if self._client is None or desired.chart is None:
            raise AssertionError
        if newest is None or stored is None:
            plan = self._creation(renderer, exists=False, unfinished=bool(newest and newest.unfinished))
            plan.reasons = {"status": (newest.status, "deployed")} if newest else {}
            return plan
        before = objects_of(stored.manifest, desired.namespace)
        reasons = reasons_for_change(stored, newest, desired.chart, desired.chart_name, desired.values)
        live = self._live = LiveObjects(self._client, before, desired.namespace)
        drift = live.drift() if desired.repair_drift else {}
        self._drifted = bool(drift)
        if not reasons:
            if drift:
                return ReleasePlan("update", objects=drift)
            unready = live.unready() if desired.check_mode else []
            return ReleasePlan(notes=[f"{desired.title} is up to date, but not ready: {'; '.join(unready)}."] if unready else [])
        after, notes = renderer.objects(True, newest.unfinished)
        found = changes(before, after)
        if any(change.action == "update" for change in found.values()):
            again, _notes = renderer.objects(True, newest.unfinished)
            found, ignored = without_unstable(found, after, again)
            if ignored:
                notes.append(f"{desired.title}: fields that the chart generates at random are not compared: {', '.join(ignored)}.")
        live.refuse_immutable(found)
        dropped = live.going_claims(found, desired.name, desired.namespace)
        if dropped:
            notes.append(
                f"{desired.title}: the new values remove PersistentVolumeClaims, whose volumes are retained: {', '.join(dropped)}."
            )
        return ReleasePlan("update", reasons, _together(found, drift, set(after)), notes, dropped)

    def _creation(self, renderer: Renderer, exists: bool, unfinished: bool = False) -> ReleasePlan:
        objects, notes = renderer.objects(exists, unfinished)
        return ReleasePlan("create", objects=changes({}, objects), notes=notes)

    def _planned(self, plan: ReleasePlan, renderer: Renderer, stored: StoredReleases | None = None) -> Outcome:
        outcome = plan.outcome(self._desired)
        if plan.action is None:
            outcome.resource = as_resource(self._desired, stored, {})
        else:
            number = 1 if plan.action == "create" else None
            outcome.resource = as_resource(self._desired, None, renderer.metadata(), number, plan.dropped_claims)
        return outcome

    def _namespace(self) -> list[Outcome]:
        """The release's namespace, made when it is missing and the user wants so."""
        desired = self._desired
        if not desired.create_namespace:
            return []
        if self._client is not None and self._client.get(f"/api/v1/namespaces/{desired.namespace}"):
            return []
        options = apply.ApplyOptions(desired.check_mode, desired.environment, timeout_seconds=desired.timeout_seconds)
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": desired.namespace}}
        return [plan.outcome for plan in apply.ObjectsReconciler(self._client, options).apply([namespace])]

    # ---------------------------------------------------------------- others' work

    def _settled(self, store: ReleaseStorage) -> tuple[list[Revision], list[str]]:
        """The revisions once nobody else works on the release; one that was left unfinished may be repaired, or is refused."""
        revisions = store.revisions()
        if revisions:
            self._refuse_foreign(revisions[0])
        notes = []
        if self._desired.check_mode:
            if revisions and revisions[0].unfinished and not is_abandoned(revisions[0], self._desired.timeout_seconds):
                notes.append(
                    f"{self._desired.title} is {revisions[0].status} for {age_text(revisions[0])}; another run may be in progress."
                )
                return revisions, notes
        else:
            revisions = self._wait_for_others(store, revisions)
        newest = revisions[0] if revisions else None
        if newest is not None and newest.unfinished:
            reported = f"{self._desired.title} is {newest.status} for {age_text(newest)}, left by a run that was killed."
            if not self._desired.repair_pending:
                raise Refused(
                    f"{reported} Set repair_pending: true to repair it "
                    f"({'uninstall' if base_of(revisions) is None else 'roll back'}) and go on."
                )
            notes.append(f"{reported} It is repaired first.")
        return revisions, notes

    def _wait_for_others(self, store: ReleaseStorage, revisions: list[Revision]) -> list[Revision]:
        def settled(found: list[Revision]) -> bool:
            return not found or not found[0].unfinished or is_abandoned(found[0], self._desired.timeout_seconds)

        if settled(revisions):
            return revisions

        def poll() -> tuple[bool, list[Revision]]:
            found = store.revisions()
            return settled(found), found

        what = f"another run's work on {self._desired.title}"
        return wait_for(
            poll, what, self._desired.timeout_seconds, lambda found: found[0].status if found else "gone", LONGEST_DELAY_SECONDS
        )

    def _refuse_foreign(self, newest: Revision) -> None:
        reason = None if self._desired.adopt else not_ours(newest, self._desired.environment)
        if reason:
            raise not_adopted(self._desired.title, reason)


def _together(
    found: Mapping[ObjectIdentity, ObjectChange], drift: Mapping[ObjectIdentity, ObjectChange], kept: set[ObjectIdentity]
) -> dict[ObjectIdentity, ObjectChange]:
    """What the new values change, and what helm sets back by the way."""
    joined: dict[ObjectIdentity, ObjectChange] = dict(found)
    for name, change in drift.items():
        if name not in joined and name in kept:
            joined[name] = change
    return joined
