"""A module changes nothing once the ansible-playbook that started it has ended."""

from __future__ import annotations

import subprocess
import sys

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _controller
from ansible_collections.opta.platform.plugins.module_utils._errors import ControllerGone


def test_changes_are_allowed_while_the_controller_runs() -> None:
    _controller.Controller().check()


def test_nothing_is_changed_once_the_controller_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    monkeypatch.setenv(_controller.VARIABLE, _controller.identity(process.pid))
    controller = _controller.Controller()
    controller.check()
    process.kill()
    process.wait()
    with pytest.raises(ControllerGone, match="has ended"):
        controller.check()
