"""The real metrics-server serves its API with the flags and the rights of its chart.

It reads the nodes, and not their metrics: nothing of a kubelet answers at the internal addresses of the stand-in's nodes.
"""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import metrics_server

from tests.controllers import programs, running
from tests.module.kubernetes_foundation import Cluster
from tests.standin.processes import release_port, reserve_port
from tests.standin.webhooks.service_network import SERVED_BY
from tests.support.until import until

NAME = "metrics-server"
API = "/apis/metrics.k8s.io/v1beta1"
SERVICE = f"/api/v1/namespaces/{NAME}/services/{NAME}"
REGISTRATION = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io"
#: the role by which the chart lets others read
READER = "system:metrics-server-aggregated-reader"
#: of the pod: its container's port, its directory, and what it finds in its own pod
OF_THE_POD = ("--secure-port", "--cert-dir")


class Server:
    """The process, and what it answers itself."""

    def __init__(self, process, port):
        self.process, self.port = process, port

    def ask(self, path, token=""):
        """Status and text."""
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=ssl._create_unverified_context()))
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""


@pytest.fixture
def cluster(standin):
    return Cluster(standin)


@pytest.fixture
def objects(cluster, obtain, tmp_path):
    """The chart's objects, of which all but the APIService are in the cluster."""
    chart = obtain(programs.chart, programs.METRICS_SERVER)
    found = running.rendered(chart, NAME, NAME, metrics_server.values({}), tmp_path)
    cluster.namespace(NAME)
    running.apply(cluster, [obj for obj in found if obj["kind"] not in ("APIService", "PodDisruptionBudget")])
    return found


@pytest.fixture
def server(cluster, obtain, objects, tmp_path):
    """The process, reached as its Service."""
    program = obtain(programs.provide, programs.METRICS_SERVER)
    kubeconfig = running.as_service_account(cluster, tmp_path, objects, NAME)
    port = reserve_port()
    args = [arg for arg in running.container(objects, NAME)["args"] if arg.partition("=")[0] not in OF_THE_POD]
    args += [f"--{name}={kubeconfig}" for name in ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")]
    args += [f"--secure-port={port}", "--bind-address=127.0.0.1", f"--cert-dir={tmp_path}"]
    cluster.kubernetes.merge(SERVICE, {"metadata": {"annotations": {SERVED_BY: f"127.0.0.1:{port}"}}})
    with running.process(program, args, {}, tmp_path / "log") as process:
        yield Server(process, port)
    release_port(port)


@pytest.fixture
def registration(cluster, objects):
    """The APIService, as long as its server is there: without one no namespace can be deleted."""
    running.apply(cluster, [obj for obj in objects if obj["kind"] == "APIService"])
    yield
    cluster.kubernetes.delete(REGISTRATION)


def test_the_chart_is_the_pinned_one_and_the_program_the_nearest(obtain):
    described = yaml.safe_load((obtain(programs.chart, programs.METRICS_SERVER) / "Chart.yaml").read_text())
    assert described["version"] == programs.pinned_charts()["metrics_server"].version
    assert described["appVersion"] == programs.METRICS_SERVER.version


def test_the_metrics_api_becomes_available(cluster, server, registration):
    def available():
        assert server.process.poll() is None
        found = {each["type"]: each["status"] for each in (cluster.get(REGISTRATION) or {}).get("status", {}).get("conditions", [])}
        return found.get("Available") == "True"

    until(available, what="the APIService is Available")
    assert {resource["name"] for resource in cluster.kubernetes.get(API)["resources"]} == {"nodes", "pods"}
    assert cluster.kubernetes.get(f"{API}/nodes")["kind"] == "NodeMetricsList"  # the API server says who asks


def test_metrics_server_delegates_authorization_to_the_api_server(cluster, server):
    reader = running.kubectl(cluster, "create", "token", NAME, "--namespace", NAME).strip()
    stranger = running.kubectl(cluster, "create", "token", "default", "--namespace", NAME).strip()
    until(lambda: server.ask("/livez")[0] == 200)
    assert [server.ask(f"{API}/nodes", token)[0] for token in (stranger, "none")] == [403, 401]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": READER}
    subject = {"kind": "ServiceAccount", "name": NAME, "namespace": NAME}
    binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "may-read-metrics"}}
    running.apply(cluster, [{**binding, "roleRef": role, "subjects": [subject]}])
    until(lambda: server.ask(f"{API}/nodes", reader)[0] == 200)


def test_metrics_server_is_ready_except_for_missing_kubelet_metrics(server):
    until(lambda: "[+]metric-informer-sync ok" in server.ask("/readyz?verbose")[1])
    answer = server.ask("/readyz?verbose")[1]
    assert [line.split()[0] for line in answer.splitlines() if line.startswith("[-]")] == ["[-]metric-storage-ready"]
