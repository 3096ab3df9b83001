"""The stand-in's mirror of chart repositories."""

from __future__ import annotations

import hashlib
import io
import tarfile

import yaml
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.registry import ADDONS

from tests.standin import chart_repository
from tests.support import collection

VARIABLES = collection.load(collection.ROLES / "k8s_addons" / "vars" / "main.yml")


def test_the_repository_has_every_chart_at_its_locked_version():
    entries = yaml.safe_load(chart_repository.answer(f"{chart_repository.PREFIX}kubernetes.github.io/autoscaler/index.yaml")[2])["entries"]
    for addon in ADDONS.values():
        assert addon.chart.version in [entry["version"] for entry in entries[addon.chart.name]]


def test_an_archive_is_what_helm_expects_and_always_the_same():
    path = f"{chart_repository.PREFIX}anywhere/metrics-server-3.13.1.tgz"
    status, _kind, content = chart_repository.answer(path)
    assert status == 200
    assert content == chart_repository.answer(path)[2]
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        assert "metrics-server/Chart.yaml" in archive.getnames()


def test_the_manifest_of_the_gateway_api_has_the_checksum_of_the_release():
    pinned = VARIABLES["__k8s_addons_gateway_api"]
    status, _kind, content = chart_repository.answer(chart_repository.PREFIX + pinned["url"].removeprefix("https://"))
    assert status == 200
    assert f"sha256:{hashlib.sha256(content).hexdigest()}" == pinned["checksum"]


def test_a_missing_chart_is_not_found():
    assert chart_repository.answer(f"{chart_repository.PREFIX}x/nothing-1.0.0.tgz")[0] == 404
