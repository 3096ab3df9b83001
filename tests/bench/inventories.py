"""Inventories of any size, made from the demo's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .runs import DEMO

IMAGE = "docker.io/nginxinc/nginx-unprivileged"
LAYERS = 5
#: the stand-in delegates every name below example.net to the servers of this set
DOMAIN = {"dns_cert_delegation_set_id": "N0STANDINDEMO", "dns_cert_resolver": "{{ lookup('ansible.builtin.env', 'STANDIN_DNS') }}"}
#: room for a pod of each of some hundred services
NODES = [{"name": "default", "instance_types": ["m6i.4xlarge"], "min_size": 3, "max_size": 9}]


def inventory(directory: Path, environments: Iterable[str], services: Iterable[str] = ()) -> Path:
    """Environments as the demo's `staging` with networks of their own, and services that run on the first of them."""
    names = list(environments)
    shutil.copytree(DEMO / "group_vars", directory / "group_vars")
    groups = {"environments": names, "services": list(services)}
    _write(directory / "hosts.yml", {group: {"hosts": dict.fromkeys(hosts)} for group, hosts in groups.items()})
    for number, name in enumerate(names):
        shutil.copytree(DEMO / "host_vars" / "staging", directory / "host_vars" / name)
        _write(directory / "host_vars" / name / "opta.yml", {"opta_environment": name})
        _write(directory / "host_vars" / name / "dns_cert.yml", {**DOMAIN, "dns_cert_domain": f"{name}.example.net"})
        _write(directory / "host_vars" / name / "network.yml", {"network_cidr_block": f"10.{10 + number}.0.0/16"})
    if groups["services"]:
        _write(directory / "host_vars" / names[0] / "eks.yml", {"eks_version": "1.35", "eks_node_groups": NODES})
    for number, name in enumerate(groups["services"]):
        _write(directory / "host_vars" / name / "opta_service.yml", service(names[0], number))
    return directory


def service(environment: str, number: int) -> dict[str, Any]:
    """A small web service; a few services share a layer."""
    return {
        "opta_service_environment": environment,
        "opta_service_layer": f"layer-{number // LAYERS + 1}",
        "opta_service_image": IMAGE,
        "opta_service_tag": "1.29",
        "opta_service_ports": [{"port": 8080}],
        "opta_service_probe": {"path": "/"},
    }


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """JSON is YAML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2))
