# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is wanted of a release, and what differs from what helm stored. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._kubernetes.diff import MISSING, differences, shortened
from .._kubernetes.objects import ObjectIdentity
from .._resource import KNOWN_AFTER_APPLY, Outcome
from .chart import Chart
from .manifest import ObjectChange
from .release_storage import CHART_DIGEST, DEPLOYED, ENVIRONMENT, ROLLOUT, RUN, STARTED, Revision, StoredReleases

KIND = "helm release"


@dataclass(frozen=True)
class DesiredRelease:
    """The module's options."""

    name: str
    namespace: str
    chart: Chart | None = None
    chart_name: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    check_mode: bool = False
    environment: str | None = None
    adopt: bool = False
    create_namespace: bool = False
    skip_crds: bool = False
    history_max: int = 25
    repair_pending: bool = False
    repair_drift: bool = True
    wait: bool = True
    timeout_seconds: float = 300
    kubernetes_version: str | None = None

    @property
    def title(self) -> str:
        return f"{KIND} {self.namespace}/{self.name}"


@dataclass
class ReleasePlan:
    """What would be done.

    reasons: {field of the release: (before, after)}; objects: what changes in the cluster; dropped_claims: the PersistentVolumeClaims
    that helm deletes although the release stays.
    """

    action: str | None = None
    reasons: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    objects: dict[ObjectIdentity, ObjectChange] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    dropped_claims: list[str] = field(default_factory=list)

    def outcome(self, desired: DesiredRelease) -> Outcome:
        """The plan as the module returns it: fields of the release, then one entry for each object."""
        before: dict[str, Any] = {name: shortened(old) for name, (old, _new) in self.reasons.items() if old is not MISSING}
        after: dict[str, Any] = {name: shortened(new) for name, (_old, new) in self.reasons.items() if new is not MISSING}
        for name, change in self.objects.items():
            left, right = change.shown()
            before |= {str(name): left} if left else {}
            after |= {str(name): right} if right else {}
        attributes = [*self.reasons, *(str(name) for name in self.objects)]
        return Outcome(KIND, f"{desired.namespace}/{desired.name}", self.action, True, attributes, before, after, notes=self.notes)


def reasons_for_change(
    stored: StoredReleases, newest: Revision, chart: Chart, name: str, values: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """What of the release itself differs: its status, its chart, the values that the user gave."""
    found: dict[str, tuple[Any, Any]] = {}
    if newest.status != DEPLOYED:
        found["status"] = (newest.status, DEPLOYED)
    if stored.chart != name:
        found["chart"] = (stored.chart, name)
    if chart.local:
        if stored.labels.get(CHART_DIGEST) != chart.digest:
            found["chart_digest"] = (stored.labels.get(CHART_DIGEST, MISSING), chart.digest)
    elif stored.chart_version.removeprefix("v") != str(chart.version).removeprefix("v"):
        found["chart_version"] = (stored.chart_version, chart.version)
    found.update(differences(dict(stored.values), dict(values), "values"))
    return found


def labels(desired: DesiredRelease, run: str) -> str:
    """The labels of a new revision, for helm upgrade --labels."""
    chosen = {ROLLOUT: STARTED, CHART_DIGEST: desired.chart.digest if desired.chart else "", ENVIRONMENT: desired.environment, RUN: run}
    return ",".join(f"{name}={value}" for name, value in chosen.items() if value)


def base_of(revisions: Sequence[Revision]) -> int | None:
    """The revision that the cluster shows, or showed before an upgrade that did not come to its end; None when there is none."""
    if not revisions or revisions[0].status in ("pending-install", "uninstalling", "uninstalled"):
        return None
    # helm marks the old revision superseded just before the new one deployed: a run killed in between leaves none deployed
    for status in (DEPLOYED, "superseded"):
        for revision in revisions:
            if revision.status == status:
                return revision.number
    return None


def not_ours(newest: Revision, environment: str | None) -> str | None:
    """Why this release may not be touched for the environment; None when it may."""
    owner = newest.labels.get(ENVIRONMENT)
    if environment is None or owner == environment:
        return None
    return "it was not created by this collection" if owner is None else f"it belongs to the environment {owner}"


def as_resource(
    desired: DesiredRelease,
    stored: StoredReleases | None,
    metadata: Mapping[str, Any],
    revision: Any = None,
    dropped_claims: Sequence[str] = (),
) -> dict[str, Any]:
    """The module's result: the release as helm stored it, or, in a plan, as it would be."""
    if stored is not None and revision is None:
        facts = {"revision": stored.number, "status": stored.status, "chart": stored.chart}
        facts |= {"chart_version": stored.chart_version, "app_version": stored.app_version}
    else:
        facts = {"revision": revision or KNOWN_AFTER_APPLY, "status": DEPLOYED, "chart": metadata["name"]}
        facts |= {"chart_version": metadata["version"], "app_version": metadata["appVersion"]}
    return {"name": desired.name, "namespace": desired.namespace, **facts, "dropped_claims": list(dropped_claims)}
