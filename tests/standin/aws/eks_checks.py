"""What EKS refuses of other services' things: roles, subnets, security groups, keys."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends

from tests.standin.aws.eks_model import invalid
from tests.standin.aws.iam_roles import managed_policy_names, trusts, visible_role
from tests.standin.aws.operations import Call

CLUSTER_POLICIES = {"AmazonEKSClusterPolicy"}
PRIVATE = [ipaddress.ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8")]


def check_service_role(call: Call, arn: str) -> None:
    """The role of a cluster: it is there, trusts EKS and has EKS's policy."""
    role = visible_role(call, arn)
    if role is None or not trusts(role, "eks.amazonaws.com"):
        raise invalid(f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not correct")
    if not managed_policy_names(role) & CLUSTER_POLICIES and not role.policies:
        raise invalid(
            "The provided role doesn't have the Amazon EKS Managed Policies associated with it. "
            f"Please ensure the following policies [AmazonEKSClusterPolicy] are attached: {arn}"
        )


def subnets_of(call: Call, ids: Sequence[str]) -> list[Any]:
    """Moto's subnets; InvalidParameterException for one that does not exist."""
    known = {subnet.id: subnet for subnet in ec2_backends[call.account][call.region].describe_subnets()}
    for subnet_id in ids:
        if subnet_id not in known:
            raise invalid(
                f"The subnet ID '{subnet_id}' does not exist (Service: AmazonEC2; Status Code: 400; Error Code: InvalidSubnetID.NotFound)"
            )
    return [known[subnet_id] for subnet_id in ids]


def check_subnets(call: Call, ids: Sequence[str]) -> None:
    """The subnets of a cluster: of one VPC, in two zones at least, each with room for the cluster's network interfaces."""
    if not ids:
        raise invalid("subnets can not be empty.")
    subnets = subnets_of(call, ids)
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise invalid("Subnets specified must be in the same VPC")
    if len({subnet.availability_zone for subnet in subnets}) < 2:
        raise invalid("Subnets specified must be in at least two different AZs")
    for subnet in subnets:
        if ipaddress.ip_network(subnet.cidr_block).num_addresses < 16:
            raise invalid(f"Subnet {subnet.id} has too few free addresses")


def vpc_of(call: Call, subnet_ids: Sequence[str]) -> str:
    return str(subnets_of(call, subnet_ids)[0].vpc_id)


def check_security_groups(call: Call, ids: Sequence[str], vpc_id: str) -> None:
    """The additional security groups of a cluster: they are in its VPC."""
    groups = {group.id: group for group in ec2_backends[call.account][call.region].describe_security_groups()}
    for group_id in ids:
        if group_id not in groups:
            raise invalid(f"The security group '{group_id}' does not exist")
        if groups[group_id].vpc_id != vpc_id:
            raise invalid(f"Security group(s) [{group_id}] are not in the same VPC as the subnets")


def check_endpoint(vpc: Mapping[str, Any]) -> None:
    """What is asked of the endpoint holds together."""
    public = vpc.get("endpointPublicAccess")
    if public is False and vpc.get("endpointPrivateAccess") is not True:
        raise invalid("Private and public endpoint access cannot be false")
    if public is False and vpc.get("publicAccessCidrs"):
        raise invalid("The following CIDRs are invalid because public endpoint access is disabled: " + ", ".join(vpc["publicAccessCidrs"]))
    for block in vpc.get("publicAccessCidrs") or []:
        try:
            ipaddress.ip_network(block)
        except ValueError as error:
            raise invalid(f"The following CIDRs are invalid in publicAccessCidrs: [{block}]") from error
        if any(ipaddress.ip_network(block).overlaps(network) for network in PRIVATE if block != "0.0.0.0/0"):
            raise invalid(f"The following CIDRs are not allowed in publicAccessCidrs: [{block}]")


def check_encryption(call: Call, configuration: Sequence[Mapping[str, Any]] | None) -> None:
    """The key is there, in use and symmetric."""
    for item in configuration or []:
        if item.get("resources") != ["secrets"]:
            raise invalid("Encryption config resources must be [secrets]")
        arn = (item.get("provider") or {}).get("keyArn") or ""
        key = next((key for key in kms_backends[call.account][call.region].keys.values() if key.arn == arn), None)
        if key is None:
            raise invalid(f"Provided key arn is invalid or the key does not exist: {arn}")
        if key.key_state != "Enabled":
            raise invalid(f"KMS key {arn} is not usable: it is {key.key_state}")
        if key.key_spec != "SYMMETRIC_DEFAULT":
            raise invalid(f"KMS key {arn} must be symmetric")
