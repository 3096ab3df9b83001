"""A service in a mesh: what makes its pods meshed, and who is let in."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._service import mesh, objects, rules
from ansible_collections.opta.platform.plugins.module_utils._service.inputs import Inputs

PORT = {"port": 8080}
JOB = {"name": "clean", "schedule": "30 2 * * *", "command": ["clean-up"]}
MESH = {"mesh": "linkerd", "ingress": "nginx_gateway_fabric"}
POLICY = "policy.linkerd.io"
#: its cron jobs, and its other pods
OWN = {"kind": "ServiceAccount", "namespace": "shop", "name": "hello"}


def authorized(found):
    """(what is reached, by which authentication) of every policy."""
    return sorted(
        (obj["spec"]["targetRef"]["name"], ref["kind"], ref["name"])
        for (kind, _), obj in found.items()
        if kind == "AuthorizationPolicy"
        for ref in obj["spec"]["requiredAuthenticationRefs"]
    )


def template(workload):
    spec = workload["spec"]
    return spec["jobTemplate"]["spec"]["template"] if workload["kind"] == "CronJob" else spec["template"]


def test_without_a_mesh_no_mesh_objects_are_rendered(render):
    found = render(ports=[PORT], cron_jobs=[JOB])
    assert not [obj for obj in found.values() if POLICY in obj["apiVersion"]]
    assert "linkerd.io/inject" not in template(found["Deployment", "hello"])["metadata"]["annotations"]


def test_pods_of_service_and_cron_jobs_are_meshed(render):
    found = render(ports=[PORT], cron_jobs=[JOB], addons=MESH)
    for name in (("Deployment", "hello"), ("CronJob", "hello-clean")):
        assert template(found[name])["metadata"]["annotations"]["linkerd.io/inject"] == "enabled"


def test_namespace_is_meshed_and_stays_restricted(given):
    plain, meshed = (objects.service_objects(given(), "PEM", addons=addons)[0]["metadata"] for addons in ({}, MESH))
    assert "annotations" not in plain
    assert meshed["annotations"] == {"linkerd.io/inject": "enabled"}
    assert meshed["labels"] == plain["labels"]
    assert meshed["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_by_default_only_meshed_clients_are_authorized(render):
    found = render(ports=[PORT], addons=MESH)
    server = found["Server", "hello.main"]["spec"]
    assert (server["accessPolicy"], server["port"], server["proxyProtocol"]) == ("deny", "main", "unknown")
    labels = template(found["Deployment", "hello"])["metadata"]["labels"]
    assert server["podSelector"]["matchLabels"].items() <= labels.items()
    assert found["MeshTLSAuthentication", "hello"]["spec"] == {"identities": ["*"]}
    assert authorized(found) == [("hello.main", "MeshTLSAuthentication", "hello")]


def test_only_listed_clients_are_authorized(render):
    found = render(ports=[PORT], allowed_clients=["shop/web", "jobs/*"], addons=MESH)
    assert found["MeshTLSAuthentication", "hello"]["spec"]["identityRefs"] == [
        OWN,
        {"kind": "ServiceAccount", "namespace": "shop", "name": "web"},
        {"kind": "Namespace", "name": "jobs"},
    ]


@pytest.mark.parametrize(("ingress", "namespace"), [("nginx_gateway_fabric", "nginx-gateway"), ("ingress_nginx", "ingress-nginx")])
def test_the_ingress_is_authorized_for_public_ports(render, ingress, namespace):
    addons = {"mesh": "linkerd", "ingress": ingress}
    found = render(ports=[PORT], allowed_clients=[], public_addresses=[{"address": "/"}], addons=addons)
    assert found["MeshTLSAuthentication", "hello"]["spec"] == {"identityRefs": [OWN, {"kind": "Namespace", "name": namespace}]}
    private = render(ports=[PORT], allowed_clients=[], addons=addons)
    assert private["MeshTLSAuthentication", "hello"]["spec"] == {"identityRefs": [OWN]}


def test_unmeshed_clients_are_authorized_only_where_configured(render):
    found = render(ports=[PORT], unmeshed_client_cidr_blocks=["10.0.3.4/16", "10.0.0.0/16"], addons=MESH)
    assert found["NetworkAuthentication", "hello"]["spec"] == {"networks": [{"cidr": "10.0.0.0/16"}]}
    assert ("hello.main", "NetworkAuthentication", "hello") in authorized(found)
    assert ("hello.main", "MeshTLSAuthentication", "hello") in authorized(found)


def test_each_port_has_its_protocol(render):
    ports = [PORT, {"name": "rpc", "port": 9090, "protocol": "grpc", "service_port": 90}, {"name": "raw", "port": 27017, "type": "tcp"}]
    found = render(ports=ports, addons=MESH)
    protocols = {name: obj["spec"]["proxyProtocol"] for (kind, name), obj in found.items() if kind == "Server"}
    assert protocols == {"hello.main": "unknown", "hello.rpc": "HTTP/2", "hello.raw": "opaque"}


@pytest.mark.parametrize("disks", [[], [{"name": "data", "path": "/data", "size_gib": 1}]])
def test_callers_are_reported_which_ports_are_opaque(render, disks):
    ports = [PORT, {"name": "raw", "port": 27017, "type": "tcp"}, {"name": "talk", "port": 2525, "service_port": 25, "type": "tcp"}]
    found = render(ports=ports, persistent_storage=disks, addons=MESH)
    services = [obj["metadata"] for (kind, _), obj in found.items() if kind == "Service"]
    assert len(services) == 1 + len(disks)
    for metadata in services:
        assert metadata["annotations"] == {"config.linkerd.io/opaque-ports": "27017,25"}
    for without in (render(ports=ports), render(ports=[PORT], addons=MESH)):
        assert "annotations" not in without["Service", "hello"]["metadata"]


def test_grpc_probes_are_authorized_and_other_routes_require_a_client(render):
    found = render(ports=[{"port": 9090, "protocol": "grpc"}], liveness_probe={"grpc": True}, addons=MESH)
    routes = {name: obj["spec"] for (kind, name), obj in found.items() if kind == "HTTPRoute"}
    assert {name: spec["rules"][0]["matches"][0]["path"]["value"] for name, spec in routes.items()} == {
        "hello.main": "/",
        "hello.main.probe": "/grpc.health.v1.Health/Check",
    }
    assert all(spec["parentRefs"] == [{"group": POLICY, "kind": "Server", "name": "hello.main"}] for spec in routes.values())
    assert authorized(found) == [
        ("hello.main", "MeshTLSAuthentication", "hello"),
        ("hello.main.probe", "NetworkAuthentication", "hello.main.probe"),
    ]
    http = render(ports=[PORT], probe={"path": "/"}, liveness_probe={"path": "/"}, addons=MESH)
    assert not [name for kind, name in http if kind == "HTTPRoute"], "Linkerd lets in HTTP probes by itself"


BAD = [
    ({"allowed_clients": ["hello"]}, "opta_service_allowed_clients has 'hello': name a service as layer/service, for example shop/hello"),
    ({"allowed_clients": ["Shop/hello"]}, "opta_service_allowed_clients has 'Shop/hello'"),
    ({"allowed_clients": ["shop/web", "shop/web"]}, "opta_service_allowed_clients has shop/web twice: give it once."),
    ({"allowed_clients": ["*", "shop/web"]}, 'opta_service_allowed_clients has "*", which is everyone in the mesh, and other clients'),
    ({"unmeshed_client_cidr_blocks": ["10.0.0/16"]}, "opta_service_unmeshed_client_cidr_blocks has '10.0.0/16'"),
]


@pytest.mark.parametrize(("inputs", "sentence"), BAD)
def test_bad_input_is_reported_in_one_sentence(given, inputs, sentence):
    (said,) = rules.service_errors(given(**inputs))
    assert said.startswith(sentence)


def test_restrictions_without_a_mesh_are_reported(given):
    restricted = Inputs(given(allowed_clients=["shop/web"]))
    (said,) = mesh.mesh_warnings(restricted, {})
    assert "nothing enforces it" in said
    assert mesh.mesh_warnings(restricted, MESH) == []
    assert mesh.mesh_warnings(Inputs(given()), {}) == []
