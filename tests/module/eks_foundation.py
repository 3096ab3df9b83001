"""What the modules for EKS need around them: a network, roles, a key and a cluster, made with boto3."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

from tests.support.standin import Standin
from tests.support.until import until

OWNED = {"opta:environment": "staging", "opta:role": "eks", "opta:name": "default", "opta:managed-by": "opta.platform"}
CLUSTER = "module-tests"
CLUSTER_POLICIES = ("AmazonEKSClusterPolicy",)
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")


class Foundation:
    """Made once for each stand-in, found again by name afterwards."""

    def __init__(self, standin: Standin) -> None:
        self.standin = standin
        self.eks = standin.client("eks")
        self.ec2 = standin.client("ec2")
        self.iam = standin.client("iam")
        self.subnet_ids = self._subnets()
        self.cluster_role_arn = self.role("module-tests-cluster", "eks.amazonaws.com", CLUSTER_POLICIES)
        self.node_role_arn = self.role("module-tests-nodes", "ec2.amazonaws.com", NODE_POLICIES)

    def role(self, name: str, service: str = "ec2.amazonaws.com", policies: tuple[str, ...] = (), path: str = "/") -> str:
        """The ARN of a role that a service may assume."""
        try:
            return self.iam.get_role(RoleName=name)["Role"]["Arn"]
        except self.iam.exceptions.NoSuchEntityException:
            statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
            trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            arn = self.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        for policy in policies:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:{arn.split(':')[1]}:iam::aws:policy/{policy}")
        return arn

    def key_arn(self) -> str:
        """A KMS key that the account may use."""
        return self.standin.client("kms").create_key(Description="module tests")["KeyMetadata"]["Arn"]

    def security_group_id(self, name: str) -> str:
        vpc_id = self.ec2.describe_subnets(SubnetIds=self.subnet_ids)["Subnets"][0]["VpcId"]
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"]

    def cluster(self, name: str = CLUSTER, **more: Any) -> str:
        """The name of a cluster that is ACTIVE."""
        try:
            self.eks.describe_cluster(name=name)
        except self.eks.exceptions.ResourceNotFoundException:
            self._create_cluster(name, **more)
        until(lambda: self.eks.describe_cluster(name=name)["cluster"]["status"] == "ACTIVE")
        return name

    def cluster_for_nodes(self) -> str:
        """The name of a cluster in which nodes become ready: its network add-on is there."""
        name = self.cluster()
        with contextlib.suppress(self.eks.exceptions.ResourceInUseException):
            self.eks.create_addon(clusterName=name, addonName="vpc-cni", tags=OWNED)
        until(lambda: self.eks.describe_addon(clusterName=name, addonName="vpc-cni")["addon"]["status"] == "ACTIVE")
        return name

    def _create_cluster(self, name: str, **more: Any) -> None:
        request = {
            "name": name,
            "version": "1.34",
            "roleArn": self.cluster_role_arn,
            "resourcesVpcConfig": {"subnetIds": self.subnet_ids},
            "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
            "bootstrapSelfManagedAddons": False,
            "tags": OWNED,
        }
        until(lambda: self.accepted(lambda: self.eks.create_cluster(**{**request, **more})))

    def accepted(self, call: Callable[[], Any]) -> bool:
        """Whether a call to EKS went through; a role is invisible at first."""
        try:
            call()
        except self.eks.exceptions.InvalidParameterException:
            return False
        return True

    def _subnets(self) -> list[str]:
        chosen = [{"Name": "tag:Name", "Values": ["module-tests"]}]
        found = self.ec2.describe_subnets(Filters=chosen)["Subnets"]
        if not found:
            tags = [{"Key": "Name", "Value": "module-tests"}]
            vpc_id = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
            zones = [zone["ZoneName"] for zone in self.ec2.describe_availability_zones()["AvailabilityZones"]][:3]
            for number, zone in enumerate(zones):
                request = {"VpcId": vpc_id, "CidrBlock": f"10.9.{number}.0/24", "AvailabilityZone": zone}
                self.ec2.create_subnet(**request, TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}])
            found = self.ec2.describe_subnets(Filters=chosen)["Subnets"]
        return sorted(subnet["SubnetId"] for subnet in found)
