"""The listeners, target groups and attributes of a load balancer, by its Service's ports and annotations, as the controller reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"


class Annotations:
    """A Service's annotations for the load-balancer controller."""

    def __init__(self, annotations: Mapping[str, str]) -> None:
        self._annotations = annotations

    def text(self, name: str, default: str = "") -> str:
        return self._annotations.get(f"{PREFIX}{name}", default)

    def listed(self, name: str) -> list[str]:
        return [entry.strip() for entry in self.text(name).split(",") if entry.strip()]

    def pairs(self, name: str) -> dict[str, str]:
        return dict(entry.split("=", 1) for entry in self.listed(name) if "=" in entry)


class Listeners:
    """Those of one load balancer. load_balancing: a client of ELBv2; balancer: as DescribeLoadBalancers has it."""

    def __init__(self, load_balancing: Any, balancer: Mapping[str, Any]) -> None:
        self._client = load_balancing
        self._balancer = balancer
        self._arn = balancer["LoadBalancerArn"]

    def bring(self, service: Mapping[str, Any], annotations: Annotations, tags: Sequence[Mapping[str, str]]) -> None:
        """One listener for each port of the Service, and no other."""
        attributes = [{"Key": key, "Value": value} for key, value in annotations.pairs("attributes").items()]
        if attributes:
            self._client.modify_load_balancer_attributes(LoadBalancerArn=self._arn, Attributes=attributes)
        found = {listener["Port"]: listener for listener in self._listed()}
        wanted = {port["port"] for port in service["spec"]["ports"]}
        for number in found.keys() - wanted:
            self._client.delete_listener(ListenerArn=found[number]["ListenerArn"])
        for number in sorted(wanted):
            group = self._target_group(number, annotations, tags)
            settings: dict[str, Any] = {
                "Port": number,
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}],
                **_protocol(number, annotations),
            }
            if number in found:
                self._client.modify_listener(ListenerArn=found[number]["ListenerArn"], **settings)
            else:
                self._client.create_listener(LoadBalancerArn=self._arn, Tags=list(tags), **settings)

    def register(self, addresses: Mapping[int, Sequence[tuple[str, int]]]) -> None:
        """Make these addresses, by the port of the Service, the targets, and no others."""
        for number, wanted in addresses.items():
            known = self._group(number)
            if known is None:
                continue
            arn = known["TargetGroupArn"]
            described = self._client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
            found = {(entry["Target"]["Id"], int(entry["Target"]["Port"])) for entry in described}
            for call, those in (("register_targets", set(wanted) - found), ("deregister_targets", found - set(wanted))):
                if those:
                    targets = [{"Id": address, "Port": port} for address, port in sorted(those)]
                    getattr(self._client, call)(TargetGroupArn=arn, Targets=targets)

    def remove(self) -> None:
        groups = [group["TargetGroupArn"] for group in self._client.describe_target_groups(LoadBalancerArn=self._arn)["TargetGroups"]]
        for listener in self._listed():
            self._client.delete_listener(ListenerArn=listener["ListenerArn"])
        for group in groups:
            self._client.delete_target_group(TargetGroupArn=group)

    def _listed(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self._client.describe_listeners(LoadBalancerArn=self._arn)["Listeners"]
        return listed

    def _group_name(self, port: int) -> str:
        return f"k8s-{hashlib.sha256(f'{self._arn} {port}'.encode()).hexdigest()[:20]}"

    def _group(self, port: int) -> dict[str, Any] | None:
        listed: list[dict[str, Any]] = self._client.describe_target_groups()["TargetGroups"]
        return next((group for group in listed if group["TargetGroupName"] == self._group_name(port)), None)

    def _target_group(self, port: int, annotations: Annotations, tags: Sequence[Mapping[str, str]]) -> str:
        known = self._group(port)
        if known:
            arn: str = known["TargetGroupArn"]
        else:
            kind = annotations.text("nlb-target-type", "instance")
            settings = {
                "Name": self._group_name(port),
                "Protocol": "TCP",
                "Port": port,
                "VpcId": self._balancer["VpcId"],
                "TargetType": kind,
            }
            arn = self._client.create_target_group(**settings, HealthCheckProtocol="TCP", Tags=list(tags))["TargetGroups"][0][
                "TargetGroupArn"
            ]
        proxied = "true" if annotations.text("proxy-protocol") == "*" else "false"
        attributes = {**annotations.pairs("target-group-attributes"), "proxy_protocol_v2.enabled": proxied}
        listed = [{"Key": key, "Value": value} for key, value in attributes.items()]
        self._client.modify_target_group_attributes(TargetGroupArn=arn, Attributes=listed)
        return arn


def _protocol(port: int, annotations: Annotations) -> dict[str, Any]:
    certificate, ports = annotations.text("ssl-cert"), annotations.listed("ssl-ports")
    if not certificate or (ports and ports != ["*"] and str(port) not in ports):
        return {"Protocol": "TCP"}
    alpn = annotations.text("alpn-policy")
    policy = annotations.text("ssl-negotiation-policy", "ELBSecurityPolicy-TLS13-1-2-2021-06")
    return {
        "Protocol": "TLS",
        "Certificates": [{"CertificateArn": certificate}],
        "SslPolicy": policy,
        **({"AlpnPolicy": [alpn]} if alpn else {}),
    }
