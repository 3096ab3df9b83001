"""Inventories of any size."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench.inventories import LAYERS, inventory


def test_environments_have_networks_of_their_own_and_services_run_on_the_first(tmp_path: Path) -> None:
    names = [f"service-{number}" for number in range(LAYERS + 1)]
    made = inventory(tmp_path / "inventory", ["one", "two"], names)

    def read(*parts: str) -> dict[str, object]:
        return json.loads(made.joinpath(*parts).read_text())

    hosts = read("hosts.yml")
    assert hosts == {"environments": {"hosts": {"one": None, "two": None}}, "services": {"hosts": dict.fromkeys(names)}}
    networks = [read("host_vars", name, "network.yml")["network_cidr_block"] for name in ("one", "two")]
    assert networks == ["10.10.0.0/16", "10.11.0.0/16"]
    assert read("host_vars", "two", "opta.yml") == {"opta_environment": "two"}
    services = [read("host_vars", name, "opta_service.yml") for name in names]
    assert {service["opta_service_environment"] for service in services} == {"one"}
    assert [service["opta_service_layer"] for service in services] == ["layer-1"] * LAYERS + ["layer-2"]
