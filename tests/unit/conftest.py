"""Unit tests open no socket and start no process: what does is in tests/integration, or in tests/module."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

#: of the interpreter's audit events
FORBIDDEN = {"socket.bind", "socket.connect", "socket.sendto", "subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.system"}
#: those of the stand-in's own parts
ALLOWED = "tests/unit/standin/"


@pytest.fixture(scope="session", autouse=True)
def _pure() -> None:
    """An audit hook stays as long as its process, in which other tests may follow."""
    sys.addaudithook(_refuse)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        test = os.environ.get("PYTEST_CURRENT_TEST", "")
        shared = test.endswith("(teardown)")  # after a process's last test it ends what its other tests have shared
        if test.startswith("tests/unit/") and not test.startswith(ALLOWED) and not shared:
            raise AssertionError(f"{event} in {test}: move the test to tests/integration")
