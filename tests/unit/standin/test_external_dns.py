"""The stand-in's external-dns asks Route 53 for what the real one asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.standin.loops.external_dns import ExternalDns
from tests.support.recorded_behaviour import in_order, recorded

HOST, OWNER = "hello.staging.example.com", "opta-staging-eu-west-1"


class Cluster:
    """Answers for the client of a cluster with external-dns, a Gateway and its route."""

    def __init__(self, zone: str) -> None:
        args = ["--source=gateway-httproute", f"--zone-id-filter={zone}", f"--txt-owner-id={OWNER}"]
        args += ["--domain-filter=staging.example.com", "--txt-prefix=%{record_type}-extdns."]
        self.deployments = [{"metadata": {}, "spec": {"template": {"spec": {"containers": [{"args": args}]}}}}]
        self.gateways: list[dict[str, Any]] = [{"metadata": {"namespace": "gateways", "name": "public"}}]
        parent = {"namespace": "gateways", "name": "public"}
        self.routes = [{"metadata": {"namespace": "default", "name": "hello"}, "spec": {"parentRefs": [parent], "hostnames": [HOST]}}]

    def items(self, _path: str) -> list[dict[str, Any]]:
        return self.deployments

    def get(self, path: str, accept: tuple[int, ...]) -> dict[str, Any]:
        return {"items": self.gateways if path.endswith("gateways") else self.routes}

    def serve(self, balancer: str) -> None:
        self.gateways[0]["status"] = {"addresses": [{"value": balancer}]}


class View:
    """What the loop knows of AWS."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url, self.region, self.mutations = endpoint_url, "eu-west-1", 0


@pytest.fixture
def sent(aws, monkeypatch):
    """The changes that a pass of the loop sends, with a cluster and the zone."""
    monkeypatch.setattr("tests.standin.loops.external_dns.INTERVAL_SECONDS", 0)
    zone = aws.client("route53").create_hosted_zone(Name="staging.example.com", CallerReference=aws.name("zone"))["HostedZone"]["Id"]
    cluster, view = Cluster(zone), View(aws.world.endpoint_url)
    loop = ExternalDns(cluster, view)  # type: ignore[arg-type]

    log = aws.directory / "requests.jsonl"

    def changes():
        before = len(log.read_text().splitlines())
        view.mutations += 1
        loop.run()
        calls = map(json.loads, log.read_text().splitlines()[before:])
        return [call["parameters"]["ChangeBatch"]["Changes"] for call in calls if call["operation"] == "ChangeResourceRecordSets"]

    return cluster, changes


def test_records_are_created_updated_and_deleted_like_external_dns(aws, sent):
    cluster, changes = sent
    subnets, client = aws.network()[1], aws.client("elbv2")
    made = [client.create_load_balancer(Name=aws.name("b"), Type="network", Subnets=subnets)["LoadBalancers"][0] for _ in range(2)]
    first, second = (balancer["DNSName"] for balancer in made)
    names = {"host": HOST, "owner": OWNER, "balancer_zone": made[0]["CanonicalHostedZoneId"]}
    wanted = recorded("external-dns", balancer=first, other_balancer=second, **names)

    cluster.serve(first)
    (created,) = changes()
    assert in_order(created) == in_order(wanted["created"])
    assert changes() == []
    cluster.serve(second)
    (moved,) = changes()
    assert in_order(moved) == in_order(wanted["moved"])
    cluster.routes.clear()
    (deleted,) = changes()
    assert in_order(deleted) == in_order(wanted["deleted"])
