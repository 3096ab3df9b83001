"""Fixtures of the tests with real controllers, which `make test-controllers` runs alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.controllers import programs


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("controllers")


@pytest.fixture(scope="session")
def obtain() -> Callable[..., Path]:
    """A program or a chart: the test is skipped, with the words of who refused it, when it cannot be downloaded."""

    def have(make: Callable[..., Path], *arguments: programs.Controller) -> Path:
        try:
            return make(*arguments)
        except programs.ControllerError as error:
            pytest.skip(str(error))

    return have
