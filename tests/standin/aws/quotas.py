"""Service quotas that an environment meets: VPC, EC2's addresses and EKS, with AWS's default values."""

from __future__ import annotations

from typing import Any

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers

SERVICES = {"vpc": "Amazon Virtual Private Cloud (Amazon VPC)", "ec2": "Amazon Elastic Compute Cloud (Amazon EC2)"}
SERVICES |= {"eks": "Amazon Elastic Kubernetes Service (Amazon EKS)"}
# service: code: (name, value)
QUOTAS = {
    "vpc": {
        "L-F678F1CE": ("VPCs per Region", 5.0),
        "L-A4707A72": ("Internet gateways per Region", 5.0),
        "L-FE5A380F": ("NAT gateways per Availability Zone", 5.0),
        "L-407747CB": ("Subnets per VPC", 200.0),
        "L-589F43AA": ("Route tables per VPC", 200.0),
        "L-1B52E74A": ("Gateway VPC endpoints per Region", 20.0),
        "L-29B6F2EB": ("Interface VPC endpoints per VPC", 50.0),
        "L-E79EC296": ("VPC security groups per Region", 2500.0),
    },
    "ec2": {
        "L-0263D0A3": ("EC2-VPC Elastic IPs", 5.0),
        "L-1216C47A": ("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5.0),
    },
    "eks": {
        "L-1194D53C": ("Clusters", 100.0),
        "L-6D54EA21": ("Managed node groups per cluster", 30.0),
        "L-BD136A63": ("Nodes per managed node group", 450.0),
    },
}


@answers("service-quotas", "ListServiceQuotas", "ListAWSDefaultServiceQuotas")
def list_service_quotas(call: Call) -> dict[str, Any]:
    return {"Quotas": [_quota(call, code) for code in _codes(call)]}


@answers("service-quotas", "GetServiceQuota", "GetAWSDefaultServiceQuota")
def get_service_quota(call: Call) -> dict[str, Any]:
    if call.get("QuotaCode") not in _codes(call):
        raise _missing()
    return {"Quota": _quota(call, call.get("QuotaCode"))}


def _codes(call: Call) -> dict[str, tuple[str, float]]:
    if call.get("ServiceCode") not in QUOTAS:
        raise _missing()
    return QUOTAS[call.get("ServiceCode")]


def _missing() -> AwsError:
    return AwsError("NoSuchResourceException", "The request failed because the specified service or quota does not exist.")


def _quota(call: Call, code: str) -> dict[str, Any]:
    service = call.get("ServiceCode")
    name, value = QUOTAS[service][code]
    return {
        "ServiceCode": service,
        "ServiceName": SERVICES[service],
        "QuotaArn": f"arn:{call.partition}:servicequotas:{call.region}:{call.account}:{service}/{code}",
        "QuotaCode": code,
        "QuotaName": name,
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
