# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read the inputs of a service. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

PREFIX = "opta_service_"

SERVICE_PORT_OF_HTTP = 80
#: appProtocol of a port by its protocol, for load balancers and meshes
APPLICATION_PROTOCOLS = {"grpc": "kubernetes.io/h2c", "websocket": "kubernetes.io/ws", "": "http"}
#: path of the certificate authorities of Amazon's databases, and the environment variable that names it
CERTIFICATES_DIRECTORY = "/config"
CERTIFICATES_FILE = "rds_ca.pem"
CERTIFICATES_VARIABLE = "RDS_CA_PATH"
TEMPORARY_DIRECTORY = "/tmp"
#: default memory request
MEMORY_REQUEST_MIB = 128
#: default target of a service with a memory request
TARGET_MEMORY_PERCENT = 80


class Inputs:
    """The inputs by name, without the prefix. An input that is None or an empty string is None."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def has(self, name: str) -> bool:
        return self.get(name) is not None

    def get(self, name: str) -> Any:
        value = self._given.get(f"{PREFIX}{name}")
        return None if value == "" else value

    def text(self, name: str) -> str:
        value = self.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int | None:
        """Return the number; None when it is not given or is not a number."""
        return as_number(self.get(name))

    def switch(self, name: str) -> bool:
        return as_bool(self.get(name))

    def items(self, name: str) -> Sequence[Any]:
        value = self.get(name)
        return list(value) if isinstance(value, (list, tuple)) else []

    def pairs(self, name: str) -> dict[str, Any]:
        value = self.get(name)
        return dict(value) if isinstance(value, Mapping) else {}


def as_number(value: Any) -> int | None:
    try:
        return None if isinstance(value, bool) else int(value)
    except (TypeError, ValueError):
        return None


def as_bool(value: Any) -> bool:
    return value.strip().lower() in ("true", "yes", "on", "1") if isinstance(value, str) else bool(value)


def as_text(value: Any) -> str:
    """Return the text of a value for an environment variable or annotation: YAML's true is true, not True."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def memory_request_mib(inputs: Inputs) -> int:
    """Return the memory request of a pod."""
    return inputs.number("memory_request_mib") or MEMORY_REQUEST_MIB


def ports(inputs: Inputs) -> list[dict[str, Any]]:
    """Return the ports with their defaults: name, port, service_port, type and protocol."""
    complete = []
    for entry in inputs.items("ports"):
        kind = entry.get("type") or "http"
        number = as_number(entry.get("port"))
        service_port = as_number(entry.get("service_port")) or (SERVICE_PORT_OF_HTTP if kind == "http" else number)
        name = entry.get("name") or "main"
        complete.append({"name": name, "port": number, "service_port": service_port, "type": kind, "protocol": entry.get("protocol") or ""})
    return complete
