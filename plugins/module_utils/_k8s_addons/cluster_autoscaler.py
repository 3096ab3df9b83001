# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""cluster-autoscaler: it finds the node groups by the cluster's tags, and may change those alone. Pure; private to the collection."""

from __future__ import annotations

from typing import Any

from .definition import RESTRICTED_CONTAINER, RESTRICTED_POD, Addon, Inputs, Statement, resources, service_account

NAME = "cluster-autoscaler"


def values(inputs: Inputs) -> dict[str, Any]:
    return {
        "fullnameOverride": NAME,
        "cloudProvider": "aws",
        "awsRegion": inputs["region"],
        "autoDiscovery": {"clusterName": inputs["cluster_name"]},
        "image": {"tag": inputs["autoscaler_image"]},
        "rbac": {"serviceAccount": service_account(ADDON.role_arn(inputs), NAME)},
        "extraArgs": {"balance-similar-node-groups": True, "skip-nodes-with-system-pods": False, "expander": "least-waste"},
        "resources": resources("100m", "600Mi"),
        "securityContext": RESTRICTED_POD,
        "containerSecurityContext": RESTRICTED_CONTAINER,
    }


def statements(inputs: Inputs) -> list[Statement]:
    """kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/README.md; writing needs the tag that EKS gives its groups."""
    groups = f"arn:{inputs['partition']}:autoscaling:{inputs['region']}:{inputs['account_id']}:autoScalingGroup:*:autoScalingGroupName/*"
    of_cluster = {f"autoscaling:ResourceTag/kubernetes.io/cluster/{inputs['cluster_name']}": "owned"}
    return [
        {
            "Sid": "Look",
            "Effect": "Allow",
            "Action": [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ],
            "Resource": ["*"],
        },
        {
            "Sid": "LookAtNodeGroups",
            "Effect": "Allow",
            "Action": ["eks:DescribeNodegroup"],
            "Resource": [f"arn:{inputs['partition']}:eks:{inputs['region']}:{inputs['account_id']}:nodegroup/{inputs['cluster_name']}/*/*"],
        },
        {
            "Sid": "Scale",
            "Effect": "Allow",
            "Action": ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            "Resource": [groups],
            "Condition": {"StringEquals": of_cluster},
        },
    ]


ADDON = Addon("cluster_autoscaler", values, statements, NAME)
