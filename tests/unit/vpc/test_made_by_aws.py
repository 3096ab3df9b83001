"""Whose the security groups and network interfaces of a VPC are that AWS and Kubernetes made."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._vpc.aws_managed import is_owned_group, is_owned_interface

OURS = "opta-staging"


def tagged(**tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.mark.parametrize(
    ("tags", "owned"),
    [
        ({f"kubernetes.io/cluster/{OURS}": "owned"}, True),
        ({f"kubernetes.io/cluster/{OURS}": "owned", "aws:eks:cluster-name": OURS}, True),
        ({"elbv2.k8s.aws/cluster": OURS, "elbv2.k8s.aws/resource": "backend-sg"}, True),
        ({"GuardDutyManaged": "true"}, True),
        ({f"kubernetes.io/cluster/{OURS}": "shared"}, False),
        ({f"kubernetes.io/cluster/{OURS}-2": "owned"}, False),
        ({"aws:eks:cluster-name": "other"}, False),
        ({"elbv2.k8s.aws/cluster": "other"}, False),
        ({"elbv2.k8s.aws/cluster": "other", f"kubernetes.io/cluster/{OURS}": "owned"}, False),
        ({"Name": "mine"}, False),
    ],
)
def test_a_security_group_is_deleted_only_if_it_names_the_environments_cluster(tags, owned):
    assert is_owned_group({"GroupId": "sg-1", "Tags": tagged(**tags)}, OURS) is owned


GROUPS = [
    {"GroupId": "sg-ours", "Tags": tagged(**{"elbv2.k8s.aws/cluster": OURS})},
    {"GroupId": "sg-theirs", "Tags": tagged(**{"elbv2.k8s.aws/cluster": "other"})},
]


@pytest.mark.parametrize(
    ("interface", "owned"),
    [
        ({"Description": f"Amazon EKS {OURS}"}, True),
        ({"Description": "Amazon EKS other"}, False),
        ({"Description": f"Amazon EKS {OURS}-2"}, False),
        ({"Description": "aws-K8S-i-1"}, True),
        ({"Description": "aws-K8S-i-1", "TagSet": tagged(**{"cluster.k8s.amazonaws.com/name": OURS})}, True),
        ({"Description": "aws-K8S-i-1", "TagSet": tagged(**{"cluster.k8s.amazonaws.com/name": "other"})}, False),
        ({"Description": "aws-K8S-i-1", "TagSet": tagged(**{"kubernetes.io/cluster/other": "owned"})}, False),
        ({"Description": "ELB net/k8s-1", "Groups": [{"GroupId": "sg-ours"}]}, True),
        ({"Description": "ELB net/k8s-1", "Groups": [{"GroupId": "sg-theirs"}]}, False),
        ({"Description": "AWS Lambda VPC ENI-1", "Status": "available"}, True),
        ({"Description": "AWS Lambda VPC ENI-1", "Status": "in-use"}, False),
        ({"Description": "a database", "Status": "available"}, False),
    ],
)
def test_a_network_interface_of_another_cluster_is_not_deleted(interface, owned):
    assert is_owned_interface(interface, OURS, GROUPS) is owned
