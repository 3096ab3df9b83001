"""The real NGINX Gateway Fabric makes of the collection's Gateway what the collection counts on.

Its control plane runs. No nginx does: the pods that it makes are those of the stand-in, and no agent asks for its configuration.
"""

from __future__ import annotations

import uuid
from functools import partial

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import nginx_gateway_fabric, registry
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.data_plane import LABEL
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.ready import readiness

from tests.controllers import container, programs, running
from tests.module.eks_foundation import Foundation
from tests.module.gateway_foundation import API, DEFINITIONS, GATEWAY_OUTPUTS
from tests.module.kubernetes_foundation import Cluster
from tests.standin import gateway_api
from tests.support.recorded_behaviour import recorded
from tests.support.recorded_gateway import routes, said, said_of_route
from tests.support.service_chart import complete_inputs, helm_binary, rendered
from tests.support.until import until
from tests.unit.k8s_addons.conftest import everything_on

RELEASE, GATEWAY = nginx_gateway_fabric.ADDON.release, nginx_gateway_fabric.GATEWAY
HEALTH_PORT = 8081
PLURALS = {"ServiceAccount": "serviceaccounts", "Service": "services", "Deployment": "deployments"}
POLICIES = ("clientsettingspolicies", "proxysettingspolicies", "upstreamsettingspolicies")
NUDGE = "standin/nudge"
#: what the API server chooses
CHOSEN = ("clusterIP", "clusterIPs", "healthCheckNodePort")


class Fabric:
    """The release of the chart in a cluster, and its namespace."""

    def __init__(self, standin, chart, program, directory):
        self.cluster, self.chart, self.program, self.directory = Cluster(standin), chart, program, directory
        self.inputs = everything_on()
        self.inputs["public_subnet_ids"] = Foundation(standin).subnet_ids[:2]
        certificate = standin.client("acm").request_certificate(DomainName="staging.example.com", ValidationMethod="DNS")
        self.inputs["zone"]["certificate_arn"] = certificate["CertificateArn"]
        self.namespace = self.inputs["addons"][nginx_gateway_fabric.ADDON.key]["namespace"]

    def kinds(self):
        kubernetes = self.cluster.kubernetes
        for definition in gateway_api.definitions():
            if definition["kind"] == "CustomResourceDefinition":
                kubernetes.apply(f"{DEFINITIONS}/{definition['metadata']['name']}", definition)
        running.kubectl(self.cluster, "apply", "--server-side", "--force-conflicts", "-f", str(self.chart / "crds"))
        running.kubectl(self.cluster, "wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")

    def objects(self):
        """What the release consists of."""
        return running.rendered(self.chart, RELEASE, self.namespace, nginx_gateway_fabric.values(self.inputs), self.directory)

    def install(self):
        """All of the release: its hook has made the certificates of the agents before."""
        (namespace,) = (obj for obj in registry.namespaces(self.inputs) if obj["metadata"]["name"] == self.namespace)
        self.cluster.kubernetes.apply(f"/api/v1/namespaces/{self.namespace}", namespace)
        objects = self.objects()
        hooks = [obj for obj in objects if "helm.sh/hook" in obj["metadata"].get("annotations", {})]
        running.apply(self.cluster, [obj for obj in hooks if obj["kind"] != "Job"])
        (job,) = (obj for obj in hooks if obj["kind"] == "Job")
        self.finish(job)
        running.apply(self.cluster, [obj for obj in objects if obj not in hooks])

    def finish(self, job):
        """Run the container of a hook to its end."""
        pod = {"metadata": {"namespace": self.namespace}, "spec": job["spec"]["template"]["spec"]}
        (name,) = (entry["name"] for entry in pod["spec"]["containers"])
        with container.started(self.cluster, self.program, pod, name, self.directory / f"{name}.log") as started:
            assert started.process.wait(60) == 0, started.log.read_text()

    def running(self):
        """The release, and the program in a pod of its Deployment."""
        self.install()
        pod = container.pod_of(self.cluster, self.namespace, nginx_gateway_fabric._control_plane())
        return container.started(self.cluster, self.program, pod, "nginx-gateway", self.directory / "log", [HEALTH_PORT])

    def get(self, kind, name=GATEWAY):
        return self.cluster.get(f"{API}/namespaces/{self.namespace}/{kind}/{name}") or {}

    def gateway(self, name, spec):
        metadata = {"name": name, "namespace": self.namespace}
        body = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": metadata, "spec": spec}
        self.cluster.kubernetes.apply(f"{API}/namespaces/{self.namespace}/gateways/{name}", body)

    def made(self, kind):
        """The object of this kind that it made for the Gateway."""
        group = "/apis/apps/v1" if kind == "Deployment" else "/api/v1"
        (found,) = self.cluster.kubernetes.items(f"{group}/namespaces/{self.namespace}/{PLURALS[kind]}?labelSelector={LABEL}={GATEWAY}")
        return {"apiVersion": group.removeprefix("/apis/").removeprefix("/api/"), "kind": kind, **found}

    def status_with_address(self):
        """The Gateway's status; while it has no address, nothing, and the Service changes once more.

        While Service and Gateway change within a second, the address comes and goes, and may stay away until something else happens: where
        nginx runs, its agent connects.
        """
        status = self.get("gateways")["status"]
        if status.get("addresses"):
            return status
        path = f"/api/v1/namespaces/{self.namespace}/services/{self.made('Service')['metadata']['name']}"
        self.cluster.kubernetes.merge(path, {"metadata": {"annotations": {NUDGE: uuid.uuid4().hex}}})
        return None

    def completed(self, obj):
        """The object as the API server completes it."""
        group = "/apis/apps/v1" if obj["kind"] == "Deployment" else "/api/v1"
        obj = {**obj, "metadata": {**obj["metadata"], "name": "another"}}
        return self.cluster.kubernetes.create(f"{group}/namespaces/{self.namespace}/{PLURALS[obj['kind']]}?dryRun=All", obj, accept=())

    def remove(self):
        kubernetes = self.cluster.kubernetes
        for kind in ("httproutes", "grpcroutes", "gateways"):
            for obj in kubernetes.items(f"{API}/{kind}"):
                kubernetes.delete(f"{API}/namespaces/{obj['metadata']['namespace']}/{kind}/{obj['metadata']['name']}")
        kubernetes.delete(f"{API}/gatewayclasses/{nginx_gateway_fabric.CLASS_NAME}")
        for namespace in (self.namespace, "shop"):
            kubernetes.delete(f"/api/v1/namespaces/{namespace}")


@pytest.fixture(scope="module")
def fabric(standin, obtain, tmp_path_factory):
    obtain(container.require)
    chart, program = (obtain(make, programs.NGINX_GATEWAY_FABRIC) for make in (programs.chart, programs.provide))
    made = Fabric(standin, chart, program, tmp_path_factory.mktemp("nginx-gateway-fabric"))
    made.kinds()
    with standin.real_controllers(RELEASE), made.running() as started:
        until(lambda: started.answers("/readyz", HEALTH_PORT), what="the control plane is ready")
        until(lambda: is_ready(made.get("gateways")), what="the Gateway is ready")
        until(lambda: is_ready(made.made("Service")), what="the Service has a load balancer")
        yield made
        made.remove()


@pytest.fixture(scope="module")
def shop(fabric):
    """A namespace of services."""
    kubernetes = fabric.cluster.kubernetes
    kubernetes.create("/api/v1/namespaces", {"metadata": {"name": "shop"}})
    kubernetes.create("/api/v1/namespaces/shop/services", {"metadata": {"name": "web"}, "spec": {"ports": [{"name": "http", "port": 80}]}})
    return "shop"


def is_ready(obj):
    """Whether the collection holds the object for ready."""
    return bool(obj) and readiness(obj).done


def test_the_chart_is_the_pinned_one_and_the_program_the_charts(obtain):
    described = yaml.safe_load((obtain(programs.chart, programs.NGINX_GATEWAY_FABRIC) / "Chart.yaml").read_text())
    assert described["version"] == programs.pinned_charts()["nginx_gateway_fabric"].version
    assert described["appVersion"] == programs.NGINX_GATEWAY_FABRIC.version


def names(fabric):
    """What is abstracted in the record."""
    first, second, *_ = fabric.inputs["public_subnet_ids"]
    return {
        "balancer": fabric.made("Service")["status"]["loadBalancer"]["ingress"][0]["hostname"],
        "gateway": fabric.get("gateways")["metadata"]["uid"],
        "certificate": fabric.inputs["zone"]["certificate_arn"],
        "subnet": first,
        "other_subnet": second,
        "cluster": fabric.cluster.get("/api/v1/namespaces/kube-system")["metadata"]["uid"],
    }


def test_the_status_of_gateway_class_and_gateway_is_as_recorded(fabric):
    desired = recorded(RELEASE, **names(fabric))
    status = until(fabric.status_with_address, what="the Gateway has an address", longest_pause=2)
    assert status["addresses"] == desired["addresses"]
    assert said(fabric.cluster.get(f"{API}/gatewayclasses/nginx")["status"]) == desired["gateway_class"]
    assert said(status) == desired["gateway"]
    for listener in status["listeners"]:
        assert said(listener) == desired["each_listener"]
    assert [{key: listener[key] for key in ("name", "attachedRoutes")} for listener in status["listeners"]] == desired["listeners"]


def test_the_created_objects_are_as_recorded(fabric):
    for desired in recorded(RELEASE, **names(fabric))["made"]:
        expected, found = fabric.completed(desired), fabric.made(desired["kind"])
        assert found["metadata"]["labels"] == desired["metadata"]["labels"]
        assert found["metadata"]["ownerReferences"] == desired["metadata"]["ownerReferences"]
        annotations = found["metadata"].get("annotations", {})
        for others in ("deployment.kubernetes.io/revision", NUDGE):
            annotations.pop(others, None)
        assert annotations == desired["metadata"].get("annotations", {})
        assert content(found) == content(expected)


def content(obj):
    """What is said of the object but for its name and what the API server chooses."""
    found = {key: value for key, value in obj.items() if key not in ("apiVersion", "kind", "metadata", "status")}
    for key in CHOSEN:
        found.get("spec", {}).pop(key, None)
    for port in found.get("spec", {}).get("ports", []):
        port.pop("nodePort", None)
    return found


def test_the_pods_pass_pod_security_and_a_disruption_budget_counts_them(fabric):
    def expects_two_pods(path):
        return fabric.cluster.get(path).get("status", {}).get("expectedPods") == 2

    until(lambda: is_ready(fabric.made("Deployment")), what="its nginx is ready")
    for name in (RELEASE, GATEWAY):
        path = f"/apis/policy/v1/namespaces/{fabric.namespace}/poddisruptionbudgets/{name}"
        until(partial(expects_two_pods, path), what=f"{name} counts two pods")


@pytest.mark.parametrize("name", ["health", "redirect-to-https"])
def test_the_routes_of_the_collection_are_ready(fabric, name):
    until(lambda: is_ready(fabric.get("httproutes", name)))


def test_the_status_of_routes_is_as_recorded(fabric, shop):
    fabric.gateway("other", recorded(f"{RELEASE}-routes")["other_gateway"])
    made, desired = routes()
    for route in made:
        fabric.cluster.kubernetes.apply(f"{API}/namespaces/{shop}/httproutes/{route['metadata']['name']}", route)

    def reported():
        found = fabric.cluster.kubernetes.items(f"{API}/namespaces/{shop}/httproutes")
        return {route["metadata"]["name"]: said_of_route(route.get("status") or {}) for route in found}

    until(lambda: all(reported()[name] for name in desired if desired[name]), what="it says something of each route")
    assert reported() == desired


SERVICE = {
    "ports": [{"port": 8080}],
    "public_addresses": ["b.example.com/", "b.example.com/b", {"address": "b.example.com/c", "strip_prefix": True}, "*.example.com"],
    "public_hash_key": "$cookie_session",
    "public_read_timeout_seconds": 9999,
    "public_request_body_max_mib": 9999,
}
HTTP_ROUTE = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute"}
LIMIT = {"apiVersion": "gateway.nginx.org/v1alpha1", "kind": "ClientSettingsPolicy"}
RPC = {"ports": [{"name": "rpc", "port": 9000, "service_port": 9000, "protocol": "grpc"}], "public_addresses": ["rpc.example.com"]}


def test_routes_and_policies_of_services_are_accepted(fabric, shop, tmp_path):
    for name, inputs in (("web-of-all", SERVICE), ("rpc", RPC)):
        objects = rendered(helm_binary(), tmp_path, complete_inputs(name=name, layer=shop, **inputs), GATEWAY_OUTPUTS)
        running.apply(fabric.cluster, [obj for obj in objects.values() if "gateway" in obj["apiVersion"] or obj["kind"] == "Service"])
    kubernetes = fabric.cluster.kubernetes

    def of_services(path):
        return [obj for obj in kubernetes.items(path) if "labels" in obj["metadata"]]

    def are_ready(path):
        return all(is_ready({"apiVersion": "gateway.networking.k8s.io/v1", **obj}) for obj in of_services(path))

    def have_a_status(path):
        return all((obj.get("status") or {}).get("ancestors") for obj in kubernetes.items(path))

    for kind in ("HTTPRoute", "GRPCRoute"):
        path = f"{API}/namespaces/{shop}/{kind.lower()}s"
        until(partial(are_ready, path))
        assert of_services(path)
    for kind in POLICIES:
        path = f"/apis/gateway.nginx.org/v1alpha1/namespaces/{shop}/{kind}"
        until(partial(have_a_status, path))
        reported = [said(ancestor) for obj in kubernetes.items(path) for ancestor in obj["status"]["ancestors"]]
        assert reported and {line for lines in reported for line in lines} == {"Accepted True Accepted: The Policy is accepted"}


def test_a_policy_that_is_refused_is_not_ready(fabric, shop):
    """Of two that set the same of one route, the younger one is refused."""
    kubernetes, place = fabric.cluster.kubernetes, f"/apis/gateway.nginx.org/v1alpha1/namespaces/{shop}/clientsettingspolicies"
    parent = {"name": GATEWAY, "namespace": fabric.namespace, "sectionName": "http"}
    rules = [{"backendRefs": [{"name": "web", "port": 80}]}]
    route = {"metadata": {"name": "limited"}, "spec": {"parentRefs": [parent], "hostnames": ["limited.example.com"], "rules": rules}}
    kubernetes.apply(f"{API}/namespaces/{shop}/httproutes/limited", {**HTTP_ROUTE, **route})
    for name, size in (("a", "1m"), ("b", "2m")):
        target = {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "limited"}
        policy = {**LIMIT, "metadata": {"name": name}, "spec": {"targetRef": target, "body": {"maxSize": size}}}
        kubernetes.apply(f"{place}/{name}", policy)

    def reported():
        found = [{**LIMIT, **kubernetes.get(f"{place}/{name}")} for name in "ab"]
        return [readiness(each).words for each in found if (each.get("status") or {}).get("ancestors")]

    until(lambda: len(reported()) == 2, what="it says something of both policies")
    assert reported() == ["ready", "Accepted is False: Conflicted: Conflicts with another ClientSettingsPolicy"]


def test_a_missing_certificate_removes_the_listener_and_the_annotations(fabric):
    fabric.inputs["zone"]["certificate_arn"] = ""
    objects = [obj for obj in fabric.objects() if obj["kind"] in ("Gateway", "NginxProxy")]
    running.apply(fabric.cluster, objects)

    def ports():
        return [port["port"] for port in fabric.made("Service")["spec"]["ports"]]

    until(lambda: ports() == [80] and not [key for key in fabric.made("Service")["metadata"]["annotations"] if "ssl" in key])
    assert [port["name"] for port in fabric.made("Deployment")["spec"]["template"]["spec"]["containers"][0]["ports"]] == [
        "port-80",
        "metrics",
    ]

    def section():
        (parent,) = fabric.get("httproutes", "health")["status"]["parents"]
        return parent["parentRef"].get("sectionName")

    until(lambda: section() == "http", what="the only listener is named")
    until(lambda: is_ready(fabric.get("httproutes", "health")) and is_ready(fabric.get("gateways")))
