"""The names that the AWS Load Balancer Controller gives: the beginnings of a Service's names, and a digest.

Source: aws-load-balancer-controller 3.5.0, pkg/service/model_build_load_balancer.go, model_build_target_group.go and
model_build_managed_sg.go, pkg/networking/backend_sg_provider.go.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

Service = dict[str, Any]
#: of target groups, where the annotations say nothing else
HEALTH_CHECK_SECONDS = 10


def balancer(cluster: str, service: Service, scheme: str) -> str:
    return _name(service, cluster, service["metadata"]["uid"], scheme)


def target_group(cluster: str, service: Service, port: dict[str, Any], kind: str, protocol: str = "TCP") -> str:
    """port: of the Service's spec. kind: ip or instance."""
    parts = (str(target_port(port, kind)), str(port["port"]), kind, protocol, "TCP", str(HEALTH_CHECK_SECONDS))
    return _name(service, cluster, service["metadata"]["uid"], *parts)


def target_port(port: dict[str, Any], kind: str) -> int:
    """That of the target group, which no target needs: each is registered with its own."""
    wanted = port["nodePort"] if kind == "instance" else port.get("targetPort", port["port"])
    return wanted if isinstance(wanted, int) else 1


def frontend_group(cluster: str, service: Service) -> str:
    metadata = service["metadata"]
    return _name(service, cluster, metadata["name"], metadata["namespace"], metadata["uid"])


def backend_group(cluster: str) -> str:
    return f"k8s-traffic-{_letters(cluster)[:232]}-{hashlib.sha256(cluster.encode()).hexdigest()[:10]}"


def _name(service: Service, *parts: str) -> str:
    namespace, name = (_letters(service["metadata"][key])[:8] for key in ("namespace", "name"))
    return f"k8s-{namespace}-{name}-{hashlib.sha256(''.join(parts).encode()).hexdigest()[:10]}"


def _letters(text: str) -> str:
    return re.sub("[^0-9A-Za-z]", "", text)
