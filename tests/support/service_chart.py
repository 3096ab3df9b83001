"""The chart of the role opta_service, rendered by helm for given inputs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.opta.platform.plugins.module_utils._service.values import chart_values

from tests.standin.binaries import BINARIES, build, find
from tests.support import collection
from tests.support.identities import identity_of

CHART = collection.ROLES / "opta_service" / "files" / "chart"
ROLE_ARN = identity_of().role_arn("service", "shop.hello")
GENERATION = "5af87dad-0d84-483e-8c87-2cfdbd736876"

Objects = dict[tuple[str, str], dict[str, Any]]


def helm_binary() -> Path:
    (binary,) = (binary for binary in BINARIES if binary.name == "helm")
    found = find(binary)
    return found[0] if found else build(binary, print)


def literal_defaults() -> dict[str, Any]:
    """The defaults of the role that are no templates."""
    return {name: value for name, value in collection.defaults("opta_service").items() if not isinstance(value, str) or "{{" not in value}


def complete_inputs(**inputs: Any) -> dict[str, Any]:
    """The inputs of service hello in layer shop, by their full names; arguments are inputs without the prefix."""
    named = {"name": "hello", "layer": "shop", "environment": "staging", "image": "registry.example.com/hello:1", **inputs}
    return {**literal_defaults(), **{f"opta_service_{name}": value for name, value in named.items()}}


def rendered(helm: Path, directory: Path, given: Mapping[str, Any], addons: Mapping[str, str] | None = None) -> Objects:
    """The objects of the release of a service with these inputs, by kind and name. addons: the outputs of k8s_addons."""
    path = directory / "values.json"
    path.write_text(json.dumps(chart_values(given, ROLE_ARN, GENERATION, addons=addons)))
    name, layer = str(given["opta_service_name"]), str(given["opta_service_layer"])
    command = [str(helm), "template", name, str(CHART), "--namespace", layer, "-f", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = [obj for obj in yaml.safe_load_all(done.stdout) if obj]
    named = {(obj["kind"], obj["metadata"]["name"]): obj for obj in made}
    assert len(named) == len(made), "two objects have one name"
    return named
