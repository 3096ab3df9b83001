"""What the AWS Load Balancer Controller, or the stand-in in its place, has made for a Service: under the names of recorded behaviour."""

from __future__ import annotations

import datetime
from typing import Any, Protocol

from ansible_collections.opta.platform.plugins.module_utils._linkerd import certificates

from tests.standin.loops import load_balancer_names as names
from tests.support.recorded_behaviour import in_own_order

#: of what is recorded, those with calls
STEPS = ("created", "registered", "deregistered", "certified", "deleted")


class Aws(Protocol):
    def client(self, service: str) -> Any: ...


def certificate(aws: Aws) -> str:
    """The ARN of a new one for example.com."""
    now = datetime.datetime.now(datetime.timezone.utc)
    pair = certificates.new_server("example.com", certificates.new_anchor("example.com", now, 365), now, 365)
    return str(aws.client("acm").import_certificate(Certificate=pair.certificate, PrivateKey=pair.key)["CertificateArn"])


def made_for(aws: Aws, cluster: str, service: dict[str, Any], scheme: str = "internet-facing") -> dict[str, str]:
    """Names and identifiers, which hold when they are as the names' source says."""
    balancing, ec2 = aws.client("elbv2"), aws.client("ec2")
    (balancer,) = balancing.describe_load_balancers(Names=[names.balancer(cluster, service, scheme)])["LoadBalancers"]
    network = aws.client("eks").describe_cluster(name=cluster)["cluster"]["resourcesVpcConfig"]
    found = {"cluster": cluster, "vpc": network["vpcId"], "nodes": network["clusterSecurityGroupId"]}
    found |= {"balancer": balancer["LoadBalancerArn"], "balancer_name": balancer["LoadBalancerName"], "host": balancer["DNSName"]}
    for key, name in (("frontend", names.frontend_group(cluster, service)), ("backend", names.backend_group(cluster))):
        wanted = [{"Name": "group-name", "Values": [name]}, {"Name": "vpc-id", "Values": [network["vpcId"]]}]
        (group,) = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
        found |= {key: group["GroupId"], f"{key}_name": name}
    for port in service["spec"]["ports"]:
        name = names.target_group(cluster, service, port, "ip")
        (group,) = balancing.describe_target_groups(Names=[name])["TargetGroups"]
        found |= {f"group_{port['port']}": group["TargetGroupArn"], f"group_{port['port']}_name": name}
    for listener in balancing.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
        found[f"listener_{listener['Port']}"] = listener["ListenerArn"]
    return found


def tags_of(aws: Aws, made: dict[str, str]) -> dict[str, dict[str, str]]:
    """The tags of what was made, and of the nodes' security group, by ARN or id."""
    groups = aws.client("ec2").describe_security_groups(GroupIds=[made[key] for key in ("frontend", "backend", "nodes")])
    found = {group["GroupId"]: group["Tags"] for group in groups["SecurityGroups"]}
    arns = [value for value in made.values() if value.startswith("arn:aws:elasticloadbalancing:")]
    for each in aws.client("elbv2").describe_tags(ResourceArns=arns)["TagDescriptions"]:
        found[each["ResourceArn"]] = each["Tags"]
    return {identifier: {tag["Key"]: tag["Value"] for tag in tags} for identifier, tags in found.items()}


def rules_between(aws: Aws, nodes: str, backend: str) -> list[dict[str, Any]]:
    """What the load balancers' shared security group may reach of the nodes."""
    (group,) = aws.client("ec2").describe_security_groups(GroupIds=[nodes])["SecurityGroups"]
    return [
        {**{key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort")}, "Description": pair.get("Description")}
        for rule in group["IpPermissions"]
        for pair in rule["UserIdGroupPairs"]
        if pair["GroupId"] == backend
    ]


def in_order(done: dict[str, Any]) -> dict[str, Any]:
    """The calls of each step in an order of their own, and the names of readiness gates."""
    steps = {key: in_own_order(value) for key, value in done.items() if key in STEPS}
    return {**done, **steps, "readiness_gates": sorted(done["readiness_gates"])}
