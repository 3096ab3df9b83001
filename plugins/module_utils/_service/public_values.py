# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build the chart's values for public addresses. Pure."""

from __future__ import annotations

from typing import Any

from .inputs import Inputs, as_text
from .public import GATEWAY, INGRESS, LISTENER, Addons, PublicAddress, public_addresses

NGINX = "nginx.ingress.kubernetes.io"
STICKY_COOKIE = "opta_cookie"
#: a websocket may be idle for longer than a response takes
WEBSOCKET_SECONDS = 3600


def public_values(inputs: Inputs, addons: Addons) -> dict[str, Any]:
    """Return the chart's value `public`."""
    found = list(public_addresses(inputs, str(addons.get("domain") or "")))
    return {
        "ingress": str(addons.get("ingress") or "") if found else "",
        "gateway": {"name": _text(addons, "gateway_name"), "namespace": _text(addons, "gateway_namespace"), "sectionName": LISTENER},
        "ingressClassName": _text(addons, "ingress_class_name"),
        "hashKey": inputs.text("public_hash_key"),
        "requestBodyMaxSize": body_size(inputs),
        "addresses": [_address(inputs, address, addons) for address in found],
    }


def _address(inputs: Inputs, address: PublicAddress, addons: Addons) -> dict[str, Any]:
    own = ingress_annotations(inputs, address, addons) if addons.get("ingress") == INGRESS else {}
    given = {str(name): as_text(value) for name, value in inputs.pairs("public_annotations").items()}
    seconds = read_timeout(inputs, address)
    return {
        "name": f"{inputs.text('name')}-{address.suffix}",
        "host": address.host,
        "path": address.path,
        "stripPrefix": address.strip_prefix,
        "port": address.port["name"],
        "servicePort": address.port["service_port"],
        "grpc": address.is_grpc,
        "timeout": f"{seconds}s" if seconds and addons.get("ingress") == GATEWAY else "",
        "annotations": {**own, **given},
    }


def read_timeout(inputs: Inputs, address: PublicAddress) -> int | None:
    """Return the seconds between two reads from the service; None for nginx's default."""
    if inputs.has("public_read_timeout_seconds"):
        return inputs.number("public_read_timeout_seconds")
    return WEBSOCKET_SECONDS if address.port["protocol"] == "websocket" else None


def body_size(inputs: Inputs) -> str:
    """Return the maximum size in nginx's format, 0 for any; empty for nginx's default."""
    number = inputs.number("public_request_body_max_mib")
    return "" if number is None else f"{number}m" if number else "0"


def ingress_annotations(inputs: Inputs, address: PublicAddress, addons: Addons) -> dict[str, str]:
    """Return the annotations of ingress-nginx for settings that the Gateway API has fields and policies for."""
    sticky, key = inputs.switch("public_sticky_sessions_enabled"), inputs.text("public_hash_key")
    found: dict[str, str] = {}
    if address.strip_prefix:
        found |= {"use-regex": "true", "rewrite-target": "/$2"}
    if address.is_grpc:
        found["backend-protocol"] = "GRPC"
    seconds = read_timeout(inputs, address)
    if seconds:
        found |= {"proxy-read-timeout": str(seconds), "proxy-send-timeout": str(seconds)}
    if body_size(inputs):
        found["proxy-body-size"] = body_size(inputs)
    if sticky:
        age = str(inputs.number("public_sticky_sessions_max_age_seconds"))
        found |= {"affinity": "cookie", "session-cookie-name": STICKY_COOKIE, "session-cookie-expires": age, "session-cookie-max-age": age}
    elif key:
        found["upstream-hash-by"] = key
    elif addons.get("mesh"):
        found["service-upstream"] = "true"  # the mesh chooses the pod
    return {f"{NGINX}/{name}": value for name, value in found.items()}


def _text(addons: Addons, name: str) -> str:
    return str(addons.get(name) or "")
