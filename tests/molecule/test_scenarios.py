"""Each molecule scenario, as `molecule test` runs it by hand."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.standin import DIRECTORY, ROOT

SCENARIOS = sorted(path.parent.name for path in (ROOT / "extensions" / "molecule").glob("*/converge.yml"))


def test_there_is_a_scenario_for_each_role_and_one_for_the_whole() -> None:
    roles = {path.parent.parent.name for path in (ROOT / "roles").glob("*/tasks/absent.yml")}
    assert set(SCENARIOS) == roles | {"env"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: str, tmp_path: Path) -> None:
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "KUBECONFIG"))}
    settings |= {
        "OPTA_MOLECULE_STANDIN": str((DIRECTORY / f"molecule-{os.getpid()}").relative_to(ROOT)),
        "MOLECULE_EPHEMERAL_DIRECTORY": str(tmp_path),
    }
    command = ["molecule", "test", "--scenario-name", scenario]
    done = subprocess.run(command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-6000:]
