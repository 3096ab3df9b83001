"""The role k8s_addons through ansible-playbook, asked of Kubernetes's and AWS's own answers."""

from __future__ import annotations

import pytest

from tests.module.addons_foundation import DOMAIN, Addons
from tests.module.service_foundation import ENVIRONMENT, PREFIX, actions
from tests.support.identities import identity_of
from tests.support.until import until

IDENTITY = identity_of(ENVIRONMENT, PREFIX)

OWN_NAMESPACES = {
    "aws-load-balancer-controller": "aws-load-balancer-controller",
    "metrics-server": "metrics-server",
    "cluster-autoscaler": "cluster-autoscaler",
    "external-dns": "external-dns",
    "nginx-gateway-fabric": "nginx-gateway",
}


@pytest.fixture(scope="module")
def standin(empty):
    """A stand-in of its own: other tests make namespaces and kinds of these names."""
    return empty


@pytest.fixture
def addons(ansible, standin):
    return Addons(ansible, standin)


def _route(addons, host):
    kubernetes = addons.cluster.kubernetes
    kubernetes.create("/api/v1/namespaces", {"metadata": {"name": "routed"}})
    spec = {"parentRefs": [{"name": "public", "namespace": "nginx-gateway", "sectionName": "https"}], "hostnames": [host]}
    route = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "app"}, "spec": spec}
    kubernetes.create("/apis/gateway.networking.k8s.io/v1/namespaces/routed/httproutes", route)


def _reached_from_outside(standin, addons, done):
    """The load balancer ends TLS with the environment's certificate, and external-dns keeps the records of a route."""
    (balancer,) = addons.balancers()
    assert balancer["tags"]["opta:name"] == "nginx_gateway_fabric"
    assert balancer["DNSName"] in done.output
    listed = standin.client("elbv2").describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    listeners = {entry["Port"]: entry for entry in listed}
    assert {port: entry["Protocol"] for port, entry in listeners.items()} == {80: "TCP", 443: "TLS"}
    assert listeners[443]["Certificates"][0]["CertificateArn"] == addons.zone["certificate_arn"]
    _route(addons, f"app.{DOMAIN}")
    until(lambda: (f"app.{DOMAIN}.", "A") in addons.records())
    owned = {(f"{kind}-extdns.app.{DOMAIN}.", "TXT") for kind in ("cname", "aaaa")}
    assert owned <= addons.records(), "the owner's records must lie in the zone"


def test_the_role_installs_changes_and_uninstalls_add_ons(standin, addons):
    """A value, a version, the other ingress, a chart more, an add-on off: each predicted, done, and nothing left."""
    addons.standin.client("secretsmanager").create_secret(Name="datadog", SecretString='{"api_key": "a-key-of-datadog"}')
    arn = addons.standin.client("secretsmanager").describe_secret(SecretId="datadog")["ARN"]
    made = addons.run()
    assert OWN_NAMESPACES.items() <= addons.releases().items()
    _reached_from_outside(standin, addons, made)
    addons.cluster.kubernetes.delete("/api/v1/namespaces/routed")
    mine = {"name": "mine", "repository": "https://charts.example.com", "chart": "metrics-server", "chart_version": "3.13.1"}
    changes = {
        "value, version and more": {
            "metrics_server_values": {"replicas": 3},
            "metrics_server_chart_version": "3.13.0",
            "datadog_enabled": True,
            "datadog_api_key_secret_arn": arn,
            "extra_charts": [mine],
        },
        "off": {"datadog_enabled": False, "cluster_autoscaler_enabled": False, "ingress": "ingress_nginx"},
    }
    for name, inputs in changes.items():
        mark = standin.mark()
        planned = addons.run("--check", **inputs)
        assert standin.mutating(mark) == []
        done = addons.run()
        assert actions(planned) == actions(done), name
        assert actions(done), f"{name}: nothing was done"
        assert "a-key-of-datadog" not in planned.output + done.output
    assert "archived in March 2026" in done.output
    kinds = {entry["resource"] for entry in done.actions() if entry["action"] == "delete"}
    assert {"helm release datadog/datadog", "Namespace datadog", f"IAM role {IDENTITY.role_name('addon', 'cluster-autoscaler')}"} <= kinds
    assert addons.releases()["mine"] == "mine"
    assert {balancer["tags"]["opta:name"] for balancer in addons.balancers()} == {"ingress_nginx"}
    assert addons.roles() == {IDENTITY.role_name("addon", name) for name in ("aws-load-balancer-controller", "external-dns")}
    mark = standin.mark()
    assert (addons.run().changed(ENVIRONMENT), standin.mutating(mark)) == ([], [])

    gone = addons.absent()
    assert gone.returncode == 0, gone.output[-4000:]
    assert (addons.balancers(), addons.roles(), addons.records()) == ([], set(), set())
    left = {item["metadata"]["name"] for item in addons.cluster.kubernetes.items("/api/v1/namespaces")}
    assert not left & set(OWN_NAMESPACES.values())
    mark = standin.mark()
    assert addons.absent().changed(ENVIRONMENT) == []
    assert standin.mutating(mark) == []


def test_a_pending_release_is_reported_and_repaired_only_on_confirmation(addons):
    assert addons.run(ingress="none", cluster_autoscaler_enabled=False).returncode == 0
    addons.cluster.set_status("metrics-server", "metrics-server", 1, "pending-upgrade", {"opta.platform/run": "elsewhere.1.1"})
    reported = addons.run(wait_timeout_seconds=1)
    assert reported.returncode != 0
    assert "metrics-server is pending-upgrade for" in reported.failure()
    assert addons.run(wait_timeout_seconds=20, repair=True).returncode == 0


def test_a_repository_that_does_not_answer_is_reported_by_name(addons):
    reported = addons.run(
        ingress="none", repository_mirror="http://127.0.0.1:9", metrics_server_values={"replicas": 4}, gateway_api_enabled=False
    )
    assert reported.returncode != 0
    assert "http://127.0.0.1:9/kubernetes-sigs.github.io/metrics-server" in reported.failure()
