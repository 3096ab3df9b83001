"""helm_release with a chart of a repository."""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from tests.module.kubernetes_foundation import Cluster

MODULE = "helm_release"
CHART = Path(__file__).parent / "charts" / "plain"


@pytest.fixture
def cluster(standin):
    return Cluster(standin)


@pytest.fixture
def options(cluster, unique):
    name = unique("app")
    return {
        **cluster.options,
        "environment": "staging",
        "name": name,
        "namespace": cluster.namespace(name),
        "chart": str(CHART),
        "values": {"image": "registry.example.com/app:1"},
    }


@pytest.fixture
def release(run_module, options):
    """Run the module with the options, and others."""

    def run(expect_failure=False, check_mode=False, **more):
        return run_module(MODULE, expect_failure=expect_failure, check_mode=check_mode, **{**options, **more})

    return run


def test_a_repository_is_queried_only_for_a_new_chart_version(release, options, cluster, tmp_path, chart_repository):
    remote = {"chart": "plain", "repository": chart_repository.url, "version": "1.0.0"}
    assert release(**remote)["release"]["chart_version"] == "1.0.0"
    chart_repository.stop()
    assert not release(**remote)["changed"]  # nobody is asked
    failed = release(**{**remote, "version": "2.0.0"}, expect_failure=True)
    assert f"The chart repository {chart_repository.url} does not respond" in failed["msg"]


@pytest.fixture
def chart_repository(standin, tmp_path):
    """A chart repository on this machine with the chart in it."""
    folder = tmp_path / "repository"
    helm = shutil.which("helm", path=standin.environment["PATH"])
    assert helm
    subprocess.run([helm, "package", str(CHART), "-d", str(folder)], check=True, capture_output=True)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    url = f"http://127.0.0.1:{server.server_port}"
    subprocess.run([helm, "repo", "index", str(folder), "--url", url], check=True, capture_output=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    class Repository:
        def __init__(self):
            self.url = url
            self._running = True

        def stop(self):
            if self._running:
                server.shutdown()
                server.server_close()
                self._running = False

    repository = Repository()
    yield repository
    repository.stop()
