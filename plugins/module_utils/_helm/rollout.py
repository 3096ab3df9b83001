# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Carrying out a plan: upgrade, wait, and on failure say why and go back."""

from __future__ import annotations

import re
import time

from .._errors import ControllerGone, PlatformError, ResourceFailed, WaitTimeout
from .._kubernetes.client import KubernetesClient
from .._kubernetes.helm_owner import is_deleted_with
from .._kubernetes.wait import wait_until_ready
from .binary import Helm, HelmError, timeout_argument
from .live_objects import LiveObjects
from .manifest import objects_of
from .pending import run_label
from .plan import DesiredRelease, labels
from .release_storage import ROLLOUT, STARTED, ReleaseStorage, Revision, StoredReleases, rollback_target
from .render import Renderer

CUT_WAITS = ("timed out", "deadline exceeded")
#: pkg/kube/client.go of helm 3 and 4: an object of the goal exists, but not in the manifest of the newest revision, which failed before it
#: was deleted. The attempt that fails so stores a revision with it, and the next attempt succeeds
UNKNOWN_TO_HELM = re.compile(r'with the name "[^"]*" (not )?found')


class Rollout:
    """The changing half of a release."""

    def __init__(self, client: KubernetesClient, helm: Helm, store: ReleaseStorage, desired: DesiredRelease) -> None:
        self._client = client
        self._helm = helm
        self._store = store
        self._desired = desired

    def upgrade(self, renderer: Renderer, previous: int | None, drifted: bool = False) -> StoredReleases:
        """Install or upgrade, wait until it is ready; on failure go back to the previous revision, or to nothing.

        drifted: objects were changed behind helm's back.
        """
        desired = self._desired
        command = ["upgrade", "--install", desired.name, str(renderer.path()), *self._common(), "--values=-", "--reset-values"]
        command += [f"--history-max={desired.history_max}", f"--labels={labels(desired, run_label())}", "--output=json"]
        command += [*self._helm.client_side, *(["--skip-crds"] if desired.skip_crds else [])]
        command += ["--take-ownership"] if desired.adopt else []
        try:
            self._helm.run(*command, values=renderer.values(), changes=True)
        except HelmError as error:
            raise self._gone_back(str(error), previous) from error
        stored = self.newest()
        live = self._live(stored.manifest) if drifted else None
        if live:
            live.set_back()
        return self.finish(stored, previous, live) if desired.wait else stored

    def finish(self, stored: StoredReleases, previous: int | None, live: LiveObjects | None = None) -> StoredReleases:
        """Wait until a deployed revision is ready. One that was never ready before is taken back when it does not get so."""
        live = live or self._live(stored.manifest)
        try:
            live.wait(self._desired.timeout_seconds)
        except (WaitTimeout, ResourceFailed) as error:
            if stored.labels.get(ROLLOUT) != STARTED:
                raise ResourceFailed(f"{self._desired.title} is up to date, but does not work: {error}") from error
            raise self._gone_back(str(error), previous) from error
        if stored.labels.get(ROLLOUT) == STARTED:
            self._store.finish(stored.number)
        return stored

    def repair(self, newest: Revision, base: int | None) -> None:
        """Clear away what a killed run left, so that helm works on the release again."""
        if base is None or newest.status in ("pending-install", "uninstalling"):
            self.uninstall()
        else:
            self._rollback(base)

    def uninstall(self) -> None:
        """Uninstall and wait until the objects are gone. helm's wait is cut to the life of its token, and begun again."""
        end = time.monotonic() + self._desired.timeout_seconds
        while True:
            command = [
                "uninstall",
                self._desired.name,
                *self._common(),
                self._helm.wait_until_gone,
                "--cascade=foreground",
                "--ignore-not-found",
            ]
            try:
                self._helm.run(*command, changes=True)
                return
            except HelmError as error:
                if time.monotonic() < end and any(words in str(error) for words in CUT_WAITS):
                    continue
                raise PlatformError(f"{self._desired.title} could not be uninstalled: {error}") from error

    def newest(self) -> StoredReleases:
        """The newest revision, in full."""
        for revision in self._store.revisions():
            stored = self._store.read(revision.number)
            if stored is not None:
                return stored
        raise PlatformError(f"{self._desired.title} was deployed, but helm stored no revision. Run again.")

    def _live(self, manifest: str) -> LiveObjects:
        return LiveObjects(self._client, objects_of(manifest, self._desired.namespace), self._desired.namespace)

    def _common(self) -> list[str]:
        return [f"--namespace={self._desired.namespace}", timeout_argument(self._desired.timeout_seconds)]

    def _gone_back(self, reason: str, previous: int | None) -> PlatformError:
        """Collect why, go back, and give the error that says both."""
        revisions = self._store.revisions()
        if not revisions or revisions[0].number == previous:
            return PlatformError(f"{self._desired.title}: helm changed nothing: {reason}")
        failed = revisions[0]
        reported = f"{self._desired.title}: revision {failed.number} failed: {reason} {self._about_hooks(failed)}".rstrip()
        goal = rollback_target(revisions, failed.number) or previous
        try:
            if goal is None:
                self.uninstall()
                return ResourceFailed(f"{reported} The release was uninstalled, because it had no earlier revision.")
            self._rollback(goal)
            self._live(self.newest().manifest).wait(self._desired.timeout_seconds)
        except ControllerGone:
            raise
        except PlatformError as error:
            return ResourceFailed(f"{reported} The rollback failed too: {error}")
        return ResourceFailed(f"{reported} The release was rolled back to revision {goal}.")

    def _rollback(self, goal: int) -> None:
        options = [*self._common(), *self._helm.client_side, f"--history-max={self._desired.history_max}"]
        command = ["rollback", self._desired.name, str(goal), *options]
        left = self.newest()
        try:
            self._helm.run(*command, changes=True)
        except HelmError as error:
            if not UNKNOWN_TO_HELM.search(str(error)):
                raise
            self._helm.run(*command, changes=True)
            self._remove(left)

    def _remove(self, left: StoredReleases) -> None:
        """Delete what a revision brought and the newest one does not have: a rollback that took two attempts has forgotten it."""
        kept = objects_of(self.newest().manifest, self._desired.namespace)
        gone = {name: obj for name, obj in objects_of(left.manifest, self._desired.namespace).items() if name not in kept}
        for path, obj in LiveObjects(self._client, gone, self._desired.namespace).at_paths().items():
            if is_deleted_with(obj["metadata"], self._desired.name, self._desired.namespace):
                self._client.delete(path, obj["metadata"]["uid"], "Background")

    def _about_hooks(self, failed: Revision) -> str:
        """What the failed revision's hook Jobs say, when helm stopped at one."""
        stored = self._store.read(failed.number)
        if stored is None or failed.status != "failed":
            return ""
        hooks = {name: obj for name, obj in objects_of(stored.hooks, self._desired.namespace).items() if name.kind in ("Job", "Pod")}
        found = [obj for obj in LiveObjects(self._client, hooks, self._desired.namespace).found.values() if obj]
        try:
            wait_until_ready(self._client, {str(number): obj for number, obj in enumerate(found)}, 0)
        except (WaitTimeout, ResourceFailed) as error:
            return str(error)
        return ""
