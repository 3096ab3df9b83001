"""Making a cluster by AWS's API, as little of it as AWS accepts."""

from __future__ import annotations

import json

from tests.support.standin import Standin
from tests.support.until import until


def create_role(standin: Standin, name: str, service: str, policies: list[str]) -> str:
    """The ARN of a new role that a service may assume, with AWS's own policies; all services see it at once."""
    standin.set_times(iam_role_visible=0)
    identity = standin.client("iam")
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = identity.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    for policy in policies:
        identity.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    return str(role)


def create_subnets(standin: Standin) -> list[str]:
    """A subnet in each of three zones, in a VPC of their own."""
    compute = standin.client("ec2")
    vpc = compute.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    zones = [zone["ZoneName"] for zone in compute.describe_availability_zones()["AvailabilityZones"]][:3]
    return [
        compute.create_subnet(VpcId=vpc, CidrBlock=f"10.99.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(zones)
    ]


def create_cluster(standin: Standin, name: str, subnets: list[str]) -> None:
    """A cluster whose creator is its administrator; returns when it is ACTIVE."""
    role = create_role(standin, f"{name}-cluster", "eks.amazonaws.com", ["AmazonEKSClusterPolicy"])
    clusters = standin.client("eks")
    access = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}
    clusters.create_cluster(name=name, roleArn=role, resourcesVpcConfig={"subnetIds": subnets}, accessConfig=access)
    until(lambda: clusters.describe_cluster(name=name)["cluster"]["status"] == "ACTIVE")
