"""Linkerd's real identity, destination, proxy injector and profile validator run with the certificates and values of the collection.

Each runs in a pod of the real chart's release. No proxy runs, and neither does the policy controller, which is not written in Go.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import socket
import ssl
from typing import Any

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._service.values import chart_values
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.controllers import container, grpc, programs, running
from tests.module.mesh_foundation import Mesh, remove
from tests.standin.webhooks.service_network import SERVED_BY
from tests.support.modules import call_module
from tests.support.recorded_injector import by_name, injector_case, injector_cases, patched
from tests.support.service_chart import CHART, GENERATION, ROLE_ARN, complete_inputs
from tests.support.until import until

NAMESPACE = "linkerd"
COMPONENT = "linkerd.io/control-plane-component"
#: container: component of its pod, port of its probes, port of its Service
PROGRAMS = {
    "identity": ("identity", 9990, 8080),
    "destination": ("destination", 9996, 8086),
    "proxy-injector": ("proxy-injector", 9995, 8443),
    "sp-validator": ("destination", 9997, 8443),
}
#: what its image says
IMAGE = {"LINKERD_CONTAINER_VERSION_OVERRIDE": programs.LINKERD.version}
WEBHOOKS = ("proxy-injector", "sp-validator")
CHARTS = (programs.LINKERD_CRDS, programs.LINKERD_CNI, programs.LINKERD)
RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}


@pytest.fixture(scope="module")
def mesh(standin, obtain):
    """The releases of the real charts."""
    obtain(container.require)
    obtain(programs.provide, programs.LINKERD)
    directories = [obtain(programs.chart, chart) for chart in CHARTS]

    def run(module, /, **options):
        result = call_module(module, options, standin.environment)
        assert not result.get("failed"), result
        return result

    made: Any = Mesh(standin, run, directories[0].parent)
    made.run = run
    made.install()
    yield made
    remove(made.cluster.kubernetes)


@pytest.fixture(scope="module")
def started(mesh, obtain, tmp_path_factory):
    """The programs by name, behind the Services of the chart."""
    program, logs = obtain(programs.provide, programs.LINKERD), tmp_path_factory.mktemp("linkerd")
    with contextlib.ExitStack() as stack:
        found = {}
        for name, (component, *ports) in PROGRAMS.items():
            pod = container.pod_of(mesh.cluster, NAMESPACE, {COMPONENT: component})
            entered = container.started(mesh.cluster, program, pod, name, logs / name, ports, IMAGE)
            found[name] = stack.enter_context(entered)
        for name in WEBHOOKS:
            served = {SERVED_BY: f"127.0.0.1:{found[name].ports[8443]}"}
            path = f"/api/v1/namespaces/{NAMESPACE}/services/linkerd-{name}"
            mesh.cluster.kubernetes.merge(path, {"metadata": {"annotations": served}})
        yield found


@pytest.fixture
def layer(mesh, unique):
    """A namespace of services, as the collection makes it in a mesh."""
    metadata = {"name": unique("layer"), "labels": RESTRICTED, "annotations": {"linkerd.io/inject": "enabled"}}
    mesh.cluster.kubernetes.create("/api/v1/namespaces", {"metadata": metadata})
    until(lambda: mesh.cluster.get(f"/api/v1/namespaces/{metadata['name']}/serviceaccounts/default"))
    return metadata["name"]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_the_charts_are_the_pinned_ones_and_the_program_the_charts(obtain, chart):
    described = yaml.safe_load((obtain(programs.chart, chart) / "Chart.yaml").read_text())
    assert described["version"] == programs.pinned_charts()[chart.key].version
    assert described.get("appVersion", chart.version) == chart.version


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_control_plane_program_becomes_ready(started, name):
    until(lambda: started[name].answers("/ready", PROGRAMS[name][1]), what=f"{name} is ready")


def assert_signed_by_our_issuer(mesh, started, layer):
    """A proxy of the layer gets an identity, which our issuer has signed, and which our trust anchor leads to."""
    identity = f"default.{layer}.serviceaccount.identity.{NAMESPACE}.cluster.local"
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    request = request.add_extension(x509.SubjectAlternativeName([x509.DNSName(identity)]), critical=False)
    signed = request.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    token = running.kubectl(mesh.cluster, "create", "token", "default", "--namespace", layer, "--audience=identity.l5d.io").strip()
    fields = {1: identity.encode(), 2: token.encode(), 3: signed}
    answer = grpc.call(started["identity"].ports[8080], "io.linkerd.proxy.identity.Identity/Certify", fields)
    leaf, issuer = (x509.load_der_x509_certificate(answer[number][0]) for number in (1, 2))
    certificates = mesh.certificates()["certificates"]
    leaf.verify_directly_issued_by(issuer)
    issuer.verify_directly_issued_by(x509.load_pem_x509_certificate(certificates["trust_anchors_pem"].encode()))
    assert issuer.fingerprint(hashes.SHA256()).hex() == certificates["issuer"]["fingerprint"]


def test_identity_signs_with_our_issuer(mesh, started, layer):
    until(lambda: started["identity"].answers("/ready", 9990))
    assert_signed_by_our_issuer(mesh, started, layer)


def trusted(mesh):
    """The trust anchors that proxies are given."""
    return mesh.cluster.get(f"/api/v1/namespaces/{NAMESPACE}/configmaps/linkerd-identity-trust-roots")["data"]["ca-bundle.crt"]


def secured(mesh, started, name):
    """A connection to a webhook, whose certificate is for its Service, and signed by what the API server has as its caBundle."""
    plain = socket.create_connection(("127.0.0.1", started[name].ports[8443]))
    return ssl.create_default_context(cadata=trusted(mesh)).wrap_socket(plain, server_hostname=f"linkerd-{name}.{NAMESPACE}.svc")


def answer(mesh, started, name, obj, namespace):
    """What a webhook answers when it is asked as the API server asks."""
    kind = {"group": "", "version": obj["apiVersion"], "kind": obj["kind"]}
    request = {"uid": "1", "kind": kind, "namespace": namespace, "operation": "CREATE", "object": obj}
    asked = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
    connection = http.client.HTTPConnection("127.0.0.1")
    connection.sock = secured(mesh, started, name)
    with contextlib.closing(connection):
        connection.request("POST", "/", json.dumps(asked))
        return json.loads(connection.getresponse().read())["response"]


@pytest.mark.parametrize("name", injector_cases())
def test_the_injector_changes_pods_and_services_as_recorded(mesh, started, unique, name):
    namespace = unique("namespace")
    case = injector_case(name, namespace, trusted(mesh))
    mesh.cluster.kubernetes.create("/api/v1/namespaces", {"metadata": {"name": namespace, "annotations": case["namespace"]}})
    # it follows the namespaces on its own
    response = until(lambda: allowed(answer(mesh, started, "proxy-injector", case["given"], namespace)), what="it knows the namespace")
    assert by_name(patched(case["given"], response)) == case["made"]


def allowed(response):
    """The answer, unless it is a refusal."""
    return response if response["allowed"] else None


def started_pod(mesh, layer):
    """A pod of the layer, as the API server has it."""
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True, "runAsUser": 1000}
    context["seccompProfile"] = {"type": "RuntimeDefault"}
    container = {"name": "app", "image": "registry.example.com/app:1", "securityContext": context}
    body = {"metadata": {"name": "app"}, "spec": {"containers": [container]}}
    return mesh.cluster.kubernetes.create(f"/api/v1/namespaces/{layer}/pods", body, accept=())


def test_injected_pods_pass_pod_security_and_trust_the_current_anchors(mesh, started, layer):
    made = until(lambda: started["proxy-injector"].answers("/ready", 9995) and started_pod(mesh, layer))
    assert [entry["name"] for entry in made["spec"]["initContainers"]] == ["linkerd-network-validator", "linkerd-proxy"]
    assert started["proxy-injector"].said(f"injection patch generated for: pod/{made['metadata']['name']}")
    assert mesh.certificates()["certificates"]["workloads_to_restart"] == []


def profile(mesh, layer, condition):
    """What the API server says of a ServiceProfile with a route."""
    metadata, route = {"name": f"web.{layer}.svc.cluster.local"}, {"name": "any", "condition": condition}
    body = {"apiVersion": "linkerd.io/v1alpha2", "kind": "ServiceProfile", "metadata": metadata, "spec": {"routes": [route]}}
    path = f"/apis/linkerd.io/v1alpha2/namespaces/{layer}/serviceprofiles?dryRun=All"
    return mesh.cluster.kubernetes.create(path, body, accept=(400,))


def test_a_service_profile_is_accepted_or_refused(mesh, started, layer):
    until(lambda: started["sp-validator"].answers("/ready", 9997))
    assert profile(mesh, layer, {"method": "GET", "pathRegex": "/"})["kind"] == "ServiceProfile"
    assert "A request match must have a field set" in profile(mesh, layer, {})["message"]


@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_renewed_certificate_of_a_webhook_is_served_without_a_restart(mesh, started, name):
    def served():
        with secured(mesh, started, name) as connection:
            return connection.getpeercert(binary_form=True)

    before = served()
    mesh.certificates(renew=["webhooks"])
    started[name].mount_again("/var/run/linkerd/tls")
    until(lambda: served() != before, what="another certificate is served")
    held = mesh.cluster.get(f"/api/v1/namespaces/{NAMESPACE}/secrets/linkerd-{name}-k8s-tls")["data"]["tls.crt"]
    assert x509.load_der_x509_certificate(served()) == x509.load_pem_x509_certificate(base64.b64decode(held))


def test_identity_signs_with_a_renewed_issuer_without_a_restart(mesh, started, layer):
    mesh.certificates(renew=["issuer"])
    started["identity"].mount_again("/var/run/linkerd/identity/issuer")
    until(lambda: started["identity"].said("Updated identity issuer"), what="it has read the issuer")
    assert_signed_by_our_issuer(mesh, started, layer)


@pytest.mark.parametrize(("number", "kind", "opaque"), [(80, "http", False), (9000, "tcp", True), (5432, "tcp", True)])
def test_callers_are_reported_which_ports_of_a_service_are_opaque(mesh, started, layer, number, kind, opaque):
    """And the real kinds of Linkerd's policy take what the collection says of who is let in; a second time nothing changes."""
    ports = [{"name": "main", "port": 8080, "service_port": number, "type": kind}]
    inputs = complete_inputs(name="hello", layer=layer, ports=ports, allowed_clients=["shop/*"])
    values = chart_values(inputs, ROLE_ARN, GENERATION, addons={"mesh": "linkerd"})
    release = {**mesh.options, "name": "hello", "namespace": layer, "chart": str(CHART), "values": values}
    assert mesh.run("helm_release", **release)["changed"]
    again = mesh.run("helm_release", **release)
    assert (again["changed"], again["actions"]) == (False, [])
    asked = {2: f"hello.{layer}.svc.cluster.local:{number}".encode()}
    profile = grpc.first(started["destination"].ports[8086], "io.linkerd.proxy.destination.Destination/GetProfile", asked)
    assert profile[5] == [f"hello.{layer}.svc.cluster.local".encode()]
    assert (profile.get(4) == [1]) is opaque
