"""The module kubernetes_routes_info through Ansible, on a real API server."""

from __future__ import annotations

import pytest

from tests.module.gateway_foundation import API, DOMAIN, GATEWAY, NAMESPACE, with_gateway
from tests.module.kubernetes_foundation import Cluster

CONNECTION = ("cluster_name", "endpoint", "certificate_authority_data")


@pytest.fixture
def cluster(standin):
    return with_gateway(Cluster(standin))


@pytest.fixture
def listed(run_module, cluster):
    """The addresses in a namespace, as the module says them: (kind, host, path, service)."""

    def found(namespace, **how):
        result = run_module("kubernetes_routes_info", **{name: cluster.options[name] for name in CONNECTION}, **how)
        assert result["changed"] is False
        return {(a["kind"], a["host"], a["path"], a["service"]) for a in result["addresses"] if a["namespace"] == namespace}

    return found


def test_addresses_of_all_route_kinds_are_listed_without_deleted_routes(cluster, listed, unique):
    namespace = cluster.namespace(unique("routes"))
    labels = {"app.kubernetes.io/instance": "web"}
    parents = [{"name": GATEWAY, "namespace": NAMESPACE, "sectionName": "https"}]
    mesh = [{"group": "", "kind": "Service", "name": "web", "port": 80}]

    def route(kind, plural, name, rules, parents=parents):
        body = {"apiVersion": API.removeprefix("/apis/"), "kind": kind, "metadata": {"name": name, "labels": labels}}
        spec = {"parentRefs": parents, "hostnames": [] if parents is mesh else [f"{name}.{DOMAIN}"], "rules": rules}
        cluster.kubernetes.create(f"{API}/namespaces/{namespace}/{plural}", {**body, "spec": spec})

    route("HTTPRoute", "httproutes", "web", [{"matches": [{"path": {"type": "PathPrefix", "value": "/shop"}}]}])
    route("HTTPRoute", "httproutes", "within", [{}], mesh)
    route("HTTPRoute", "httproutes", "plain", [{"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https"}}]}])
    route("GRPCRoute", "grpcroutes", "rpc", [{}])
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}
    ingress = {"metadata": {"name": "old"}, "spec": {"rules": [{"host": f"old.{DOMAIN}", "http": {"paths": [path]}}]}}
    cluster.kubernetes.create(f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses", ingress)

    everything = {
        ("HTTPRoute", f"web.{DOMAIN}", "/shop", "web"),
        ("GRPCRoute", f"rpc.{DOMAIN}", "", "web"),
        ("Ingress", f"old.{DOMAIN}", "/", ""),
    }
    assert listed(namespace) == listed(namespace, check_mode=True) == everything
    cluster.kubernetes.delete(f"{API}/namespaces/{namespace}/httproutes/web")
    assert {kind for kind, *_others in listed(namespace)} == {"GRPCRoute", "Ingress"}


def test_a_plan_without_a_cluster_finds_no_routes(run_module, cluster):
    options = {**{name: cluster.options[name] for name in CONNECTION}, "endpoint": "(known after apply)"}
    assert run_module("kubernetes_routes_info", check_mode=True, **options)["addresses"] == []
    assert "create it first" in run_module("kubernetes_routes_info", expect_failure=True, **options)["msg"]
