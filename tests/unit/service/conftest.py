"""A service's inputs with the role's own defaults, and what the role's chart makes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import service_chart
from tests.support.service_chart import Objects


@pytest.fixture(scope="session")
def defaults() -> dict[str, Any]:
    """The defaults of the role that are no templates."""
    return service_chart.literal_defaults()


@pytest.fixture
def given() -> Callable[..., dict[str, Any]]:
    """The inputs of service hello in layer shop, by their full names; arguments are inputs without the prefix."""
    return service_chart.complete_inputs


@pytest.fixture(scope="session")
def helm() -> Path:
    return service_chart.helm_binary()


@pytest.fixture
def render(helm: Path, given: Callable[..., dict[str, Any]], tmp_path: Path) -> Callable[..., Objects]:
    """The objects of the release of a service with these inputs, by kind and name. addons: the outputs of k8s_addons."""

    def objects(addons: dict[str, str] | None = None, **inputs: Any) -> Objects:
        return service_chart.rendered(helm, tmp_path, given(**inputs), addons)

    return objects
