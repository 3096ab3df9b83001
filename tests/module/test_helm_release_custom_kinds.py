"""The module helm_release with a chart that brings a kind of its own."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from tests.module.kubernetes_foundation import Cluster

CHART = Path(__file__).parent / "charts" / "custom"


@pytest.fixture
def cluster(standin):
    return Cluster(standin)


@pytest.fixture
def options(cluster, unique):
    name = unique("app")
    place = {"name": name, "namespace": cluster.namespace(name)}
    return {**cluster.options, "environment": "staging", **place, "chart": str(CHART), "values": {"size": 1}}


@pytest.fixture
def release(run_module, options):
    def run(check_mode=False, **more):
        return run_module("helm_release", check_mode=check_mode, **{**options, **more})

    return run


@pytest.fixture
def widget(cluster, options):
    """Read the object that the chart brings."""
    return functools.partial(cluster.get, f"/apis/helm-tests.example.com/v1/namespaces/{options['namespace']}/widgets/{options['name']}")


def test_drift_of_a_custom_resource_is_reverted(release, cluster, options, widget):
    release()
    cluster.kubernetes.merge(widget.args[0], {"spec": {"size": 2, "of": "somebody else"}})
    assert [action["attributes"] for action in release(check_mode=True)["actions"]] == [[f"Widget {options['name']}"]]
    assert release()["changed"]
    assert widget()["spec"] == {"size": 1, "text": "plain", "of": "somebody else"}
    assert not release()["changed"]
    assert [status for _number, status in cluster.revisions(options["namespace"], options["name"])] == ["superseded", "deployed"]


def test_characters_of_every_unicode_plane_are_deployed(release, widget):
    release(values={"text": "ü ✓ 🚀"})
    assert widget()["spec"]["text"] == "ü ✓ 🚀"
