# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build the outputs of the role k8s_addons, for the role and for environment_info. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import ingress_nginx, nginx_gateway_fabric


def outputs(
    ingress: str,
    load_balancer: Mapping[str, Any] | None,
    domain: str,
    trust_anchor_secret_arn: str,
    gateway_namespace: str = "nginx-gateway",
) -> dict[str, str]:
    """Return the outputs. ingress: empty or `none` without one; load_balancer: its arn and dns_name."""
    has_gateway, has_class = ingress == nginx_gateway_fabric.ADDON.key, ingress == ingress_nginx.ADDON.key
    return {
        "ingress": ingress if has_gateway or has_class else "",
        "gateway_namespace": gateway_namespace if has_gateway else "",
        "gateway_name": nginx_gateway_fabric.GATEWAY if has_gateway else "",
        "ingress_class_name": ingress_nginx.CLASS_NAME if has_class else "",
        "load_balancer_arn": str((load_balancer or {}).get("arn") or ""),
        "load_balancer_dns_name": str((load_balancer or {}).get("dns_name") or ""),
        "domain": domain or "",
        "mesh": "linkerd" if trust_anchor_secret_arn else "",
        "linkerd_trust_anchor_secret_arn": trust_anchor_secret_arn or "",
    }
