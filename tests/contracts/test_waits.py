"""Tests and the stand-in wait for conditions (tests/support/until.py), not for time."""

from __future__ import annotations

import re

import pytest

from tests.support import collection

SLEEP = re.compile(r"\b(time|asyncio)\.sleep\(")
#: where something sleeps all the same, and why
ALLOWED = {
    "tests/support/until.py": "waits for all others",
    "tests/bench/measure.py": "looks at memory in intervals",
    "tests/profile/__main__.py": "looks at CPU times in intervals",
    "tests/environment/killing.py": "looks at a run until the moment when it is killed",
    "tests/support/results_awaited.py": "sleeps where Ansible waits for something else than a result",
    "tests/integration/bench/test_measure.py": "is measured while it sleeps",
    "tests/integration/helm/test_binary.py": "is a process that is to be ended",
    "tests/module/semantics/plugins/modules/ends.py": "is a module that is to be ended",
    "tests/module/test_helm_release.py": "helm counts the time since a revision in seconds",
    "tests/module/test_role_opta_service_images.py": "ECR orders images by seconds",
}


def sleepers() -> set[str]:
    paths = (collection.ROOT / "tests").rglob("*.py")
    return {str(path.relative_to(collection.ROOT)) for path in paths if SLEEP.search(path.read_text(encoding="utf-8"))}


def test_every_sleep_has_a_documented_reason() -> None:
    unknown = sleepers() - ALLOWED.keys() - {f"tests/contracts/{__name__.rsplit('.', 1)[-1]}.py"}
    assert not unknown, f"wait with tests.support.until, or say here why not: {sorted(unknown)}"


@pytest.mark.parametrize("path", ALLOWED)
def test_every_documented_reason_belongs_to_a_sleep(path: str) -> None:
    assert path in sleepers(), f"{path} sleeps no more: remove it from ALLOWED"
