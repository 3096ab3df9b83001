"""Fixtures of the tests that run one module through Ansible."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.playbooks import Playbooks


@pytest.fixture
def run_module(playbooks: Playbooks) -> Callable[..., dict[str, Any]]:
    """Run opta.platform.<name> through ansible-playbook with --diff, and give its result."""

    def run(name: str, /, check_mode: bool = False, expect_failure: bool = False, **options: Any) -> dict[str, Any]:
        play = {
            "name": f"Run {name}",
            "hosts": "all",
            "gather_facts": False,
            "vars": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable},
            "tasks": [{"name": f"Run {name}", f"opta.platform.{name}": options}],
        }
        done = playbooks.play(play, "--diff", *(["--check"] if check_mode else []))
        assert done.tasks, done.output
        result = done.tasks[-1]["result"]
        failed = bool(result.get("failed")) or done.returncode != 0
        assert failed == expect_failure, (
            f"{name} {'did not fail' if expect_failure else 'failed'}: {result.get('msg')}\n{done.output[-4000:]}"
        )
        return result

    return run
