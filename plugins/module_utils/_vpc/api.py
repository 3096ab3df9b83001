# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to EC2 that read a network, and what all calls to EC2 share."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

with suppress(ImportError):  # the module says so
    from botocore.exceptions import ClientError

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._consistency_errors import EC2_MISSING

#: error codes that say that something is not there (Amazon EC2 API, error codes)
MISSING = EC2_MISSING


class Ec2Error(AnsibleAWSError):
    """A call to EC2 failed."""


class Ec2ErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = Ec2Error

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(list(MISSING))


def raise_unsuccessful(answer: Mapping[str, Any], operation: str) -> None:
    """Raise the errors that EC2 reports inside a successful answer (CreateFlowLogs, DeleteVpcEndpoints)."""
    for item in answer.get("Unsuccessful") or []:
        error = item.get("Error") or {}
        raise ClientError({"Error": {"Code": error.get("Code", ""), "Message": error.get("Message", "")}}, operation)


def tag_specifications(kind: str, tags: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the argument that tags a resource in the call that creates it; empty without tags."""
    listed = [{"Key": key, "Value": str(value)} for key, value in (tags or {}).items()]
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": listed}]} if listed else {}


def _filters(filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": values} for name, values in filters.items()]


@Ec2ErrorHandler.common_error_handler("describe VPCs")
@AWSRetry.jittered_backoff()
def describe_vpcs(client: Any) -> list[dict[str, Any]]:
    return client.get_paginator("describe_vpcs").paginate().build_full_result()["Vpcs"]


@Ec2ErrorHandler.list_error_handler("describe an attribute of the VPC", {})
@AWSRetry.jittered_backoff()
def describe_vpc_attribute(client: Any, vpc_id: str, attribute: str) -> dict[str, Any]:
    return client.describe_vpc_attribute(VpcId=vpc_id, Attribute=attribute)


@Ec2ErrorHandler.common_error_handler("describe availability zones")
@AWSRetry.jittered_backoff()
def describe_availability_zones(client: Any) -> list[dict[str, Any]]:
    return client.describe_availability_zones()["AvailabilityZones"]


@Ec2ErrorHandler.common_error_handler("describe subnets")
@AWSRetry.jittered_backoff()
def describe_subnets(client: Any, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return client.get_paginator("describe_subnets").paginate(Filters=_filters(filters)).build_full_result()["Subnets"]


@Ec2ErrorHandler.common_error_handler("describe internet gateways")
@AWSRetry.jittered_backoff()
def describe_internet_gateways(client: Any) -> list[dict[str, Any]]:
    return client.get_paginator("describe_internet_gateways").paginate().build_full_result()["InternetGateways"]


@Ec2ErrorHandler.common_error_handler("describe elastic IP addresses")
@AWSRetry.jittered_backoff()
def describe_addresses(client: Any) -> list[dict[str, Any]]:
    return client.describe_addresses()["Addresses"]


@Ec2ErrorHandler.common_error_handler("describe NAT gateways")
@AWSRetry.jittered_backoff()
def describe_nat_gateways(client: Any, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return client.get_paginator("describe_nat_gateways").paginate(Filter=_filters(filters)).build_full_result()["NatGateways"]


@Ec2ErrorHandler.common_error_handler("describe route tables")
@AWSRetry.jittered_backoff()
def describe_route_tables(client: Any, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return client.get_paginator("describe_route_tables").paginate(Filters=_filters(filters)).build_full_result()["RouteTables"]


@Ec2ErrorHandler.common_error_handler("describe VPC endpoints")
@AWSRetry.jittered_backoff()
def describe_vpc_endpoints(client: Any, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return client.get_paginator("describe_vpc_endpoints").paginate(Filters=_filters(filters)).build_full_result()["VpcEndpoints"]


@Ec2ErrorHandler.common_error_handler("describe the services of VPC endpoints")
@AWSRetry.jittered_backoff()
def describe_vpc_endpoint_services(client: Any, kind: str) -> list[dict[str, Any]]:
    pages = client.get_paginator("describe_vpc_endpoint_services").paginate(Filters=_filters({"service-type": [kind]}))
    return pages.build_full_result()["ServiceDetails"]


@Ec2ErrorHandler.common_error_handler("describe flow logs")
@AWSRetry.jittered_backoff()
def describe_flow_logs(client: Any, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return client.get_paginator("describe_flow_logs").paginate(Filter=_filters(filters)).build_full_result()["FlowLogs"]


@Ec2ErrorHandler.common_error_handler("describe security groups")
@AWSRetry.jittered_backoff()
def describe_security_groups(client: Any, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return client.get_paginator("describe_security_groups").paginate(Filters=_filters(filters)).build_full_result()["SecurityGroups"]


@Ec2ErrorHandler.common_error_handler("describe the rules of a security group")
@AWSRetry.jittered_backoff()
def describe_security_group_rules(client: Any, group_id: str) -> list[dict[str, Any]]:
    pages = client.get_paginator("describe_security_group_rules").paginate(Filters=_filters({"group-id": [group_id]}))
    return pages.build_full_result()["SecurityGroupRules"]


@Ec2ErrorHandler.common_error_handler("describe network interfaces")
@AWSRetry.jittered_backoff()
def describe_network_interfaces(client: Any, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    pages = client.get_paginator("describe_network_interfaces").paginate(Filters=_filters(filters))
    return pages.build_full_result()["NetworkInterfaces"]
