"""One real control plane with its loops: nodes, pods that fail, logs, tokens."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from tests.standin import gateway_api
from tests.standin.binaries import provide
from tests.standin.control_plane import ControlPlane
from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.loops import ClusterLoops
from tests.standin.loops.gateways import API, CONTROLLER
from tests.standin.loops.node_objects import Instance
from tests.standin.processes import is_alive
from tests.standin.token_webhook import review
from tests.support.until import until
from tests.unit.standin.tokens import POLICY, Lookup, make_token

ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
ZONE = "topology.kubernetes.io/zone"
PODS = "/api/v1/namespaces/default/pods"


class View:
    """An AWS with three subnets and the node groups that a test wants."""

    endpoint_url, region = "http://127.0.0.1:9", "eu-west-1"

    def __init__(self) -> None:
        self._groups: list[dict[str, Any]] = []
        self.mutations = 0
        self.real_controllers: tuple[str, ...] = ()

    @property
    def groups(self) -> list[dict[str, Any]]:
        return self._groups

    @groups.setter
    def groups(self, groups: list[dict[str, Any]]) -> None:
        self._groups = groups
        self.mutations += 1

    def node_groups(self, cluster: str) -> list[dict[str, Any]]:
        return self.groups

    def exchange_instances(self, cluster: str, group: str, instances: list[Instance]) -> set[str]:
        return set()

    def subnets(self) -> list[dict[str, Any]]:
        zones = {"subnet-a": "a", "subnet-b": "b", "subnet-c": "c"}
        return [
            {"SubnetId": name, "AvailabilityZone": f"eu-west-1{zone}", "CidrBlock": f"10.0.{ord(zone) - 97}.0/24"}
            for name, zone in zones.items()
        ]

    def addon_status(self, cluster: str, name: str) -> str | None:
        return None


class Cluster:
    def __init__(self, control_plane: ControlPlane, view: View, lookup: Lookup, loops: ClusterLoops) -> None:
        self.control_plane, self.view, self.lookup, self.loops = control_plane, view, lookup, loops
        self.client: KubernetesClient = control_plane.client()

    def nodes(self) -> list[dict[str, Any]]:
        return self.client.items("/api/v1/nodes")

    def pods(self, name: str) -> list[dict[str, Any]]:
        return self.client.items(f"{PODS}?labelSelector=app={name}")

    def deploy(self, name: str, replicas: int = 1, annotations: dict[str, str] | None = None, image: str = "example/app:1") -> None:
        template = {
            "metadata": {"labels": {"app": name}, "annotations": annotations or {}},
            "spec": {"containers": [{"name": "app", "image": image}], "terminationGracePeriodSeconds": 0},
        }
        spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
        body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
        self.client.create("/apis/apps/v1/namespaces/default/deployments", body, accept=())


class LateLookup(Lookup):
    """A lookup that knows its control plane once that is there."""

    running: ControlPlane | None = None

    def control_plane(self, cluster: str) -> ControlPlane | None:
        return self.running


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    directory = tmp_path_factory.mktemp("cluster")
    lookup = LateLookup({"username": "anna", "associatedAccessPolicies": []})

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = {**request, "status": review(request["spec"]["token"], "demo", lookup)}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    webhook = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=webhook.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{webhook.server_port}/token"
    control_plane = ControlPlane(directory / "demo", "demo", "1.33", ISSUER, url, provide(directory / "bin", lambda line: None))
    lookup.running = control_plane
    control_plane.start()
    view = View()
    loops = ClusterLoops(control_plane, view)
    loops.start()
    yield Cluster(control_plane, view, lookup, loops)
    loops.stop()
    processes = json.loads((control_plane.directory / "processes.json").read_text())
    control_plane.stop()
    webhook.shutdown()
    assert len(processes) == 5
    assert not any(is_alive(process) for process in processes.values())
    assert not (control_plane.directory / "etcd").exists()


@pytest.fixture
def group(cluster: Cluster) -> Iterator[dict[str, Any]]:
    """Three nodes."""
    made = {
        "nodegroupName": "main",
        "status": "ACTIVE",
        "version": "1.33",
        "releaseVersion": "1.33.5-20251007",
        "scalingConfig": {"minSize": 1, "maxSize": 5, "desiredSize": 3},
        "subnets": ["subnet-a", "subnet-b", "subnet-c"],
        "instanceTypes": ["m6i.large"],
        "labels": {"team": "blue"},
        "taints": [],
    }
    cluster.view.groups = [made]
    until(lambda: [node["metadata"]["labels"].get("team") for node in cluster.nodes()] == ["blue"] * 3)
    yield made
    cluster.client.delete("/apis/apps/v1/namespaces/default/deployments")
    cluster.client.delete("/apis/policy/v1/namespaces/default/poddisruptionbudgets")
    cluster.view.groups = []
    until(lambda: not cluster.nodes() and not cluster.client.items(PODS))


def test_the_api_server_is_the_real_one(cluster: Cluster) -> None:
    assert cluster.client.get("/version")["gitVersion"] == "v1.35.4"
    assert cluster.client.get("/.well-known/openid-configuration")["issuer"] == ISSUER
    classes = {item["metadata"]["name"]: item["provisioner"] for item in cluster.client.items("/apis/storage.k8s.io/v1/storageclasses")}
    assert classes == {"gp2": "kubernetes.io/aws-ebs"}


def test_nodes_follow_their_group(cluster: Cluster, group: dict[str, Any]) -> None:
    nodes = cluster.nodes()
    assert {node["metadata"]["labels"][ZONE] for node in nodes} == {"eu-west-1a", "eu-west-1b", "eu-west-1c"}
    assert {node["status"]["nodeInfo"]["kubeletVersion"] for node in nodes} == {"v1.33.5-eks-standin"}
    assert {node["status"]["capacity"]["cpu"] for node in nodes} == {"2"}
    foreign = {"key": "DeletionCandidateOfClusterAutoscaler", "effect": "PreferNoSchedule"}
    for node in nodes:
        cluster.client.merge(f"/api/v1/nodes/{node['metadata']['name']}", {"spec": {"taints": [foreign]}})
    group["labels"] = {"color": "red"}
    group["taints"] = [{"key": "only", "value": "x", "effect": "NO_SCHEDULE"}]
    names = sorted(node["metadata"]["name"] for node in nodes)

    def changed() -> bool:
        return all(
            node["metadata"]["labels"].get("color") == "red"
            and "team" not in node["metadata"]["labels"]
            and node["spec"].get("taints") == [foreign, {"key": "only", "value": "x", "effect": "NoSchedule"}]
            for node in cluster.nodes()
        )

    until(changed)
    assert sorted(node["metadata"]["name"] for node in cluster.nodes()) == names
    group["scalingConfig"]["desiredSize"] = 1
    until(lambda: len(cluster.nodes()) == 1)


def test_a_pod_is_ready_once_its_readiness_gates_are_open(cluster: Cluster, group: dict[str, Any]) -> None:
    spec = {"containers": [{"name": "app", "image": "example/app:1"}], "readinessGates": [{"conditionType": "example.com/gate"}]}
    cluster.client.create(PODS, {"metadata": {"name": "gated"}, "spec": {**spec, "terminationGracePeriodSeconds": 0}})

    def conditions() -> dict[str, str]:
        found = cluster.client.get(f"{PODS}/gated")["status"].get("conditions") or []
        return {each["type"]: each["status"] for each in found}

    until(lambda: conditions().get("ContainersReady") == "True")
    assert conditions()["Ready"] == "False"
    opened = {"type": "example.com/gate", "status": "True"}
    known = cluster.client.get(f"{PODS}/gated")["status"]["conditions"]
    cluster.client.merge(f"{PODS}/gated/status", {"status": {"conditions": [*known, opened]}})
    until(lambda: conditions()["Ready"] == "True")


def test_an_update_replaces_nodes_one_after_another(cluster: Cluster, group: dict[str, Any]) -> None:
    cluster.deploy("web", replicas=2)
    until(lambda: [pod["status"]["phase"] for pod in cluster.pods("web")] == ["Running"] * 2)
    spec = {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}
    budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": spec}
    cluster.client.create(budgets, budget)
    until(lambda: cluster.client.get(f"{budgets}/web").get("status", {}).get("currentHealthy") == 2)
    holding = {pod["spec"]["nodeName"] for pod in cluster.pods("web")}
    group["releaseVersion"] = "1.33.6-20251107"
    until(lambda: any(node["spec"].get("unschedulable") for node in cluster.nodes() if node["metadata"]["name"] in holding))
    passes = cluster.loops.passes
    until(lambda: cluster.loops.passes > passes + 3, 20, "the loops have tried again and again")
    assert len(cluster.nodes()) in (3, 4)
    assert {pod["spec"]["nodeName"] for pod in cluster.pods("web")} == holding
    cluster.client.delete(f"{budgets}/web")
    versions: list[int] = []

    def replaced() -> bool:
        seen = [node["status"]["nodeInfo"]["kubeletVersion"] for node in cluster.nodes()]
        versions.append(len(seen))
        return seen == ["v1.33.6-eks-standin"] * 3

    until(replaced)
    assert set(versions) <= {3, 4}
    until(lambda: [pod["status"]["phase"] for pod in cluster.pods("web")] == ["Running"] * 2)


def _waiting(pod: dict[str, Any]) -> str:
    statuses = pod["status"].get("containerStatuses") or [{}]
    return str(statuses[0].get("state", {}).get("waiting", {}).get("reason"))


def _events(cluster: Cluster, pod: dict[str, Any]) -> set[str]:
    selector = f"involvedObject.name={pod['metadata']['name']}"
    return {event["reason"] for event in cluster.client.items(f"/api/v1/namespaces/default/events?fieldSelector={selector}")}


def _logs(cluster: Cluster, pod: dict[str, Any], options: str = "") -> str:
    return str(cluster.client.call("GET", f"{PODS}/{pod['metadata']['name']}/log{options}", accept=(400,)))


def test_pods_fail_as_asked(cluster: Cluster, group: dict[str, Any]) -> None:
    cluster.deploy("good", annotations={"standin/fail": "no"})
    cluster.deploy("image", annotations={"standin/fail": "image"})
    cluster.deploy("nowhere", image="registry.invalid:5000/app:1")
    cluster.deploy("crash", annotations={"standin/fail": "crash", "standin/logs": "first\nsecond"})
    cluster.deploy("unready", annotations={"standin/fail": "never-ready"})

    def started(name: str) -> dict[str, Any]:
        pods: list[dict[str, Any]] = until(lambda: [pod for pod in cluster.pods(name) if pod["status"].get("containerStatuses")])
        return pods[0]

    good, image, nowhere, crash, unready = map(started, ("good", "image", "nowhere", "crash", "unready"))
    until(lambda: _waiting(started("image")) == _waiting(started("nowhere")) == "ImagePullBackOff")
    assert {"Pulling", "Failed", "BackOff"} <= until(lambda: _events(cluster, image))
    assert "trying and failing to pull image" in _logs(cluster, nowhere)
    assert _waiting(cluster.pods("crash")[0]) == "CrashLoopBackOff"
    assert cluster.pods("crash")[0]["status"]["containerStatuses"][0]["restartCount"] == 1
    assert "BackOff" in until(lambda: _events(cluster, crash))
    assert _logs(cluster, crash).splitlines() == ["[stand-in] no container runs here: this log is imitated", "first", "second"]
    assert _logs(cluster, crash, "?tailLines=1&previous=true") == "second\n"
    conditions = {condition["type"]: condition["status"] for condition in unready["status"]["conditions"]}
    assert (unready["status"]["phase"], conditions["Ready"]) == ("Running", "False")
    assert "Unhealthy" in until(lambda: _events(cluster, unready))
    assert good["status"]["containerStatuses"][0]["ready"]
    assert len(_logs(cluster, good).splitlines()) == 1


@pytest.mark.parametrize(("annotations", "outcome"), [({}, "Complete"), ({"standin/fail": "crash"}, "Failed")])
def test_jobs_end(cluster: Cluster, group: dict[str, Any], annotations: dict[str, str], outcome: str) -> None:
    jobs = "/apis/batch/v1/namespaces/default/jobs"
    pod = {"metadata": {"annotations": annotations}, "spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": "x"}]}}
    body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"}, "spec": {"backoffLimit": 0, "template": pod}}
    cluster.client.create(jobs, body, accept=())
    until(
        lambda: outcome in {condition["type"] for condition in cluster.client.get(f"{jobs}/once").get("status", {}).get("conditions") or []}
    )
    cluster.client.delete(f"{jobs}/once?propagationPolicy=Background")
    until(lambda: cluster.client.get(f"{jobs}/once", accept=(404,)).get("code") == 404)


def test_a_token_has_what_its_access_policies_give(cluster: Cluster) -> None:
    def status(path: str, token: str) -> int:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(cluster.control_plane.directory / "ca.crt")
        return session.get(cluster.control_plane.endpoint + path, headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code

    def policies(scope: dict[str, Any]) -> None:
        cluster.lookup.entry = {"username": "anna", "associatedAccessPolicies": [{"policyArn": POLICY, "accessScope": scope}]}

    assert status("/api/v1/namespaces", make_token("other")) == 401
    policies({"type": "cluster"})
    token = make_token("demo")
    assert status("/api/v1/namespaces", token) == 200
    assert status("/api/v1/namespaces/default/secrets", token) == 403
    policies({"type": "namespace", "namespaces": ["kube-*"]})
    # X-Amz-Date counts seconds: a token of the same second is the same token, and the API server still knows it
    until(lambda: make_token("demo") != token, 5, "there is another token")
    token = make_token("demo")
    until(lambda: status("/api/v1/namespaces/kube-system/pods", token) == 200, 10, "the API server knows the new binding")
    assert status("/api/v1/namespaces/default/pods", token) == 403


def test_what_a_real_controller_does_is_not_imitated(cluster: Cluster) -> None:
    name, path = "gatewayclasses.gateway.networking.k8s.io", f"{API}/gatewayclasses"
    (definition,) = (each for each in gateway_api.definitions() if each["metadata"]["name"] == name)
    cluster.client.apply(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}", definition)
    until(lambda: "items" in cluster.client.get(path, accept=(404, 429)))
    cluster.view.real_controllers = ("nginx-gateway-fabric",)
    kind = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass"}
    cluster.client.create(path, {**kind, "metadata": {"name": "nginx"}, "spec": {"controllerName": CONTROLLER}})

    def accepted() -> list[str]:
        conditions = cluster.client.get(f"{path}/nginx").get("status", {}).get("conditions", [])
        return [each["status"] for each in conditions if each["type"] == "Accepted"]

    passes = cluster.loops.passes
    until(lambda: cluster.loops.passes > passes + 2, 20, "the loops have looked again")
    assert "True" not in accepted()
    cluster.view.real_controllers = ()
    until(lambda: accepted() == ["True"])
