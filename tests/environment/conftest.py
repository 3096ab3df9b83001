"""Fixtures for tests of whole environments: each module has a stand-in of its own, empty at its beginning."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.playbooks import Playbooks, Run
from tests.support.standin import ROOT

DEMO = ("-i", str(ROOT / "inventories" / "demo"))
#: what lets a destroy take everything
UNPROTECTED = {"opta_deletion_protection": False, "elasticache_skip_final_snapshot": True}


def arguments_of(playbook: str, variables: dict[str, Any], *more: str, limit: str = "staging") -> list[str]:
    """Of ansible-playbook, for an environment of the demo."""
    return [f"opta.platform.{playbook}", *DEMO, "--limit", limit, "--extra-vars", json.dumps(variables), *more]


@pytest.fixture(scope="module")
def play(ansible: Playbooks) -> Callable[..., Run]:
    """Run a playbook of the collection on the demo's inventory; keyword arguments are extra vars."""

    def run(
        playbook: str, *arguments: str, check: bool = False, limit: str | None = "staging", fails: bool = False, **variables: Any
    ) -> Run:
        more = [*arguments, *(["--check", "--diff"] if check else []), *(["--limit", limit] if limit else [])]
        done = ansible.run(f"opta.platform.{playbook}", *DEMO, *more, variables=variables)
        if not fails:
            assert done.returncode == 0, f"{playbook}: {done.failure()}\n{done.output[-3000:]}"
        return done

    return run
