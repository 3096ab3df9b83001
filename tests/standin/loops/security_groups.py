"""The security groups of load balancers: one of each Service, which the world reaches, and one that all share, which reaches the nodes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.standin.loops import load_balancer_names as names

if TYPE_CHECKING:
    from tests.standin.loops.listeners import Tags

#: of the rules of the nodes' group
SHARED = "elbv2.k8s.aws/targetGroupBinding=shared"


class SecurityGroups:
    """Arguments: a client of EC2; the cluster's name; its VPC; the security group of its nodes."""

    def __init__(self, client: Any, cluster: str, vpc: str, nodes: str) -> None:
        self._client, self._cluster, self.vpc, self._nodes = client, cluster, vpc, nodes

    def frontend(self, service: Mapping[str, Any], tags: Tags) -> str:
        """The id of the Service's own, which is open at its ports."""
        name = names.frontend_group(self._cluster, dict(service))
        found = self._found(name)
        if found:
            return str(found["GroupId"])
        identifier = self._create(name, "[k8s] Managed SecurityGroup for LoadBalancer", tags.of("ManagedLBSecurityGroup"))
        world = [{"CidrIp": "0.0.0.0/0", "Description": ""}]
        rules = [_rule(number, number, IpRanges=world) for number in sorted((port["port"] for port in service["spec"]["ports"]), key=str)]
        self._client.authorize_security_group_ingress(GroupId=identifier, IpPermissions=rules)
        return identifier

    def backend(self, default_tags: Mapping[str, str]) -> str:
        """The id of the one that all share."""
        name = names.backend_group(self._cluster)
        found = self._found(name)
        if found:
            return str(found["GroupId"])
        tags = {**default_tags, "elbv2.k8s.aws/cluster": self._cluster, "elbv2.k8s.aws/resource": "backend-sg"}
        return self._create(name, "[k8s] Shared Backend SecurityGroup for LoadBalancer", tags)

    def open_nodes(self, ports: Iterable[int]) -> None:
        """Let the shared group reach the nodes from the lowest of these ports to the highest, and no others."""
        backend = self._found(names.backend_group(self._cluster))
        if backend is None:
            return
        pair = {"GroupId": backend["GroupId"], "Description": SHARED}
        numbers = sorted(ports)
        wanted = [(numbers[0], numbers[-1])] if numbers else []
        group = self._client.describe_security_groups(GroupIds=[self._nodes])["SecurityGroups"][0]
        found = [
            (rule["FromPort"], rule["ToPort"])
            for rule in group["IpPermissions"]
            if any(each["GroupId"] == backend["GroupId"] for each in rule["UserIdGroupPairs"])
        ]
        for call, rules in (
            ("authorize_security_group_ingress", [each for each in wanted if each not in found]),
            ("revoke_security_group_ingress", [each for each in found if each not in wanted]),
        ):
            if rules:
                permissions = [_rule(first, last, UserIdGroupPairs=[pair]) for first, last in rules]
                getattr(self._client, call)(GroupId=self._nodes, IpPermissions=permissions)

    def remove(self, service: Mapping[str, Any], shared: bool) -> None:
        """Delete the Service's, and the one that all share unless another has it."""
        wanted = [names.frontend_group(self._cluster, dict(service)), *([] if shared else [names.backend_group(self._cluster)])]
        for group in filter(None, map(self._found, wanted)):
            with contextlib.suppress(ClientError):  # the VPC's owner may have been quicker
                self._client.delete_security_group(GroupId=group["GroupId"])

    def _found(self, name: str) -> dict[str, Any] | None:
        wanted = [{"Name": "group-name", "Values": [name]}, {"Name": "vpc-id", "Values": [self.vpc]}]
        found: list[dict[str, Any]] = self._client.describe_security_groups(Filters=wanted)["SecurityGroups"]
        return found[0] if found else None

    def _create(self, name: str, description: str, tags: Mapping[str, str]) -> str:
        specification = {"ResourceType": "security-group", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        request = {"GroupName": name, "Description": description, "VpcId": self.vpc, "TagSpecifications": [specification]}
        return str(self._client.create_security_group(**request)["GroupId"])


def _rule(first: int, last: int, **source: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **source}
