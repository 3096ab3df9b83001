"""What the role's chart makes of a service's inputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import service_chart
from tests.support.service_chart import Objects
from tests.unit.plugins.module_utils._service.conftest import given

__all__ = ["given"]


@pytest.fixture(scope="session")
def helm() -> Path:
    return service_chart.helm_binary()


@pytest.fixture
def render(helm: Path, given: Callable[..., dict[str, Any]], tmp_path: Path) -> Callable[..., Objects]:
    """The objects of the release of a service with these inputs, by kind and name. addons: the outputs of k8s_addons."""

    def objects(addons: dict[str, str] | None = None, **inputs: Any) -> Objects:
        return service_chart.rendered(helm, tmp_path, given(**inputs), addons)

    return objects
