"""A service's inputs with the role's own defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import service_chart


@pytest.fixture(scope="session")
def defaults() -> dict[str, Any]:
    """The defaults of the role that are no templates."""
    return service_chart.literal_defaults()


@pytest.fixture
def given() -> Callable[..., dict[str, Any]]:
    """The inputs of service hello in layer shop, by their full names; arguments are inputs without the prefix."""
    return service_chart.complete_inputs
