# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define the add-on AWS Load Balancer Controller, for network load balancers of Services. Pure.

Its Ingresses, its Gateway API and its webhooks for Services are disabled: only its own load balancers depend on it.
"""

from __future__ import annotations

from typing import Any

from .. import _tags
from .definition import (
    BUDGET,
    Addon,
    Chart,
    Inputs,
    Statement,
    chart_labels,
    owner_tags,
    resources,
    service_account,
    topology_spread_constraints,
)

NAME = "aws-load-balancer-controller"
CHART = Chart("https://aws.github.io/eks-charts", NAME, "3.5.0", kubernetes=("1.22", "1.36"))
CLUSTER_TAG = "elbv2.k8s.aws/cluster"


def values(inputs: Inputs) -> dict[str, Any]:
    # the controller creates load balancers for Services of others too: they belong to the environment, but not to this role
    tags = {key: value for key, value in owner_tags(inputs, "").items() if key not in (_tags.ROLE, _tags.NAME)}
    return {
        "clusterName": inputs["cluster_name"],
        "region": inputs["region"],
        "vpcId": inputs["vpc_id"],
        "replicaCount": 2,
        "serviceAccount": service_account(ADDON.role_arn(inputs), NAME),
        "defaultTags": tags,
        "defaultTargetType": "ip",
        "enableServiceMutatorWebhook": False,
        "createIngressClassResource": False,
        "ingressClassParams": {"create": False},
        "webhookConfig": {"disableIngressValidation": True},
        "controllerConfig": {"featureGates": {"NLBGatewayAPI": False, "ALBGatewayAPI": False}},
        "enableShield": False,
        "enableWaf": False,
        "enableWafv2": False,
        "keepTLSSecret": True,
        "podDisruptionBudget": BUDGET,
        "topologySpreadConstraints": topology_spread_constraints(chart_labels(NAME, ADDON.release)),
        "podSecurityContext": {"fsGroup": 65534, "seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": {
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": resources("100m", "256Mi"),
    }


def statements(inputs: Inputs) -> list[Statement]:
    """Return docs/install/iam_policy.json of aws-load-balancer-controller 3.5.0 without disabled features, limited to the cluster."""
    place = f"{inputs['region']}:{inputs['account_id']}"
    balancing, compute = (f"arn:{inputs['partition']}:{service}:{place}" for service in ("elasticloadbalancing", "ec2"))
    groups, balancers, listeners = f"{balancing}:targetgroup/*/*", f"{balancing}:loadbalancer/net/*/*", f"{balancing}:listener/net/*/*/*"
    security_groups = f"{compute}:security-group/*"
    cluster = inputs["cluster_name"]
    asked, owned = {f"aws:RequestTag/{CLUSTER_TAG}": cluster}, {f"aws:ResourceTag/{CLUSTER_TAG}": cluster}
    unchanged = {"Null": {f"aws:RequestTag/{CLUSTER_TAG}": "true"}}
    return [
        {"Sid": "Look", "Effect": "Allow", "Action": READING, "Resource": ["*"]},
        _write("CreateInVpc", ["ec2:CreateSecurityGroup"], [f"{compute}:vpc/{inputs['vpc_id']}"]),
        _write("CreateSecurityGroup", ["ec2:CreateSecurityGroup"], [security_groups], asked),
        _write("TagNewSecurityGroup", ["ec2:CreateTags"], [security_groups], {"ec2:CreateAction": "CreateSecurityGroup", **asked}),
        _write("TagSecurityGroup", ["ec2:CreateTags", "ec2:DeleteTags"], [security_groups], owned, unchanged),
        _write("ChangeSecurityGroup", [*RULES, "ec2:DeleteSecurityGroup"], [security_groups], owned),
        # the security group of the nodes, which EKS creates
        _write("OpenNodes", RULES, [security_groups], {f"aws:ResourceTag/kubernetes.io/cluster/{cluster}": "owned"}),
        _write("Create", _balancing("CreateLoadBalancer", "CreateTargetGroup"), [balancers, groups], asked),
        _write("CreateListener", _balancing("CreateListener"), [balancers], owned),
        _write(
            "TagNew",
            _balancing("AddTags"),
            [balancers, groups, listeners],
            {"elasticloadbalancing:CreateAction": ["CreateLoadBalancer", "CreateTargetGroup", "CreateListener"], **asked},
        ),
        _write("Tag", _balancing("AddTags", "RemoveTags"), [balancers, groups, listeners], owned, unchanged),
        _write("ChangeLoadBalancer", _balancing(*CHANGES["load balancer"]), [balancers], owned),
        _write("ChangeTargetGroup", _balancing(*CHANGES["target group"]), [groups], owned),
        _write("ChangeListener", _balancing(*CHANGES["listener"]), [listeners], owned),
    ]


RULES = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
CHANGES = {
    "load balancer": (
        "ModifyLoadBalancerAttributes",
        "SetIpAddressType",
        "SetSecurityGroups",
        "SetSubnets",
        "DeleteLoadBalancer",
    ),
    "target group": ("ModifyTargetGroup", "ModifyTargetGroupAttributes", "DeleteTargetGroup", "RegisterTargets", "DeregisterTargets"),
    "listener": (
        "ModifyListener",
        "ModifyListenerAttributes",
        "AddListenerCertificates",
        "RemoveListenerCertificates",
        "DeleteListener",
    ),
}
READING = [
    *(
        f"ec2:{action}"
        for action in (
            "DescribeAccountAttributes",
            "DescribeAddresses",
            "DescribeAvailabilityZones",
            "DescribeInternetGateways",
            "DescribeVpcs",
            "DescribeVpcPeeringConnections",
            "DescribeSubnets",
            "DescribeSecurityGroups",
            "DescribeInstances",
            "DescribeNetworkInterfaces",
            "DescribeTags",
            "DescribeRouteTables",
            "GetSecurityGroupsForVpc",
        )
    ),
    *(
        f"elasticloadbalancing:{action}"
        for action in (
            "DescribeLoadBalancers",
            "DescribeLoadBalancerAttributes",
            "DescribeListeners",
            "DescribeListenerAttributes",
            "DescribeListenerCertificates",
            "DescribeSSLPolicies",
            "DescribeRules",
            "DescribeTargetGroups",
            "DescribeTargetGroupAttributes",
            "DescribeTargetHealth",
            "DescribeTags",
            "DescribeCapacityReservation",
        )
    ),
    "acm:ListCertificates",
    "acm:DescribeCertificate",
]


def _balancing(*actions: str) -> list[str]:
    return [f"elasticloadbalancing:{action}" for action in actions]


def _write(sid: str, actions: list[str], where: list[str], equal: Any = None, more: Any = None) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": where}
    conditions = {**({"StringEquals": equal} if equal else {}), **(more or {})}
    return {**statement, **({"Condition": conditions} if conditions else {})}


ADDON = Addon("aws_load_balancer_controller", CHART, values, statements, NAME)
