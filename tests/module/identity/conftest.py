"""The stand-in's AWS in this process, in several regions, and modules that are called on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency, _wait
from ansible_collections.opta.platform.plugins.module_utils._names import Identity

from tests.standin.aws.clock import DEFAULT_TIMES
from tests.support.identities import identity_of
from tests.support.modules import call_module
from tests.unit.standin.conftest import REGION, Aws, emulated

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An AWS in which nothing takes longer than a call; each test has an environment of its own there."""
    with emulated(tmp_path_factory.mktemp("aws"), dict.fromkeys(DEFAULT_TIMES, 0.0)) as running:
        yield running


@pytest.fixture
def identity(aws: Aws) -> Identity:
    return identity_of(aws.name("env"))


@pytest.fixture
def run_module(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    monkeypatch.setattr(_wait, "FIRST_DELAY_SECONDS", 0.001)
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0.001)
    environment = {"AWS_ENDPOINT_URL": aws.world.endpoint_url, **CREDENTIALS}

    def run(name: str, /, check_mode: bool = False, region: str = REGION, **options: Any) -> dict[str, Any]:
        result = call_module(name, {"region": region, **options}, environment, check_mode=check_mode)
        assert not result.get("failed"), result
        return result

    return run


@pytest.fixture
def changes(aws: Aws) -> Callable[[], list[str]]:
    """The names of the calls that changed something since it was last asked."""
    seen = len(aws.log())

    def since() -> list[str]:
        nonlocal seen
        log = aws.log()
        new, seen = log[seen:], len(log)
        return [entry["operation"] for entry in new if entry["mutating"]]

    return since
