# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a chart would make of the values, by helm's own dry run. Changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .._errors import PlatformError
from .binary import Helm, HelmError
from .chart import Chart, read_metadata
from .manifest import Objects, objects_of
from .plan import DesiredRelease

UNKNOWN_KIND = ("no matches for kind", "ensure CRDs are installed first")
#: helm's words for a repository or registry that cannot be asked
NO_REPOSITORY = ("cannot be reached", "dial tcp", "FetchReference", "no such host", "i/o timeout")


class Renderer:
    """Renders one chart with one set of values, as often as asked."""

    def __init__(self, helm: Helm, desired: DesiredRelease, directory: Path, cluster: bool) -> None:
        if desired.chart is None:
            raise PlatformError("chart is required to install a release.")
        self._chart: Chart = desired.chart
        self._helm = helm
        self._desired = desired
        self._directory = directory
        self._cluster = cluster
        self._path: Path | None = None

    def path(self) -> Path:
        """The chart on this machine: its own path, or the archive fetched once."""
        if self._path is None:
            self._path = Path(self._chart.reference) if self._chart.local else self._fetch()
        return self._path

    def metadata(self) -> dict[str, Any]:
        return read_metadata(self.path())

    def values(self) -> str:
        """The values for helm's standard input: JSON is YAML, but for characters that JSON escapes as two halves."""
        return json.dumps(self._desired.values, ensure_ascii=False)

    def objects(self, exists: bool, unfinished: bool = False) -> tuple[Objects, list[str]]:
        """The objects that helm would make, and what should be known of the answer."""
        desired = self._desired
        if self._cluster and not unfinished:
            command = ["upgrade", "--install", desired.name, str(self.path()), f"--namespace={desired.namespace}", "--values=-"]
            command += ["--reset-values", "--dry-run=server", "--output=json", *(["--take-ownership"] if desired.adopt else [])]
            try:
                manifest = json.loads(self._helm.run(*command, values=self.values()))["manifest"]
                return objects_of(manifest, desired.namespace), []
            except HelmError as error:
                if not any(words in str(error) for words in UNKNOWN_KIND):
                    raise PlatformError(f"{desired.title}: the chart cannot be rendered: {error}") from error
                note = (
                    f"{desired.title}: the cluster does not have all CRDs of the chart yet, so the chart was rendered without the cluster."
                )
                return self._alone(exists, False), [note]
        return self._alone(exists, self._cluster), []

    def _alone(self, exists: bool, ask_cluster: bool) -> Objects:
        desired = self._desired
        command = ["template", desired.name, str(self.path()), f"--namespace={desired.namespace}", "--values=-", "--no-hooks"]
        command += ["--is-upgrade"] if exists else []
        if ask_cluster:
            command += self._helm.with_cluster
        elif (desired.kubernetes_version or "")[:1].isdigit():  # helm would take a very old one
            command.append(f"--kube-version={desired.kubernetes_version}")
        try:
            return objects_of(self._helm.run(*command, values=self.values()), desired.namespace)
        except HelmError as error:
            raise PlatformError(f"{desired.title}: the chart cannot be rendered: {error}") from error

    def _fetch(self) -> Path:
        chart = self._chart
        folder = self._directory / "chart"
        folder.mkdir(exist_ok=True)
        command = ["pull", chart.reference, f"--version={chart.version}", f"--destination={folder}"]
        command += [f"--repo={chart.repository}"] if chart.repository else []
        try:
            self._helm.run(*command)
        except HelmError as error:
            if any(words in str(error) for words in NO_REPOSITORY):
                raise PlatformError(
                    f"The chart repository {chart.place} does not respond, or is not a chart repository: {error}"
                ) from error
            raise PlatformError(f"The chart {chart.reference} {chart.version} cannot be downloaded from {chart.place}: {error}") from error
        found = sorted(folder.glob("*.tgz"))
        if not found:
            raise PlatformError(
                f"The chart {chart.reference} {chart.version} was downloaded from {chart.place}, but helm created no archive."
            )
        return found[0]
