"""The real external-dns keeps the records of the environment's routes, with what the collection gives it."""

from __future__ import annotations

import os
import subprocess
import uuid

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import external_dns

from tests.controllers import programs, running
from tests.module.gateway_foundation import API, GATEWAY, NAMESPACE, with_gateway
from tests.module.kubernetes_foundation import Cluster
from tests.standin.loops.external_dns import NOTED_AS
from tests.standin.processes import release_port, reserve_port
from tests.support.recorded_behaviour import in_order, recorded

DOMAIN, HOST = "staging.example.com", "hello.staging.example.com"
ROUTES = f"{API}/namespaces/default/httproutes"


class ExternalDns:
    """One synchronization at a time of the real program, by the flags and in the environment of its container."""

    def __init__(self, standin, program, chart, directory):
        self.standin, self.program = standin, program
        self.cluster = with_gateway(Cluster(standin))
        self.route53 = standin.client("route53")
        created = self.route53.create_hosted_zone(Name=DOMAIN, CallerReference=uuid.uuid4().hex)
        self.zone_id = created["HostedZone"]["Id"].rpartition("/")[2]
        self.inputs = {
            **running.ENVIRONMENT,
            "ingress": "nginx_gateway_fabric",
            "zone": {"domain": DOMAIN, "zone_id": self.zone_id},
        }
        values = external_dns.values(self.inputs)
        self.owner = values["txtOwnerId"]
        objects = running.rendered(chart, external_dns.NAME, "default", values, directory)
        self.container = running.container(objects, external_dns.NAME)
        self.kubeconfig = running.as_service_account(self.cluster, directory, objects, "default")

    def synchronize(self):
        """The calls to AWS that the program makes."""
        mark, port = self.standin.mark(), reserve_port()
        flags = ["--once", f"--kubeconfig={self.kubeconfig}", f"--metrics-address=127.0.0.1:{port}"]
        given = {entry["name"]: entry["value"] for entry in self.container["env"]}
        reached = {name: value for name, value in self.standin.environment.items() if name.startswith("AWS_")}
        try:
            done = subprocess.run(
                [self.program, *self.container["args"], *flags],
                env={"PATH": os.environ["PATH"], **reached, **given},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
        finally:
            release_port(port)
        assert done.returncode == 0, done.stderr
        return self.standin.requests(mark)

    def records(self):
        """What is in the zone besides its own records, by name and type."""
        found = self.route53.list_resource_record_sets(HostedZoneId=self.zone_id)["ResourceRecordSets"]
        return {(record["Name"], record["Type"]): record for record in found if record["Type"] not in ("NS", "SOA")}


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("external-dns")


@pytest.fixture
def dns(standin, obtain, directory):
    chart = obtain(programs.chart, programs.EXTERNAL_DNS)
    return ExternalDns(standin, obtain(programs.provide, programs.EXTERNAL_DNS), chart, directory)


@pytest.fixture
def balancers(standin):
    """Two network load balancers."""
    subnets = [subnet["SubnetId"] for subnet in standin.client("ec2").describe_subnets()["Subnets"][:2]]
    client = standin.client("elbv2")
    desired = [{"Name": f"dns-{uuid.uuid4().hex[:8]}", "Type": "network", "Subnets": subnets} for _ in range(2)]
    made = [client.create_load_balancer(**each)["LoadBalancers"][0] for each in desired]
    yield made
    for balancer in made:
        client.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])


def accepted(kubernetes, balancer):
    """What NGINX Gateway Fabric writes once Gateway and route are served."""
    conditions = [{"type": "Accepted", "status": "True", "reason": "Accepted", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}]
    gateway = f"{API}/namespaces/{NAMESPACE}/gateways/{GATEWAY}"
    kubernetes.merge(f"{gateway}/status", {"status": {"addresses": [{"type": "Hostname", "value": balancer}]}})
    route = kubernetes.get(f"{ROUTES}/hello")
    conditions[0]["observedGeneration"] = route["metadata"]["generation"]
    parent = {"parentRef": route["spec"]["parentRefs"][0], "controllerName": "gateway.nginx.org/nginx-gateway-controller"}
    kubernetes.merge(f"{ROUTES}/hello/status", {"status": {"parents": [{**parent, "conditions": conditions}]}})


def test_the_chart_is_the_pinned_one_and_the_program_the_charts(obtain):
    described = yaml.safe_load((obtain(programs.chart, programs.EXTERNAL_DNS) / "Chart.yaml").read_text())
    assert described["version"] == programs.pinned_charts()["external_dns"].version
    assert described["appVersion"] == programs.EXTERNAL_DNS.version


def sent(calls):
    """What the program changes in Route 53."""
    (call,) = (call for call in calls if call["mutating"])
    assert call["operation"] == "ChangeResourceRecordSets"
    return in_order(call["parameters"]["ChangeBatch"]["Changes"])


def test_dns_records_are_created_and_deleted_with_their_route(dns, balancers):
    kubernetes = dns.cluster.kubernetes
    parent = {"name": GATEWAY, "namespace": NAMESPACE}
    route = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "hello"}}
    kubernetes.apply(f"{ROUTES}/hello", {**route, "spec": {"parentRefs": [parent], "hostnames": [HOST]}})
    first, second = (balancer["DNSName"] for balancer in balancers)
    names = {"host": HOST, "owner": dns.owner, "balancer_zone": balancers[0]["CanonicalHostedZoneId"]}
    desired = recorded(external_dns.NAME, balancer=first, other_balancer=second, **names)

    accepted(kubernetes, first)
    calls = dns.synchronize()
    assert sent(calls) == in_order(desired["created"])
    for kind in NOTED_AS:
        assert dns.records()[f"{HOST}.", kind]["AliasTarget"]["DNSName"] == f"{first}."
    running.assert_permitted(external_dns.statements(dns.inputs), calls)
    assert [call["operation"] for call in dns.synchronize() if call["mutating"]] == []

    accepted(kubernetes, second)
    assert sent(dns.synchronize()) == in_order(desired["moved"])

    kubernetes.delete(f"{ROUTES}/hello")
    assert sent(dns.synchronize()) == in_order(desired["deleted"])
    assert dns.records() == {}
