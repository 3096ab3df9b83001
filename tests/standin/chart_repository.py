"""A repository of charts, and the manifest of the Gateway API: what the collection would fetch from the internet, as a mirror has it.

The charts are small ones of our own (tests/standin/charts) under the names and versions of the real ones. The manifest is the real one.
Below PREFIX any host and path may stand, as a mirror has them: `PREFIX/kubernetes.github.io/autoscaler/index.yaml`.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import Any

import yaml

from tests.standin import gateway_api

PREFIX = "/_standin/charts/"
CHARTS = Path(__file__).parent / "charts"
MANIFEST = "standard-install.yaml"
#: a further version of a chart, with the same content, for tests that change a version
ALSO = "standin/also"
#: as hack/build-install-yaml.sh of the Gateway API has it
LICENSE, YEAR = "hack/boilerplate/boilerplate.sh.txt", "2026"


def answer(path: str) -> tuple[int, str, bytes]:
    """HTTP status, content type and body of what is asked for below PREFIX."""
    name = path.rsplit("/", 1)[-1]
    if name == "index.yaml":
        return 200, "application/yaml", yaml.safe_dump(index()).encode()
    if name == MANIFEST:
        return 200, "application/yaml", manifest()
    for chart, versions in _versions().items():
        for version in versions:
            if name == f"{chart}-{version}.tgz":
                return 200, "application/gzip", archive(chart, version)
    return 404, "text/plain", f"the stand-in's mirror has no {name}".encode()


def index() -> dict[str, Any]:
    """The repository's index.yaml."""
    entries = {
        chart: [{**_metadata(chart), "version": version, "urls": [f"{chart}-{version}.tgz"]} for version in versions]
        for chart, versions in _versions().items()
    }
    return {"apiVersion": "v1", "entries": entries, "generated": "2026-01-01T00:00:00Z"}


def archive(chart: str, version: str) -> bytes:
    """A chart's archive, always the same."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path in sorted(path for path in (CHARTS / chart).rglob("*") if path.is_file()):
            content = path.read_bytes()
            if path.name == "Chart.yaml":
                content = yaml.safe_dump({**_metadata(chart), "version": version}).encode()
            member = tarfile.TarInfo(f"{chart}/{path.relative_to(CHARTS / chart).as_posix()}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def manifest() -> bytes:
    """standard-install.yaml as the Gateway API releases it, put together from its own files by its own rules."""
    directory = gateway_api.manifest_directory()
    root = directory.parents[len(gateway_api.CHANNEL.parts) - 1]
    parts = [(root / LICENSE).read_text().replace("YEAR", YEAR), "#\n# Gateway API Standard channel install\n#\n"]
    for path in sorted(directory.glob("gateway*.yaml")):
        parts.append(f"---\n#\n# {path.relative_to(root).as_posix()}\n#\n{path.read_text()}")
    return "".join(parts).encode()


def _versions() -> dict[str, list[str]]:
    found = {}
    for path in sorted(CHARTS.glob("*/Chart.yaml")):
        metadata = _metadata(path.parent.name)
        also = (metadata.get("annotations") or {}).get(ALSO)
        found[path.parent.name] = [str(metadata["version"]), *([also] if also else [])]
    return found


def _metadata(chart: str) -> dict[str, Any]:
    metadata: dict[str, Any] = yaml.safe_load((CHARTS / chart / "Chart.yaml").read_text())
    return metadata
