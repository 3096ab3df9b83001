# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold between the inputs of an environment, before AWS is asked and after. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from .._cidr import block_error, service_block_error, source_error
from .._eks.images import DEFAULT_AMI_TYPE, missing_types
from .._stores import registry
from .access_rules import access_notes, access_rules
from .arn_rules import arn_rules
from .cluster_rules import cluster_rules
from .dns_cert_rules import dns_cert_aws_rules, dns_cert_rules
from .k8s_addons_rules import k8s_addons_rules, version_rules
from .linkerd_rules import linkerd_rules
from .node_group_notes import node_group_notes
from .node_group_rules import group_rules, image_rules, node_group_rules
from .number_rules import number_rules
from .tag_rules import tag_rules

VERSION = re.compile(r"^1\.[0-9]{2}$")
#: of an environment, and of the prefix of its names
ENVIRONMENT = re.compile(r"^(?!.*--)[a-z]([a-z0-9-]{0,30}[a-z0-9])?$")
#: names that begin so are AWS's own (EC2, CreateSecurityGroup; Amazon S3, bucket naming rules)
RESERVED_BEGINNINGS = ("sg-", "sthree-", "amzn-s3-demo-")
REGION = re.compile(r"^[a-z]{2,}(-[a-z]+)+-[0-9]+$")
#: an EKS cluster and a database's subnet group need subnets in two zones (EKS User Guide, subnet requirements; RDS, CreateDBSubnetGroup)
FEWEST_ZONES = 2
INTERFACE_ENDPOINTS_FOR_NODES = ("ec2", "ecr.api", "ecr.dkr", "sts", "eks", "eks-auth", "logs", "elasticloadbalancing", "autoscaling")


def environment_rules(given: Mapping[str, Any]) -> list[str]:
    """Rules that need no answer of AWS; given: inputs and literal defaults by name. A sentence for each rule broken."""
    cluster = (*cluster_rules(given), *k8s_addons_rules(given), *linkerd_rules(given))
    values = (*number_rules(given), *arn_rules(given), *tag_rules(given), *access_rules(given))
    return [*_collection(given), *_network(given), *_eks(given), *registry.errors(given), *dns_cert_rules(given), *cluster, *values]


def environment_notes(given: Mapping[str, Any]) -> list[str]:
    """What is right and rarely meant, in the inputs alone."""
    return [*node_group_notes(given), *access_notes(given)]


def aws_rules(given: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Rules that need to know what AWS has; found: what environment_info returned."""
    sentences = []
    zones, count = found.get("zone_count"), _number(given.get("network_zone_count"))
    if zones and count and not given.get("network_vpc_id") and count > zones:
        sentences.append(
            f"network_zone_count is {count}, but {found.get('region')} has only {zones} Availability Zones that EKS supports: "
            f"set it to {zones} or less."
        )
    sentences.extend(found.get("refusals") or [])
    sentences.extend(_foreign_resources(given, found.get("strangers") or []))
    sentences.extend(_overlaps(given.get("eks_service_ipv4_cidr"), found))
    sentences.extend(_version_step(given.get("eks_version"), found.get("cluster_version")))
    version = _version_to_come(given.get("eks_version"), found.get("cluster_version"))
    sentences.extend(image_rules(given.get("eks_node_groups") or [], version or found.get("cluster_version")))
    if version:
        sentences.extend(version_rules(given, version, stands=False))
    return sentences + dns_cert_aws_rules(given, found)


def aws_notes(given: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """What the user should know of what AWS has, although it stops nothing."""
    current = found.get("cluster_version")
    if not current or _version_to_come(given.get("eks_version"), current):
        return []
    return version_rules(given, current, stands=True)


def _foreign_resources(given: Mapping[str, Any], foreign_resources: Sequence[Mapping[str, str]]) -> list[str]:
    """A sentence for each thing that bears the environment's name, is another's, and is not to be taken over."""
    return [
        f"{each['what']} exists, but {each['why']}: use another opta_environment or opta_name_prefix, "
        f"or set {each['adopt']}: true to take it over."
        for each in foreign_resources
        if not given.get(each["adopt"])
    ]


def typed_node_groups(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of the node groups that name instance types, what EKS holds against each other."""
    groups = [group for group in given.get("eks_node_groups") or [] if group.get("instance_types")]
    return [
        {"name": group.get("name"), "ami_type": group.get("ami_type") or DEFAULT_AMI_TYPE, "instance_types": group["instance_types"]}
        for group in groups
    ]


def _collection(given: Mapping[str, Any]) -> list[str]:
    sentences = []
    environment = given.get("opta_environment") or ""
    if environment in ("true", "false"):
        sentences.append(f'opta_environment is {environment}, which is not a string: put it in quotes, for example "staging".')
    elif not ENVIRONMENT.match(str(environment)):
        sentences.append(
            f"opta_environment is {environment!r}: it must be 1 to 32 lower-case letters, digits and single hyphens, "
            "starting with a letter, for example staging."
        )
    prefix = given.get("opta_name_prefix")
    if prefix is not None and not ENVIRONMENT.match(str(prefix)):
        sentences.append(
            f"opta_name_prefix is {prefix!r}: it must be 1 to 32 lower-case letters, digits and single hyphens, "
            "starting with a letter, for example opta."
        )
    elif f"{prefix}-".startswith(RESERVED_BEGINNINGS):
        sentences.append(
            f"opta_name_prefix is {prefix!r}: names that start with {', '.join(RESERVED_BEGINNINGS)} are reserved by AWS: "
            "use another prefix, for example opta."
        )
    region = given.get("opta_region")
    if region is None:
        sentences.append("opta_region is not set: set the AWS region of the environment, for example eu-west-1.")
    elif region and not REGION.match(str(region)):
        sentences.append(f"opta_region is {region!r}: it must be the name of an AWS region, for example eu-west-1.")
    account = given.get("opta_account_id")
    if account and not re.fullmatch(r"[0-9]{12}", str(account)):
        sentences.append(f'opta_account_id is {account!r}: it must be a 12-digit account ID in quotes, for example "123456789012".')
    return sentences


def _network(given: Mapping[str, Any]) -> list[str]:
    from .._vpc.layout import layout_errors  # noqa: PLC0415

    if given.get("network_vpc_id"):
        return _own_ids(given)
    lonely = [name for name in ("network_public_subnet_ids", "network_private_subnet_ids") if given.get(name)]
    if lonely:
        return [f"{lonely[0]} requires network_vpc_id, the VPC of these subnets, for example vpc-0123456789abcdef0."]
    return layout_errors(
        given.get("network_cidr_block", ""),
        _number(given.get("network_zone_count")),
        given.get("network_public_subnet_cidr_blocks") or [],
        given.get("network_private_subnet_cidr_blocks") or [],
        fewest=FEWEST_ZONES,
    )


def _own_ids(given: Mapping[str, Any]) -> list[str]:
    lists = {name: given.get(name) or [] for name in ("network_public_subnet_ids", "network_private_subnet_ids")}
    ids = [
        ("network_vpc_id", "vpc", given["network_vpc_id"]),
        *((name, "subnet", each) for name, listed in lists.items() for each in listed),
    ]
    return [
        f"{name} has {found!r}: it must be the ID of a {kind}, for example {kind}-0123456789abcdef0."
        for name, kind, found in ids
        if not re.fullmatch(rf"{kind}-[0-9a-f]{{8,17}}", str(found))
    ]


def _eks(given: Mapping[str, Any]) -> list[str]:
    sentences = []
    version = given.get("eks_version")
    if version is not None and not VERSION.match(str(version)):
        sentences.append(f'eks_version is {version!r}: it must be a Kubernetes minor version in quotes, for example "1.35".')
    sentences.extend(_node_groups(given.get("eks_node_groups") or []))
    sentences.extend(node_group_rules(given.get("eks_node_groups") or []))
    sentences.extend(group_rules(given.get("eks_node_groups") or [], version))
    if given.get("network_nat_mode") == "none" and not given.get("network_vpc_id"):
        missing = [name for name in INTERFACE_ENDPOINTS_FOR_NODES if name not in (given.get("network_interface_endpoints") or [])]
        if missing or "s3" not in (given.get("network_gateway_endpoints") or []):
            sentences.append(
                "network_nat_mode is none: nodes cannot reach EKS and the image registries. Use single or per_zone, or set the gateway "
                f"endpoint s3 and network_interface_endpoints: {', '.join(INTERFACE_ENDPOINTS_FOR_NODES)}."
            )
    if given.get("eks_endpoint_public_cidr_blocks") == [] and given.get("eks_endpoint_public_enabled") is not False:
        sentences.append(
            "eks_endpoint_public_cidr_blocks is empty: list the CIDR blocks that can access the endpoint, for example [203.0.113.0/24], "
            "or set eks_endpoint_public_enabled: false."
        )
    return [*sentences, *_eks_blocks(given)]


def _eks_blocks(given: Mapping[str, Any]) -> list[str]:
    versions = {"eks_endpoint_public_cidr_blocks": (4, 6), "eks_api_client_cidr_blocks": (4,)}
    sentences = [source_error(name, block, versions[name]) for name in versions for block in given.get(name) or []]
    service, whole = given.get("eks_service_ipv4_cidr"), given.get("network_cidr_block")
    if service:
        wrong = service_block_error("eks_service_ipv4_cidr", service)
        sentences.append(wrong)
        known = not wrong and not given.get("network_vpc_id") and whole and not block_error("network_cidr_block", whole)
        if known and IPv4Network(service).overlaps(IPv4Network(whole)):
            sentences.append(
                f"eks_service_ipv4_cidr: {service} overlaps network_cidr_block {whole}; the service CIDR must not overlap the VPC."
            )
    return [sentence for sentence in sentences if sentence]


def _overlaps(service: str | None, found: Mapping[str, Any]) -> list[str]:
    """A cluster that is to be made shares no addresses with its VPC (EKS API, serviceIpv4Cidr)."""
    if not service or found.get("cluster_version"):
        return []
    shared = [block for block in found.get("vpc_cidr_blocks") or [] if IPv4Network(service).overlaps(IPv4Network(block))]
    return [
        f"eks_service_ipv4_cidr: {service} overlaps {block} of the VPC; the service CIDR must not overlap the VPC." for block in shared[:1]
    ]


def _node_groups(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    sentences = []
    names = [group.get("name") for group in groups]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        sentences.append(f"eks_node_groups has two groups named {name}: names must be unique.")
    for group in groups:
        smallest, largest = _number(group.get("min_size")), _number(group.get("max_size"))
        desired = _number(group.get("desired_size"))
        where = f"eks_node_groups, group {group.get('name')}"
        ami_type = str(group.get("ami_type") or "")
        missing = None if group.get("instance_types") else missing_types(ami_type)
        if missing:
            sentences.append(f"{where}: {missing}")
        if smallest is not None and largest is not None and smallest > largest:
            sentences.append(f"{where}: min_size {smallest} is higher than max_size {largest}; for example min_size: 2, max_size: 6.")
        elif desired is not None and not (smallest or 0) <= desired <= (largest if largest is not None else desired):
            sentences.append(f"{where}: desired_size {desired} must be between min_size {smallest} and max_size {largest}.")
    return sentences


def _version_to_come(desired: Any, found: str | None) -> str | None:
    """The version at which a cluster is created, or to which it is upgraded; None when it keeps the one that it has, or it is not known."""
    if not VERSION.match(str(desired)):
        return None
    return str(desired) if found is None or _minor(desired) > _minor(found) else None


def _version_step(desired: Any, found: str | None) -> list[str]:
    if not desired or not found or not VERSION.match(str(desired)):
        return []
    if _minor(desired) - _minor(found) <= 1:
        return []
    following = f"1.{_minor(found) + 1}"
    return [f'eks_version is {desired}, but the cluster runs {found}: EKS upgrades one minor version at a time, set "{following}" first.']


def _minor(version: Any) -> int:
    return int(str(version).split(".")[1])


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
