"""A mesh on a cluster: Linkerd's injector is imitated, its certificates, Pod Security and the API server's checks are real."""

from __future__ import annotations

import base64
import datetime
import gzip

import pytest
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import registry
from ansible_collections.opta.platform.plugins.module_utils._linkerd.certificates import Signed, new_anchor, new_server
from cryptography import x509

from tests.module import mesh_foundation
from tests.module.kubernetes_foundation import Cluster
from tests.module.service_foundation import Service, actions, brought, cluster_for_services
from tests.standin.kubernetes_client import KubernetesError
from tests.support.until import until

ADDONS = {"mesh": "linkerd", "ingress": "nginx_gateway_fabric"}
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}
INJECTOR = "/api/v1/namespaces/linkerd/secrets/linkerd-proxy-injector-k8s-tls"


@pytest.fixture(scope="module", autouse=True)
def _removed(standin):
    yield
    mesh_foundation.remove(Cluster(standin).kubernetes)


@pytest.fixture
def mesh(standin, run_module):
    made = mesh_foundation.Mesh(standin, run_module)
    if made.cluster.get("/apis/apps/v1/namespaces/linkerd/deployments/linkerd-proxy-injector") is None:
        made.install()
    return made


@pytest.fixture
def start(mesh, unique):
    """Create a pod in a new namespace of this Pod Security level; what the API server then holds."""

    def pod(level, inject="enabled", labels=None, **spec):
        labels = {**{f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "warn", "audit")}, **(labels or {})}
        metadata = {"name": unique("pods"), "labels": labels, "annotations": {"linkerd.io/inject": inject}}
        kubernetes = mesh.cluster.kubernetes
        kubernetes.create("/api/v1/namespaces", {"metadata": metadata})
        path = f"/api/v1/namespaces/{metadata['name']}"
        until(lambda: mesh.cluster.get(f"{path}/serviceaccounts/default"))
        container = {"name": "app", "image": "registry.example.com/app:1", "securityContext": RESTRICTED}
        return kubernetes.create(f"{path}/pods", {"metadata": {"name": "app"}, "spec": {"containers": [container], **spec}}, accept=())

    return pod


def containers(pod):
    return [container["name"] for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]]


def test_meshed_pods_fulfil_the_restricted_standard_with_linkerd_cni(start):
    pod = start("restricted")
    assert containers(pod) == ["linkerd-network-validator", "linkerd-proxy", "app"]
    assert pod["spec"]["initContainers"][1]["restartPolicy"] == "Always"
    assert start("restricted", inject="disabled")["spec"].get("initContainers") is None


def test_meshed_pods_without_linkerd_cni_are_refused(mesh, start):
    """The alternative of T24: without linkerd-cni only `enforce: privileged` takes meshed pods."""
    config = "/api/v1/namespaces/linkerd/configmaps/linkerd-config"
    held = mesh.cluster.get(config)["data"]["values"]
    mesh.cluster.kubernetes.merge(config, {"data": {"values": held.replace("cniEnabled: true", "cniEnabled: false")}})
    try:
        for level in ("restricted", "baseline"):
            with pytest.raises(KubernetesError, match="violates PodSecurity.*linkerd-init.*NET_ADMIN"):
                start(level)
        assert containers(start("privileged")) == ["linkerd-init", "linkerd-proxy", "app"]
    finally:
        mesh.cluster.kubernetes.merge(config, {"data": {"values": held}})


def test_kube_system_is_not_meshed(mesh, unique):
    kubernetes = mesh.cluster.kubernetes
    name = unique("pod")
    body = {"metadata": {"name": name, "annotations": {"linkerd.io/inject": "enabled"}}}
    made = kubernetes.create("/api/v1/namespaces/kube-system/pods", {**body, "spec": {"containers": [{"name": "app", "image": "x"}]}})
    kubernetes.delete(f"/api/v1/namespaces/kube-system/pods/{name}")
    assert containers(made) == ["app"]


def test_without_the_injector_pods_start_where_its_webhook_is_off(mesh, start):
    injector = "/apis/apps/v1/namespaces/linkerd/deployments/linkerd-proxy-injector"
    mesh.cluster.kubernetes.merge(injector, {"spec": {"replicas": 0}})
    until(lambda: not mesh.cluster.get(injector)["status"].get("readyReplicas"))
    try:
        with pytest.raises(KubernetesError, match="failed calling webhook.*linkerd-proxy-injector.linkerd.io"):
            start("restricted", inject="disabled")
        assert containers(start("restricted", labels=registry.WITHOUT_WEBHOOKS)) == ["app"]
    finally:
        mesh.cluster.kubernetes.merge(injector, {"spec": {"replicas": 1}})
        until(lambda: mesh.cluster.get(injector)["status"].get("readyReplicas"))


def test_webhooks_serve_our_certificates_and_each_render_is_the_same(mesh):
    bundle = mesh.certificates()["certificates"]["trust_anchors_pem"]
    for kind, names in mesh_foundation.WEBHOOKS.items():
        for name in names:
            config = mesh.cluster.get(f"/apis/admissionregistration.k8s.io/v1/{kind}/{name}-webhook-config")
            (webhook,) = config["webhooks"]
            assert base64.b64decode(webhook["clientConfig"]["caBundle"]).decode() == bundle
            served = base64.b64decode(mesh.cluster.get(f"/api/v1/namespaces/linkerd/secrets/{name}-k8s-tls")["data"]["tls.crt"]).decode()
            x509.load_pem_x509_certificate(served.encode()).verify_directly_issued_by(x509.load_pem_x509_certificate(bundle.encode()))
    again = mesh.release()
    assert (again["changed"], again["actions"], again.get("warnings", [])) == (False, [], [])


def test_an_invalid_certificate_is_detected_and_repaired(mesh, start):
    now = datetime.datetime.now(datetime.timezone.utc)
    stranger = new_server("linkerd-proxy-injector.linkerd.svc", new_anchor("stranger", now, 30), now, 20)
    data = {"tls.crt": stranger.certificate, "tls.key": stranger.key}
    mesh.cluster.kubernetes.merge(INJECTOR, {"data": {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}})
    with pytest.raises(KubernetesError, match="failed calling webhook.*certificate signed by unknown authority"):
        start("restricted")
    repaired = mesh.certificates()
    assert [action["resource"] for action in repaired["actions"]] == ["Secret linkerd/linkerd-proxy-injector-k8s-tls"]
    assert "linkerd-proxy" in containers(start("restricted"))


def test_a_renewed_issuer_restarts_identity_and_touches_no_key(mesh):
    planned = mesh.certificates(check_mode=True, issuer_days=360, issuer_renewal_days=300)
    assert planned["certificates"]["issuer"]["fingerprint"] == "(known after apply)"
    before = mesh.cluster.get("/apis/apps/v1/namespaces/linkerd/deployments/linkerd-identity")["metadata"]["generation"]
    mesh.release(issuer_days=360, issuer_renewal_days=300)
    after = mesh.cluster.get("/apis/apps/v1/namespaces/linkerd/deployments/linkerd-identity")["metadata"]["generation"]
    assert after > before
    for release in mesh.cluster.kubernetes.items("/api/v1/namespaces/linkerd/secrets?labelSelector=owner=helm"):
        assert b"PRIVATE KEY" not in _unpacked(release)


def _unpacked(release):
    return gzip.decompress(base64.b64decode(base64.b64decode(release["data"]["release"])))


def test_proxies_trust_the_configured_anchors(mesh, start):
    pod = start("restricted")
    bundle = mesh.certificates()["certificates"]
    (proxy,) = [container for container in pod["spec"]["initContainers"] if container["name"] == "linkerd-proxy"]
    environment = {variable["name"]: variable.get("value") for variable in proxy["env"]}
    assert environment["LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS"] == bundle["trust_anchors_pem"] + "\n"
    assert "27017" in environment["LINKERD2_PROXY_INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION"].split(",")
    assert bundle["workloads_to_restart"] == []
    issuer = mesh.cluster.get("/api/v1/namespaces/linkerd/secrets/linkerd-identity-issuer")["data"]["tls.crt"]
    assert Signed(base64.b64decode(issuer).decode()).is_signed_by(Signed(bundle["trust_anchors_pem"]))


@pytest.fixture
def service(playbooks, standin, mesh, unique):
    made = Service(playbooks, cluster_for_services(standin), "hello", unique("layer"))
    made.outputs = {"k8s_addons_outputs": ADDONS}
    return made


def test_a_service_and_its_cron_jobs_are_meshed(standin, service):
    brought(standin, service, cron_jobs=[{"name": "clean", "schedule": "@yearly", "command": ["x"]}])
    namespace = service.get("/api/v1/namespaces/{layer}")["metadata"]
    assert namespace["annotations"]["linkerd.io/inject"] == "enabled"
    assert namespace["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    kubernetes, pods = service.cluster.kubernetes, f"/api/v1/namespaces/{service.layer}/pods"
    assert all("linkerd-proxy" in containers(pod) for pod in kubernetes.items(pods))
    job = service.get("/apis/batch/v1/namespaces/{layer}/cronjobs/hello-clean")["spec"]["jobTemplate"]["spec"]
    kubernetes.create(f"/apis/batch/v1/namespaces/{service.layer}/jobs", {"metadata": {"name": "now"}, "spec": job})
    until(lambda: service.get("/apis/batch/v1/namespaces/{layer}/jobs/now")["status"].get("succeeded"))
    (pod,) = kubernetes.items(f"{pods}?labelSelector=job-name=now")
    assert "linkerd-proxy" in containers(pod)


def test_authorization_of_a_service_is_planned_and_done(standin, service):
    ports = [{"port": 8080}, {"name": "rpc", "port": 9090, "service_port": 90, "protocol": "grpc"}]
    asked = {"ports": ports, "liveness_probe": {"grpc": True, "port": "rpc"}}
    brought(standin, service, allowed_clients=["shop/web"], unmeshed_client_cidr_blocks=["10.0.0.0/16"], **asked)
    policy = "/apis/policy.linkerd.io"
    route = service.get(policy + "/v1beta3/namespaces/{layer}/httproutes/hello.rpc.probe")["spec"]
    assert route["parentRefs"][0]["name"] == "hello.rpc"
    assert service.get(policy + "/v1alpha1/namespaces/{layer}/authorizationpolicies/hello.rpc.probe.network")
    assert service.get(policy + "/v1beta3/namespaces/{layer}/servers/hello.main")["spec"]["accessPolicy"] == "deny"
    tls = policy + "/v1alpha1/namespaces/{layer}/meshtlsauthentications/{name}"
    names = [(service.layer, "hello"), ("shop", "web")]
    references = [{"kind": "ServiceAccount", "namespace": namespace, "name": name} for namespace, name in names]
    assert service.get(tls)["spec"] == {"identityRefs": references}
    planned, done = service.plan(allowed_clients=["*"], unmeshed_client_cidr_blocks=[]), service.run()
    assert actions(planned) == actions(done)
    assert service.get(tls)["spec"] == {"identities": ["*"]}
    assert service.get(policy + "/v1alpha1/namespaces/{layer}/networkauthentications/{name}") is None


def test_enabling_and_disabling_the_mesh_replaces_the_pods(service):
    service.outputs = {}
    assert service.run().returncode == 0
    before = service.pods()
    service.outputs = {"k8s_addons_outputs": ADDONS}
    assert service.run().returncode == 0
    until(lambda: service.pods() and not service.pods() & before)
    pods = service.cluster.kubernetes.items(f"/api/v1/namespaces/{service.layer}/pods")
    assert all("linkerd-proxy" in containers(pod) for pod in pods if not pod["metadata"].get("deletionTimestamp"))
    service.outputs = {}
    assert service.run().returncode == 0
    assert "linkerd.io/inject" not in service.get("/api/v1/namespaces/{layer}")["metadata"].get("annotations", {})
