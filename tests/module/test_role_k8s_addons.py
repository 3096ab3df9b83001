"""The role k8s_addons through ansible-playbook, asked of Kubernetes's and AWS's own answers."""

from __future__ import annotations

import pytest

from tests.module.addons_foundation import DOMAIN, Addons
from tests.module.eks_foundation import until
from tests.module.service_foundation import ENVIRONMENT, actions

OWN_NAMESPACES = {
    "aws-load-balancer-controller": "aws-load-balancer-controller",
    "metrics-server": "metrics-server",
    "cluster-autoscaler": "cluster-autoscaler",
    "external-dns": "external-dns",
    "nginx-gateway-fabric": "nginx-gateway",
}


@pytest.fixture
def addons(playbooks, standin):
    return Addons(playbooks, standin)


def test_k1_to_k9_from_nothing_to_nothing(standin, addons):
    mark = standin.mark()
    planned = addons.run("--check")
    assert standin.mutating(mark) == []
    done = addons.run()
    assert actions(planned) == actions(done)
    mark = standin.mark()
    again = addons.run()
    assert (actions(again), again.changed(ENVIRONMENT), standin.mutating(mark)) == ([], [], [])
    assert OWN_NAMESPACES.items() <= addons.releases().items()
    (balancer,) = addons.balancers()
    assert balancer["tags"]["opta:name"] == "nginx_gateway_fabric"
    assert balancer["DNSName"] in done.output

    client = standin.client("elbv2")
    listeners = {entry["Port"]: entry for entry in client.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]}
    assert {port: entry["Protocol"] for port, entry in listeners.items()} == {80: "TCP", 443: "TLS"}
    assert listeners[443]["Certificates"][0]["CertificateArn"] == addons.zone["certificate_arn"]

    _route(addons, f"app.{DOMAIN}")
    until(lambda: (f"app.{DOMAIN}.", "A") in addons.records())
    assert (f"a-extdns.app.{DOMAIN}.", "TXT") in addons.records(), "T21: the owner's record lies in the zone"

    gone = addons.absent()
    assert gone.returncode == 0, gone.output[-4000:]
    assert (addons.balancers(), addons.roles(), addons.records()) == ([], set(), set())
    left = {item["metadata"]["name"] for item in addons.cluster.kubernetes.items("/api/v1/namespaces")}
    assert not left & set(OWN_NAMESPACES.values())
    mark = standin.mark()
    assert addons.absent().changed(ENVIRONMENT) == []
    assert standin.mutating(mark) == []


def _route(addons, host):
    kubernetes = addons.cluster.kubernetes
    kubernetes.create("/api/v1/namespaces", {"metadata": {"name": "routed"}})
    spec = {"parentRefs": [{"name": "public", "namespace": "nginx-gateway", "sectionName": "https"}], "hostnames": [host]}
    route = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "app"}, "spec": spec}
    kubernetes.create("/apis/gateway.networking.k8s.io/v1/namespaces/routed/httproutes", route)
