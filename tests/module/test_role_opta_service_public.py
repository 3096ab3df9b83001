"""Public addresses of the role opta_service, as a real API server with the official kinds of the Gateway API takes them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.module.gateway_foundation import API, DOMAIN, GATEWAY_OUTPUTS, NGINX_OUTPUTS, ZONE_OUTPUTS, with_gateway
from tests.module.service_foundation import ENVIRONMENT, Service, actions, brought, cluster_for_services
from tests.support.service_chart import complete_inputs, helm_binary, rendered

POLICIES = "/apis/gateway.nginx.org/v1alpha1"
INGRESSES = "/apis/networking.k8s.io/v1/{}/ingresses"
PORT = {"port": 8080}
RPC = {"name": "rpc", "port": 9000, "service_port": 9000, "protocol": "grpc"}


@pytest.fixture
def cluster(standin):
    return with_gateway(cluster_for_services(standin))


@pytest.fixture
def service(playbooks, cluster, unique):
    """A service with a name of the domain that nobody else has."""
    made: Any = Service(playbooks, cluster, "hello", unique("layer"))
    made.outputs = {"k8s_addons_outputs": GATEWAY_OUTPUTS, "dns_cert_outputs": ZONE_OUTPUTS}
    made.host = f"{made.layer}.{DOMAIN}"
    return made


def items(service, path):
    """The objects of a kind in the service's namespace; {} in the path stands for it."""
    return service.cluster.kubernetes.items(path.format(f"namespaces/{service.layer}"))


def places(service, kind="httproutes"):
    """Host and path of each route."""
    specs = [route["spec"] for route in items(service, API + "/{}/" + kind)]
    return {(spec["hostnames"][0], spec["rules"][0].get("matches", [{}])[0].get("path", {}).get("value")) for spec in specs}


def told(run):
    """The lines in which a run says where the world reaches its services."""
    saying = [task for task in run.tasks if task["task"].endswith("and the public URLs of the services")]
    return [task["result"]["msg"] for task in saying if task["status"] == "ok"]


SHAPES: dict[str, dict[str, Any]] = {
    "plain": {"public_addresses": ["hello.example.com", "/", "/shop/v1.2", "*.example.com", "*.a.example.com/b_c"]},
    "stripped": {"public_addresses": [{"address": "/shop", "strip_prefix": True}]},
    "gRPC": {"ports": [RPC], "public_addresses": ["rpc.example.com"]},
    "websocket": {"ports": [{**PORT, "protocol": "websocket"}], "public_addresses": ["/"]},
    "all settings": {
        "public_addresses": ["/", "/a"],
        "public_annotations": {"external-dns.alpha.kubernetes.io/ttl": 60},
        "public_hash_key": "$cookie_session",
        "public_read_timeout_seconds": 9999,
        "public_request_body_max_mib": 9999,
    },
    "a long name": {"name": "a" * 52, "public_addresses": ["/"]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_api_server_accepts_every_combination_of_settings(cluster, tmp_path, shape):
    """By its own validation, in a dry run, and without dropping a field."""
    inputs = complete_inputs(**{"ports": [PORT], "layer": "default", **SHAPES[shape]})
    for addons in (GATEWAY_OUTPUTS, NGINX_OUTPUTS):
        made = [obj for (kind, _name), obj in rendered(helm_binary(), tmp_path, inputs, addons).items() if kind in PLURALS]
        assert made
        for obj in made:
            path = f"/apis/{obj['apiVersion']}/namespaces/default/{PLURALS[obj['kind']]}/{obj['metadata']['name']}"
            options = "?fieldManager=test&dryRun=All&fieldValidation=Strict"
            taken = cluster.kubernetes.call("PATCH", f"{path}{options}", obj, "application/apply-patch+yaml")
            assert taken["spec"] == obj["spec"], "a default would look like a change, and a dropped field like nothing"


PLURALS = {
    "HTTPRoute": "httproutes",
    "GRPCRoute": "grpcroutes",
    "Ingress": "ingresses",
    "ClientSettingsPolicy": "clientsettingspolicies",
    "ProxySettingsPolicy": "proxysettingspolicies",
    "UpstreamSettingsPolicy": "upstreamsettingspolicies",
}


def test_a_public_service_is_created_changed_and_made_private(standin, service):
    addresses = [service.host, {"address": f"/{service.layer}", "strip_prefix": True}]
    done = brought(standin, service, public_addresses=addresses, public_annotations={"team": "web"})
    assert places(service) == {(service.host, "/"), (DOMAIN, f"/{service.layer}")}
    for route in items(service, API + "/{}/httproutes"):
        (parent,) = route["status"]["parents"]
        assert [condition["status"] for condition in parent["conditions"]] == ["True", "True"]
        assert route["spec"]["parentRefs"][0]["sectionName"] == "https"
        (first, *others) = route["spec"]["rules"][0]["filters"]
        assert first["requestHeaderModifier"] == {"set": [{"name": "X-Forwarded-Proto", "value": "https"}]}
        assert bool(others) is (route["spec"]["hostnames"] == [DOMAIN])
        assert route["metadata"]["annotations"]["team"] == "web"
    assert told(done) == [[f"{service.name}: https://{service.host}", f"{service.name}: https://{DOMAIN}/{service.layer}"]]
    service.inputs.pop("opta_service_public_annotations")
    changed_step_by_step(service)


def changed_step_by_step(service):
    """Each change is planned and done, and what is no longer asked for is removed."""
    rpc = {"address": service.host, "port": "rpc"}
    policies = {"public_hash_key": "$cookie_session", "public_request_body_max_mib": 0, "public_read_timeout_seconds": 120}
    shop = f"/{service.layer}"
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (GATEWAY_OUTPUTS, {"ports": [PORT, RPC], "public_addresses": [rpc, shop], "public_hash_key": "$cookie_session"}),
        (GATEWAY_OUTPUTS, {"public_addresses": [shop], **policies}),
        (NGINX_OUTPUTS, {}),
        (NGINX_OUTPUTS, {"public_addresses": []}),
    ]
    seen = []
    for outputs, inputs in changes:
        service.outputs = {"k8s_addons_outputs": outputs}
        if inputs.get("public_addresses") == []:
            for name in policies:
                service.inputs.pop(f"opta_service_{name}")
        planned, done = service.plan(**inputs), service.run()
        assert actions(planned) == actions(done) and actions(done), inputs
        kinds = {kind: len(items(service, f"{path}/{{}}/{PLURALS[kind]}")) for kind, path in APIS.items()}
        seen.append({kind: count for kind, count in kinds.items() if count})
    assert seen == [
        {"GRPCRoute": 1, "HTTPRoute": 1, "UpstreamSettingsPolicy": 1},
        {"HTTPRoute": 1, "UpstreamSettingsPolicy": 1, "ClientSettingsPolicy": 1, "ProxySettingsPolicy": 1},
        {"Ingress": 1},
        {},
    ]
    assert told(done) == [] and service.run().changed(service.name) == []


APIS = {kind: POLICIES if kind.endswith("Policy") else API for kind in PLURALS} | {"Ingress": "/apis/networking.k8s.io/v1"}


def test_an_address_of_another_service_is_refused(standin, playbooks, cluster, service, unique):
    assert service.run(public_addresses=[service.host, f"/{service.layer}"]).returncode == 0
    other = Service(playbooks, cluster, "other", unique("layer"))
    cases: Any = ((["--check"], GATEWAY_OUTPUTS, service.host), ([], NGINX_OUTPUTS, f"{DOMAIN}/{service.layer}/"))
    mark = standin.mark()
    for arguments, outputs, address in cases:
        other.outputs = {"k8s_addons_outputs": outputs}
        refused = other.run(*arguments, public_addresses=[address])
        sentence = f"opta_service_public_addresses, {address}: service hello of layer {service.layer} has this address already"
        assert sentence in refused.failure()
    assert standin.mutating(mark) == [] and cluster.get(f"/api/v1/namespaces/{other.layer}") is None
    assert other.plan(public_addresses=[f"{service.host}/beside"]).returncode == 0


@pytest.mark.parametrize(
    ("inputs", "outputs", "sentence"),
    [
        (
            {"public_addresses": ["hello.example.org"]},
            {"k8s_addons_outputs": GATEWAY_OUTPUTS},
            f"environment {ENVIRONMENT} serves example.com",
        ),
        ({"public_addresses": ["/"]}, {}, f"environment {ENVIRONMENT} has no ingress"),
        (
            {"public_addresses": ["/"]},
            {"k8s_addons_outputs": GATEWAY_OUTPUTS, "dns_cert_outputs": {**ZONE_OUTPUTS, "certificate_arn": ""}},
            "example.com has no certificate yet: delegate the domain",
        ),
    ],
)
def test_bad_input_is_reported_before_the_first_call(standin, service, inputs, outputs, sentence):
    service.outputs = outputs
    mark = standin.mark()
    assert sentence in service.run(**inputs).failure()
    assert standin.requests(mark) == []


def test_a_route_that_the_gateway_rejects_is_rolled_back_and_explained(service):
    assert service.run(public_addresses=[service.host]).returncode == 0
    service.outputs["k8s_addons_outputs"] = {**GATEWAY_OUTPUTS, "gateway_name": "nobody"}
    failed = service.run(timeout_seconds=5)
    assert "for Gateway nobody, Accepted is not set yet" in failed.failure() and "rolled back" in failed.failure()
    (route,) = items(service, API + "/{}/httproutes")
    assert route["spec"]["parentRefs"][0]["name"] == "public"
