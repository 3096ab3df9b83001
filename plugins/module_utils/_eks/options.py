# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the modules for EKS that are wrong before AWS is asked: one clear sentence each. Pure; private to the collection."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from .._errors import PlatformError
from .._resource import KNOWN_AFTER_APPLY
from .common import minor

CLUSTER_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
NODE_GROUP_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,62}")


def check_cluster(options: Mapping[str, Any]) -> None:
    """Raise PlatformError for options of eks_cluster that cannot be right."""
    if not CLUSTER_NAME.fullmatch(options["name"]):
        raise PlatformError(
            f"name {options['name']!r} is not a name for an EKS cluster: 1 to 100 letters, digits, - and _, "
            "beginning with a letter or a digit, e.g. opta-staging."
        )
    check_version(options)
    for block in options.get("public_access_cidrs") or []:
        check_network("public_access_cidrs", block)
    if options.get("service_ipv4_cidr"):
        check_network("service_ipv4_cidr", options["service_ipv4_cidr"])
    if options.get("endpoint_public_access") is False and options.get("endpoint_private_access") is False:
        raise PlatformError("endpoint_public_access and endpoint_private_access are both off, nobody could reach the cluster: turn one on.")
    if options["state"] == "present" and options.get("subnet_ids") is not None and len(options["subnet_ids"]) < 2:
        raise PlatformError("subnet_ids has fewer than two subnets: an EKS cluster needs subnets in at least two zones.")


def check_version(options: Mapping[str, Any]) -> None:
    """Raise PlatformError when version is not like "1.35"."""
    version = options.get("version")
    if version is not None and version != KNOWN_AFTER_APPLY:
        minor(version)


def check_network(option: str, block: str) -> None:
    """Raise PlatformError when block is not a CIDR block."""
    if block == KNOWN_AFTER_APPLY:
        return
    try:
        ipaddress.ip_network(block)
    except ValueError:
        raise PlatformError(f"{option} holds {block!r}, which is not a CIDR block without host bits, e.g. 203.0.113.0/24.") from None
