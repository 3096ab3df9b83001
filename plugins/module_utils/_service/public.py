# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read the public addresses of a service. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .images import is_deployable
from .inputs import PREFIX, Inputs, as_bool, ports

#: the outputs of the environment's role k8s_addons
Addons = Mapping[str, Any]

#: values of k8s_addons_outputs.ingress
GATEWAY = "nginx_gateway_fabric"
INGRESS = "ingress_nginx"
#: the listener behind port 443 of the load balancer; the other listener only redirects
LISTENER = "https"
OPTION = f"{PREFIX}public_addresses"


@dataclass(frozen=True)
class PublicAddress:
    """One public address. host: empty for the environment's own domain, as long as that is not known. path: begins with /."""

    text: str
    host: str
    path: str
    entry: Mapping[str, Any]
    port: Mapping[str, Any]

    @property
    def where(self) -> str:
        return f"{OPTION}, {self.text}"

    @property
    def is_grpc(self) -> bool:
        return self.port.get("protocol") == "grpc"

    @property
    def strip_prefix(self) -> bool:
        """Whether the path of the address is removed before the request reaches the service."""
        return as_bool(self.entry.get("strip_prefix")) and self.path != "/"

    @property
    def url(self) -> str:
        return f"https://{self.host}{'' if self.path == '/' else self.path}"

    @property
    def suffix(self) -> str:
        """An id of the address for the names of its objects, independent of the order of addresses."""
        return hashlib.sha256(f"{self.host}{self.path}".encode()).hexdigest()[:8]


def public_addresses(inputs: Inputs, domain: str = "") -> Iterator[PublicAddress]:
    """Yield the addresses in the given order, without invalid entries. domain: of the environment."""
    for entry in map(as_entry, inputs.items("public_addresses")):
        text = entry.get("address")
        if isinstance(text, str) and text:
            host, path = split(text)
            yield PublicAddress(text, host or domain, path, entry, public_port(inputs, entry))


def as_entry(entry: Any) -> dict[str, Any]:
    """Return an entry as a map; a string is its address. Empty when it is neither."""
    if isinstance(entry, str):
        return {"address": entry}
    return dict(entry) if isinstance(entry, Mapping) else {}


def split(text: str) -> tuple[str, str]:
    """Return (host, path) of an address; the path without a slash at its end."""
    host, slash, path = text.partition("/")
    return host, f"{slash}{path}".rstrip("/") or "/"


def public_port(inputs: Inputs, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the port of an address: the named one, or the first HTTP port. Empty when there is none."""
    for port in ports(inputs):
        if entry.get("port") in (None, port["name"]) and port["type"] == "http":
            return port
    return {}


def public_urls(given: Mapping[str, Any], addons: Addons) -> list[str]:
    """Return the public URLs of the service; none without pods."""
    inputs = Inputs(given)
    served = is_deployable(inputs) and inputs.number("maximum_replicas")
    return [address.url for address in public_addresses(inputs, str(addons.get("domain") or ""))] if served else []
