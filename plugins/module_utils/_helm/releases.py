# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Several releases of one cluster, side by side."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .._errors import PlatformError
from .._kubernetes.client import KubernetesClient
from .._parallel import run_parallel
from .._resource import Outcome
from .binary import Helm
from .options import desired_of
from .plan import DesiredRelease
from .release import Release
from .release_storage import Revision, all_revisions

#: options of helm_release that all releases share
SHARED = ("environment", "adopt", "wait", "wait_timeout", "history_max", "repair_pending", "repair_drift", "kubernetes_version")
LATER = "last"


class Releases:
    """The releases of one call.

    client None: the cluster does not exist yet (check mode). before_change: raises when nothing may be changed.
    directory: private and temporary. at_once: how many are worked on at the same time.
    """

    def __init__(self, client: KubernetesClient | None, before_change: Callable[[str], None], directory: Path, at_once: int) -> None:
        self._client = client
        self._before_change = before_change
        self._directory = directory
        self._at_once = at_once
        self._listed: Mapping[tuple[str, str], Sequence[Revision]] = {}

    def reconcile(self, entries: Sequence[Mapping[str, Any]], shared: Mapping[str, Any], check_mode: bool) -> list[Outcome]:
        """Bring all to what is wanted, those that go first, then those that come, then the last; the outcomes in the order given.

        What fails does not hold up the others of its stage. Raises PlatformError with every reason.
        """
        desired = [_desired(entry, shared, check_mode) for entry in entries]
        if self._client is not None:
            self._listed = all_revisions(self._client)
        outcomes: dict[int, Outcome] = {}
        for stage in _stages(entries):
            outcomes |= self._stage({number: (entries[number]["state"], desired[number]) for number in stage})
        return [outcomes[number] for number in sorted(outcomes)]

    def _stage(self, chosen: Mapping[int, tuple[str, DesiredRelease]]) -> dict[int, Outcome]:
        works = {number: functools.partial(self._one, number, state, desired) for number, (state, desired) in chosen.items()}
        return run_parallel(works, self._at_once)

    def _one(self, number: int, state: str, desired: DesiredRelease) -> Outcome:
        directory = self._directory / str(number)
        directory.mkdir()
        helm = Helm(self._client, directory, self._before_change)
        listed = self._listed.get((desired.namespace, desired.name), [])
        release = Release(self._client, helm, desired, directory, listed)
        return (release.absent() if state == "absent" else release.present())[0]


def _desired(entry: Mapping[str, Any], shared: Mapping[str, Any], check_mode: bool) -> DesiredRelease:
    """One release's options, as helm_release takes them; a namespace is created by whoever sets its labels."""
    own = {key: entry.get(key) for key in ("name", "namespace", "chart", "repository", "version", "state")}
    common = {key: shared[key] for key in SHARED}
    options = {**common, **own, "values": entry.get("values") or {}, "create_namespace": False, "skip_crds": bool(entry.get("skip_crds"))}
    if entry["state"] == "present" and not entry.get("chart"):
        raise PlatformError(f"releases, {entry['name']}: chart is required, for example chart: metrics-server.")
    return desired_of(options, check_mode)


def _stages(entries: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    deleting = [number for number, entry in enumerate(entries) if entry["state"] == "absent"]
    coming = [number for number in range(len(entries)) if number not in deleting]
    return [deleting, [n for n in coming if not entries[n].get(LATER)], [n for n in coming if entries[n].get(LATER)]]
