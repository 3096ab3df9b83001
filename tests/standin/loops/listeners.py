"""A load balancer with its listeners and target groups, by its Service's ports and annotations, as the controller reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.standin.loops import load_balancer_names as names

PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"
SECURITY_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
#: where the annotations say nothing else
HEALTH_CHECK = {
    "HealthCheckProtocol": "TCP",
    "HealthCheckPort": "traffic-port",
    "HealthCheckEnabled": True,
    "HealthCheckIntervalSeconds": names.HEALTH_CHECK_SECONDS,
    "HealthCheckTimeoutSeconds": 10,
    "HealthyThresholdCount": 3,
    "UnhealthyThresholdCount": 3,
}


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


class Tags:
    """Those of what a Service has. Arguments: the cluster; the Service; the tags that are its owner's wish."""

    def __init__(self, cluster: str, service: Mapping[str, Any], given: Mapping[str, str]) -> None:
        self.stack = f"{service['metadata']['namespace']}/{service['metadata']['name']}"
        self._common = {**given, "elbv2.k8s.aws/cluster": cluster, "service.k8s.aws/stack": self.stack}

    def of(self, resource: str) -> dict[str, str]:
        return dict(sorted({**self._common, "service.k8s.aws/resource": resource}.items()))


class Listeners:
    """Those of one load balancer. Arguments: a client of ELBv2; the cluster's name; the Service; the load balancer's name."""

    def __init__(self, load_balancing: Any, cluster: str, service: Mapping[str, Any], name: str) -> None:
        self._client, self._cluster, self._service, self._name = load_balancing, cluster, dict(service), name

    def provide(
        self, annotations: Annotations, tags: Tags, scheme: str, subnets: Sequence[str], security_groups: Sequence[str], vpc: str
    ) -> dict[str, Any]:
        """The load balancer as DescribeLoadBalancers has it, with one listener for each port of the Service, and no other."""
        ports = {port["port"]: port for port in self._service["spec"]["ports"]}
        groups = {number: self._target_group(ports[number], annotations, tags, vpc) for number in sorted(ports, key=str)}
        balancer = self._balancer()
        if balancer is None:
            balancer = self._client.create_load_balancer(
                Name=self._name,
                Type="network",
                Scheme=scheme,
                IpAddressType="ipv4",
                EnablePrefixForIpv6SourceNat="off",
                SubnetMappings=[{"SubnetId": subnet} for subnet in subnets],
                SecurityGroups=list(security_groups),
                Tags=_listed(tags.of("LoadBalancer")),
            )["LoadBalancers"][0]
        else:
            self._tag(balancer["LoadBalancerArn"], tags.of("LoadBalancer"))
        arn: str = balancer["LoadBalancerArn"]
        self._set_attributes("load_balancer", arn, annotations.pairs("attributes"))
        found = {listener["Port"]: listener for listener in self._client.describe_listeners(LoadBalancerArn=arn)["Listeners"]}
        for number in found.keys() - ports.keys():
            self._client.delete_listener(ListenerArn=found[number]["ListenerArn"])
        for number, group in groups.items():
            self._listen(arn, found.get(number), number, group, annotations, tags)
        return dict(balancer)

    def register(self, addresses: Mapping[int, Sequence[tuple[str, int]]]) -> None:
        """Make these addresses, by the port of the Service, the targets, and no others."""
        balancer = self._balancer()
        if balancer is None:
            return
        for listener in self._client.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            arn = _group_of(listener)
            found, wanted = self._targets(arn), set(addresses.get(listener["Port"], ()))
            for call, those in (("register_targets", wanted - found), ("deregister_targets", found - wanted)):
                if those:
                    getattr(self._client, call)(TargetGroupArn=arn, Targets=_described(those))

    def remove(self) -> None:
        balancer = self._balancer()
        if balancer is None:
            return
        found = self._client.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        groups = list(dict.fromkeys(map(_group_of, found)))
        self._client.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
        for arn in groups:
            targets = self._targets(arn)
            if targets:
                self._client.deregister_targets(TargetGroupArn=arn, Targets=_described(targets))
        for arn in groups:
            self._client.delete_target_group(TargetGroupArn=arn)

    def _balancer(self) -> dict[str, Any] | None:
        listed: list[dict[str, Any]] = self._client.describe_load_balancers()["LoadBalancers"]
        return next((each for each in listed if each["LoadBalancerName"] == self._name), None)

    def _targets(self, group: str) -> set[tuple[str, int]]:
        described = self._client.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return {(entry["Target"]["Id"], int(entry["Target"]["Port"])) for entry in described}

    def _target_group(self, port: dict[str, Any], annotations: Annotations, tags: Tags, vpc: str) -> str:
        kind = annotations.text("nlb-target-type", "instance")
        name, wanted = names.target_group(self._cluster, self._service, port, kind), tags.of(f"{tags.stack}:{port['port']}")
        listed = self._client.describe_target_groups()["TargetGroups"]
        arn = next((group["TargetGroupArn"] for group in listed if group["TargetGroupName"] == name), "")
        if arn:
            self._tag(arn, wanted)
        else:
            place = {"Name": name, "Protocol": "TCP", "Port": names.target_port(port, kind), "VpcId": vpc, "TargetType": kind}
            arn = self._client.create_target_group(**place, **HEALTH_CHECK, Tags=_listed(wanted))["TargetGroups"][0]["TargetGroupArn"]
        proxied = "true" if annotations.text("proxy-protocol") == "*" else "false"
        self._set_attributes("target_group", arn, {**annotations.pairs("target-group-attributes"), "proxy_protocol_v2.enabled": proxied})
        return str(arn)

    def _listen(self, balancer: str, found: dict[str, Any] | None, number: int, group: str, annotations: Annotations, tags: Tags) -> None:
        settings, target = _protocol(number, annotations), {"TargetGroupArn": group}
        certificates = {each["CertificateArn"] for each in settings.get("Certificates", [])}
        if found is None:
            action: dict[str, Any] = {"Type": "forward", "Order": 1, "ForwardConfig": {"TargetGroups": [target]}}
            created = self._client.create_listener(
                LoadBalancerArn=balancer, Port=number, DefaultActions=[action], Tags=_listed(tags.of(str(number))), **settings
            )
            self._set_certificates(created["Listeners"][0]["ListenerArn"], certificates, known=False)
            return
        arn = found["ListenerArn"]
        self._tag(arn, tags.of(str(number)))
        as_described = {key: found[key] for key in settings if found.get(key)}
        if as_described != settings or _group_of(found) != group:
            forward = {"TargetGroups": [{**target, "Weight": 1}], "TargetGroupStickinessConfig": {"Enabled": False}}
            action = {"Type": "forward", "Order": 1, "ForwardConfig": forward}
            self._client.modify_listener(ListenerArn=arn, Port=number, DefaultActions=[action], **settings)
        if certificates or found["Protocol"] == "TLS":
            self._set_certificates(arn, certificates)

    def _set_certificates(self, listener: str, wanted: set[str], known: bool = True) -> None:
        """The default certificate is in the list of further ones, too, so that it is found among those of other key types."""
        described = self._client.describe_listener_certificates(ListenerArn=listener)["Certificates"] if known else []
        found = {each["CertificateArn"] for each in described if not each["IsDefault"]}
        for call, those in (("remove_listener_certificates", found - wanted), ("add_listener_certificates", wanted - found)):
            for certificate in sorted(those):
                getattr(self._client, call)(ListenerArn=listener, Certificates=[{"CertificateArn": certificate}])

    def _set_attributes(self, what: str, arn: str, wanted: Mapping[str, str]) -> None:
        """what: load_balancer or target_group."""
        key = {"load_balancer": "LoadBalancerArn", "target_group": "TargetGroupArn"}[what]
        described = getattr(self._client, f"describe_{what}_attributes")(**{key: arn})["Attributes"]
        found = {each["Key"]: each["Value"] for each in described}
        changed = {name: value for name, value in sorted(wanted.items()) if found.get(name) != value}
        if changed:
            getattr(self._client, f"modify_{what}_attributes")(**{key: arn, "Attributes": _listed(changed)})

    def _tag(self, arn: str, wanted: Mapping[str, str]) -> None:
        described = self._client.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
        found = {tag["Key"]: tag["Value"] for tag in described}
        if not wanted.items() <= found.items():
            self._client.add_tags(ResourceArns=[arn], Tags=_listed(wanted))


def _group_of(listener: Mapping[str, Any]) -> str:
    action = listener["DefaultActions"][0]
    return str(action.get("TargetGroupArn") or action["ForwardConfig"]["TargetGroups"][0]["TargetGroupArn"])


def _listed(pairs: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def _described(targets: set[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"Id": address, "Port": port} for address, port in sorted(targets)]


def _protocol(port: int, annotations: Annotations) -> dict[str, Any]:
    certificate, ports = annotations.text("ssl-cert"), annotations.listed("ssl-ports")
    if not certificate or (ports and ports != ["*"] and str(port) not in ports):
        return {"Protocol": "TCP"}
    alpn = annotations.text("alpn-policy")
    return {
        "Protocol": "TLS",
        "Certificates": [{"CertificateArn": certificate}],
        "SslPolicy": annotations.text("ssl-negotiation-policy", SECURITY_POLICY),
        **({"AlpnPolicy": [alpn]} if alpn else {}),
    }
