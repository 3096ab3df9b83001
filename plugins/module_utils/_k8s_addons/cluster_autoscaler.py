# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define the add-on cluster-autoscaler, which finds node groups by the tags of the cluster and may change only these. Pure."""

from __future__ import annotations

from typing import Any

from .definition import RESTRICTED_CONTAINER, RESTRICTED_POD, Addon, Chart, Inputs, Statement, resources, service_account

NAME = "cluster-autoscaler"
#: the newest release of the autoscaler for each minor version of Kubernetes
IMAGES = {"1.34": "v1.34.5", "1.35": "v1.35.2", "1.36": "v1.36.1"}
CHART = Chart("https://kubernetes.github.io/autoscaler", NAME, "9.59.0", kubernetes=("1.34", "1.36"))


def values(inputs: Inputs) -> dict[str, Any]:
    minor = str(inputs["kubernetes_version"])
    return {
        "fullnameOverride": NAME,
        "cloudProvider": "aws",
        "awsRegion": inputs["region"],
        "autoDiscovery": {"clusterName": inputs["cluster_name"]},
        "image": {"tag": IMAGES.get(minor, f"v{minor}.0")},
        "rbac": {"serviceAccount": service_account(ADDON.role_arn(inputs), NAME)},
        "extraArgs": {"balance-similar-node-groups": True, "skip-nodes-with-system-pods": False, "expander": "least-waste"},
        "resources": resources("100m", "600Mi"),
        "securityContext": RESTRICTED_POD,
        "containerSecurityContext": RESTRICTED_CONTAINER,
    }


def statements(inputs: Inputs) -> list[Statement]:
    """Return the policy of kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/README.md; writes need the tag that EKS sets."""
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


ADDON = Addon("cluster_autoscaler", CHART, values, statements, NAME)
