"""A service's inputs with the role's own defaults, and what the role's chart makes of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._service.values import chart_values

from tests.standin.binaries import BINARIES, build, find
from tests.support import collection

ROLE = collection.ROLES / "opta_service"
ROLE_ARN = "arn:aws:iam::123456789012:role/opta/staging/opta-staging-service-shop.hello"
GENERATION = "5af87dad-0d84-483e-8c87-2cfdbd736876"

Objects = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="session")
def defaults() -> dict[str, Any]:
    """The defaults of the role that are no templates."""
    return {name: value for name, value in collection.defaults("opta_service").items() if not isinstance(value, str) or "{{" not in value}


@pytest.fixture
def given(defaults: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """The inputs of service hello in layer shop, by their full names; arguments are inputs without the prefix."""

    def complete(**inputs: Any) -> dict[str, Any]:
        named = {"name": "hello", "layer": "shop", "environment": "staging", "image": "registry.example.com/hello:1", **inputs}
        return {**defaults, **{f"opta_service_{name}": value for name, value in named.items()}}

    return complete


@pytest.fixture(scope="session")
def helm() -> Path:
    (binary,) = (binary for binary in BINARIES if binary.name == "helm")
    found = find(binary)
    return found[0] if found else build(binary, print)


@pytest.fixture
def render(helm: Path, given: Callable[..., dict[str, Any]], tmp_path: Path) -> Callable[..., Objects]:
    """The objects of the release of a service with these inputs, by kind and name. addons: the outputs of k8s_addons."""

    def objects(addons: dict[str, str] | None = None, **inputs: Any) -> Objects:
        values = chart_values(given(**inputs), ROLE_ARN, GENERATION, addons=addons)
        path = tmp_path / "values.json"
        path.write_text(json.dumps(values))
        name = str(inputs.get("name", "hello"))
        command = [
            str(helm),
            "template",
            name,
            str(ROLE / "files" / "chart"),
            "--namespace",
            str(inputs.get("layer", "shop")),
            "-f",
            str(path),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        made = [obj for obj in yaml.safe_load_all(done.stdout) if obj]
        named = {(obj["kind"], obj["metadata"]["name"]): obj for obj in made}
        assert len(named) == len(made), "two objects have one name"
        return named

    return objects
