"""What external-dns does, imitated: records for routes and Ingresses in the zone, each with the TXT record that names its owner.

Source: external-dns 0.21.0, registry/txt/registry.go, registry/mapper/mapper.go, provider/aws/aws.go: for the name of a load balancer an
alias of the type A, noted as CNAME, and one of the type AAAA.
Only while the Deployment of an external-dns is in the cluster, and by its arguments.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.standin.aws_calls import aws_client
from tests.standin.kubernetes_client import KubernetesClient

if TYPE_CHECKING:
    from tests.standin.loops.cluster_loops import View

INTERVAL_SECONDS = 1.0  # the real one looks once a minute
API = "/apis/gateway.networking.k8s.io/v1"
ROUTES = {"gateway-httproute": ("httproutes", "httproute"), "gateway-grpcroute": ("grpcroutes", "grpcroute")}
#: the type of an alias and how its TXT record names it
NOTED_AS = {"A": "cname", "AAAA": "aaaa"}
LABEL = "app.kubernetes.io%2Fname%3Dexternal-dns"
Record = dict[str, Any]
Key = tuple[str, str]


class ExternalDns:
    """Arguments: a client of the cluster; the view of AWS."""

    def __init__(self, client: KubernetesClient, view: View) -> None:
        self._client, self._view = client, view
        self._look_again = 0.0
        self._followed: object = None

    def run(self) -> None:
        if time.monotonic() < self._look_again:
            return
        self._look_again = time.monotonic() + INTERVAL_SECONDS
        for deployment in self._client.items(f"/apis/apps/v1/deployments?labelSelector={LABEL}"):
            if not deployment["metadata"].get("deletionTimestamp"):
                self._follow(_arguments(deployment["spec"]["template"]["spec"]["containers"][0].get("args") or []))

    def _follow(self, arguments: dict[str, list[str]]) -> None:
        endpoints = list(self._endpoints(arguments["source"]))
        state = (arguments, endpoints, self._view.mutations)
        if state == self._followed:
            return
        zone, owner = arguments["zone-id-filter"][0], arguments["txt-owner-id"][0]
        domains, prefix = arguments["domain-filter"], arguments["txt-prefix"][0]
        wanted: dict[Key, tuple[Record, Record]] = {}
        for host, target, resource in endpoints:
            if not any(host == domain or host.endswith(f".{domain}") for domain in domains):
                continue
            zone_of_target = self._canonical_zone(target)
            if zone_of_target is None:
                continue
            alias = {"DNSName": target, "HostedZoneId": zone_of_target, "EvaluateTargetHealth": True}
            value = f'"heritage=external-dns,external-dns/owner={owner},external-dns/resource={resource}"'
            for kind, noted_as in NOTED_AS.items():
                note = {"Name": f"{_prefix(prefix, noted_as)}{host}", "Type": "TXT", "TTL": 300, "ResourceRecords": [{"Value": value}]}
                wanted[host, kind] = {"Name": host, "Type": kind, "AliasTarget": alias}, note
        self._write(zone, owner, prefix, wanted)
        self._followed = state

    def _endpoints(self, sources: list[str]) -> Iterator[tuple[str, str, str]]:
        """Host, load balancer, and what asks for it."""
        gateways = {}
        if any(source in ROUTES for source in sources):
            gateways = {(g["metadata"]["namespace"], g["metadata"]["name"]): g for g in self._items(f"{API}/gateways")}
        for source in sources:
            if source in ROUTES:
                plural, kind = ROUTES[source]
                for route in self._items(f"{API}/{plural}"):
                    metadata = route["metadata"]
                    for parent in route["spec"].get("parentRefs") or []:
                        gateway = gateways.get((parent.get("namespace", metadata["namespace"]), parent["name"]))
                        for address in ((gateway or {}).get("status") or {}).get("addresses") or []:
                            for host in route["spec"].get("hostnames") or []:
                                yield host, address["value"], f"{kind}/{metadata['namespace']}/{metadata['name']}"
            elif source == "ingress":
                for ingress in self._items("/apis/networking.k8s.io/v1/ingresses"):
                    metadata = ingress["metadata"]
                    for entry in ((ingress.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []:
                        for rule in ingress["spec"].get("rules") or []:
                            if rule.get("host") and entry.get("hostname"):
                                yield rule["host"], entry["hostname"], f"ingress/{metadata['namespace']}/{metadata['name']}"

    def _items(self, path: str) -> list[dict[str, Any]]:
        answer = self._client.get(path, accept=(404,))
        return answer.get("items") or [] if isinstance(answer, dict) else []

    def _canonical_zone(self, hostname: str) -> str | None:
        balancers = aws_client("elbv2", self._view).describe_load_balancers()["LoadBalancers"]
        return next((balancer["CanonicalHostedZoneId"] for balancer in balancers if balancer["DNSName"] == hostname), None)

    def _write(self, zone: str, owner: str, prefix: str, wanted: dict[Key, tuple[Record, Record]]) -> None:
        route53 = aws_client("route53", self._view)
        listed = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone).build_full_result()["ResourceRecordSets"]
        found = {_key(record): record for record in map(_without_dots, listed)}
        ours = [key for key, record in found.items() if f"external-dns/owner={owner}," in str(record.get("ResourceRecords"))]
        kept = set(ours)
        for name, _type in ours:
            kept |= {
                (name.removeprefix(_prefix(prefix, noted)), kind)
                for kind, noted in NOTED_AS.items()
                if name.startswith(_prefix(prefix, noted))
            }
        changes = []
        for key, (record, note) in wanted.items():
            if key not in found:
                changes += [_change("CREATE", each) for each in (record, note) if _key(each) not in found]
            elif key in kept and found[key] != record:
                changes += [_change("UPSERT", record), _change("UPSERT", note)]
        stay = {_key(each) for pair in wanted.values() for each in pair}
        changes += [_change("DELETE", found[key]) for key in sorted(kept & set(found)) if key not in stay]
        if changes:
            route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def _key(record: Record) -> Key:
    return record["Name"], record["Type"]


def _change(action: str, record: Record) -> Record:
    return {"Action": action, "ResourceRecordSet": record}


def _without_dots(record: Record) -> Record:
    """A record as external-dns sends it, of one that AWS lists."""
    sent = {**record, "Name": record["Name"].replace("\\052", "*").rstrip(".")}
    if "AliasTarget" in record:
        sent["AliasTarget"] = {**record["AliasTarget"], "DNSName": record["AliasTarget"]["DNSName"].rstrip(".")}
    return sent


def _prefix(template: str, noted_as: str) -> str:
    return template.replace("%{record_type}", noted_as)


def _arguments(args: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for argument in args:
        name, _, value = argument.removeprefix("--").partition("=")
        found.setdefault(name, []).append(value)
    return found
