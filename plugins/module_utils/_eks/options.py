# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the modules for EKS that are wrong before AWS is asked: one clear sentence each. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._cidr import service_block_error, source_error
from .._errors import PlatformError
from .._limits import MAX_UNAVAILABLE_PERCENTAGE, NODE_GROUP_SIZES, VOLUME_SIZE_GIB
from .._resource import KNOWN_AFTER_APPLY
from .versions import minor

CLUSTER_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
MIME = re.compile(r"\s*(MIME-Version|Content-Type):", re.IGNORECASE)
NODE_GROUP_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,62}")
PRINCIPAL_ARN = re.compile(r"arn:[^:]+:(iam::\d{12}:(role|user)/.+|iam::\d{12}:root|sts::\d{12}:assumed-role/[^/]+/[^/]+)")


def check_cluster(options: Mapping[str, Any]) -> None:
    """Raise PlatformError for options of eks_cluster that cannot be right."""
    if not CLUSTER_NAME.fullmatch(options["name"]):
        raise PlatformError(
            f"name {options['name']!r} is not a valid EKS cluster name: use 1 to 100 letters, digits, - and _, "
            "starting with a letter or digit, for example opta-staging."
        )
    check_kubernetes_version("version", options.get("version"))
    _check_blocks(options)
    if options.get("endpoint_public_access") is False and options.get("endpoint_private_access") is False:
        raise PlatformError("endpoint_public_access and endpoint_private_access are both false, so the cluster is unreachable: enable one.")
    if options["state"] == "present" and options.get("subnet_ids") is not None and len(options["subnet_ids"]) < 2:
        raise PlatformError("subnet_ids has fewer than two subnets: an EKS cluster requires subnets in at least two Availability Zones.")


def check_node_group(options: Mapping[str, Any]) -> None:
    """Raise PlatformError for options of eks_node_group that cannot be right."""
    if not NODE_GROUP_NAME.fullmatch(options["name"]):
        raise PlatformError(
            f"name {options['name']!r} is not a valid EKS node group name: use 1 to 63 letters, digits, - and _, "
            "starting with a letter or digit, for example default."
        )
    check_kubernetes_version("version", options.get("version"))
    if options["state"] == "present" and (options["ami_type"] == "CUSTOM") != bool(options.get("image_id")):
        raise PlatformError(
            "image_id requires ami_type: CUSTOM, and the other way round, for example {ami_type: CUSTOM, image_id: ami-0123456789abcdef0}."
        )
    if options["ami_type"].startswith("AL2") and options.get("user_data") and not MIME.match(options["user_data"]):
        raise PlatformError(
            "user_data of an Amazon Linux node group must be in MIME multi-part format, "
            'starting with "MIME-Version: 1.0" and "Content-Type: multipart/mixed".'
        )
    _check_sizes(options)
    config = options.get("update_config") or {}
    percentage = config.get("max_unavailable_percentage")
    if percentage is not None and (problem := MAX_UNAVAILABLE_PERCENTAGE.problem("update_config, max_unavailable_percentage", percentage)):
        raise PlatformError(problem)


def _check_sizes(options: Mapping[str, Any]) -> None:
    for name, limit in {**NODE_GROUP_SIZES, "volume_size_gib": VOLUME_SIZE_GIB}.items():
        if options.get(name) is not None and not limit.allows(options[name]):
            raise PlatformError(limit.problem(name, options[name]))
    low, high = options.get("min_size"), options.get("max_size")
    if low is not None and high is not None and low > high:
        raise PlatformError(f"min_size {low} is higher than max_size {high}: min_size must not exceed max_size.")


def check_access_entry(options: Mapping[str, Any]) -> None:
    """Raise PlatformError for options of eks_access_entry that cannot be right."""
    arn = options["principal_arn"]
    if arn != KNOWN_AFTER_APPLY and not PRINCIPAL_ARN.fullmatch(arn):
        raise PlatformError(
            f"principal_arn {arn!r} is not the ARN of an IAM role, user or session: use the full ARN, as `aws iam get-role` shows it."
        )
    for policy in options.get("policies") or []:
        if (policy["scope"] == "namespace") != bool(policy["namespaces"]):
            raise PlatformError(
                f"policies, {policy['policy']}: namespaces requires scope: namespace, and the other way round, "
                "for example {policy: AmazonEKSViewPolicy, scope: namespace, namespaces: [hello]}."
            )


def check_kubernetes_version(option: str, version: str | None) -> None:
    """Raise PlatformError when a version is not like "1.35"."""
    if version is not None and version != KNOWN_AFTER_APPLY:
        minor(version, option)


def _check_blocks(options: Mapping[str, Any]) -> None:
    versions = {"public_access_cidrs": (4, 6), "api_client_cidr_blocks": (4,)}
    blocks = [(name, block) for name in versions for block in options.get(name) or [] if block != KNOWN_AFTER_APPLY]
    sentences = [source_error(name, block, versions[name]) for name, block in blocks]
    service = options.get("service_ipv4_cidr")
    sentences += [service_block_error("service_ipv4_cidr", service)] if service and service != KNOWN_AFTER_APPLY else []
    wrong = next((sentence for sentence in sentences if sentence), None)
    if wrong:
        raise PlatformError(wrong)
