"""What EKS makes in EC2 for a cluster: the cluster security group, and its network interfaces in the subnets."""

from __future__ import annotations

import contextlib
import random
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends

from tests.standin.aws.eks_model import Cluster
from tests.standin.aws.operations import Call


def make_cluster_network(call: Call, cluster: Cluster) -> str:
    """The id of the new cluster security group: its members reach each other and everything outside."""
    backend = ec2_backends[call.account][call.region]
    vpc = cluster.data["resourcesVpcConfig"]
    name = f"eks-cluster-sg-{cluster.name}-{random.randrange(10**8, 10**10)}"
    tags = {"Name": name, "aws:eks:cluster-name": cluster.name, f"kubernetes.io/cluster/{cluster.name}": "owned"}
    description = (
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads."
    )
    group = backend.create_security_group(name, description, vpc_id=vpc["vpcId"], tags=tags)
    backend.authorize_security_group_ingress(group.id, "-1", "", "", [], source_groups=[{"GroupId": group.id}], vpc_id=vpc["vpcId"])
    for subnet_id in vpc["subnetIds"]:
        groups = [group.id, *vpc["securityGroupIds"]]
        interface = backend.create_network_interface(
            backend.get_subnet(subnet_id), "", group_ids=groups, description=f"Amazon EKS {cluster.name}"
        )
        interface.status = "in-use"
    return str(group.id)


def delete_cluster_network(call: Call, cluster: Cluster) -> bool:
    """Removes it; False while the security group is still used by something else, as EKS waits for it then."""
    backend = ec2_backends[call.account][call.region]
    for interface in _interfaces(call, cluster):
        del backend.enis[interface.id]
    with contextlib.suppress(EC2ClientError):
        backend.delete_security_group(group_id=cluster.data["resourcesVpcConfig"]["clusterSecurityGroupId"])
    return True


def _interfaces(call: Call, cluster: Cluster) -> list[Any]:
    backend = ec2_backends[call.account][call.region]
    vpc_id = cluster.data["resourcesVpcConfig"]["vpcId"]
    described = f"Amazon EKS {cluster.name}"
    return [each for each in list(backend.enis.values()) if each.description == described and each.subnet.vpc_id == vpc_id]
