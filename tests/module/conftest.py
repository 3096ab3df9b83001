"""Fixtures of the tests of one module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.modules import call_module
from tests.support.standin import Standin


@pytest.fixture
def run_module(standin: Standin) -> Callable[..., dict[str, Any]]:
    """Call a module on the stand-in, and return its result; `opta.platform.<name>` through Ansible is tested in test_both_ways."""

    def run(name: str, /, check_mode: bool = False, expect_failure: bool = False, **options: Any) -> dict[str, Any]:
        result = call_module(name, options, standin.environment, check_mode=check_mode)
        assert bool(result.get("failed")) == expect_failure, f"{name} {'did not fail' if expect_failure else 'failed'}: {result}"
        return result

    return run
