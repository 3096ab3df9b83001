"""What a run of the tests counts, in files of the directory that the environment variable OPTA_TEST_RUN names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

RUN = "OPTA_TEST_RUN"
CURRENT = "PYTEST_CURRENT_TEST"
ANSIBLE_RUNS = "ansible-runs"


def note_ansible_run(environment: Mapping[str, str]) -> None:
    """Note a run of ansible-playbook, whose environment names the test; without a run of the tests nothing is noted."""
    if environment.get(RUN):
        test = environment.get(CURRENT, "").rsplit(" (", 1)[0]
        with (Path(environment[RUN]) / ANSIBLE_RUNS).open("a", encoding="utf-8") as noted:
            noted.write(f"{test}\n")


def ansible_runs() -> list[str]:
    """The test of each run of ansible-playbook so far."""
    noted = Path(os.environ[RUN]) / ANSIBLE_RUNS
    return noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []


def current_test() -> dict[str, str]:
    """The environment variable that names the test, for programs that were given their environment before it began."""
    return {CURRENT: os.environ[CURRENT]} if CURRENT in os.environ else {}
