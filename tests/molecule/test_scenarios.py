"""Each molecule scenario, as `molecule test` runs it by hand, on one stand-in."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.standin.owner import VARIABLE, identity
from tests.standin.processes import bound_to_this_process
from tests.support.counts import current_test
from tests.support.standin import DIRECTORY, ROOT

COMMANDS = ROOT / "tests" / "support" / "commands"
#: what needs a cluster last, so that the scenarios share the network and a cluster, which the last one removes
SCENARIOS = ("network", "s3", "dns_cert", "aurora", "documentdb", "elasticache", "eks", "k8s_addons", "opta_service", "env")

Molecule = Callable[..., None]


@pytest.fixture(scope="module")
def molecule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Molecule]:
    """Runs a command of molecule; the stand-in that the first one makes serves all."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "KUBECONFIG"))}
    settings |= {
        "PATH": f"{COMMANDS}:{os.environ['PATH']}",
        "OPTA_MOLECULE_STANDIN": str((DIRECTORY / f"molecule-{os.getpid()}").relative_to(ROOT)),
        "OPTA_PLAYBOOK_SERVERS": str(tmp_path_factory.mktemp("playbook-servers")),
        VARIABLE: identity(os.getpid()),
        "MOLECULE_EPHEMERAL_DIRECTORY": str(tmp_path_factory.mktemp("molecule")),
    }

    def run(*arguments: str) -> None:
        command = [*bound_to_this_process(signal.SIGTERM), "molecule", *arguments]
        environment = {**settings, **current_test()}
        done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-6000:]

    yield run
    run("destroy", "--scenario-name", "default")


def test_every_role_and_the_whole_collection_have_a_scenario() -> None:
    roles = {path.parent.parent.name for path in (ROOT / "roles").glob("*/tasks/absent.yml")}
    written = {path.parent.name for path in (ROOT / "extensions" / "molecule").glob("*/converge.yml")}
    assert set(SCENARIOS) == written == roles - {"retention"} | {"env"}, "the scenario network deletes the key, with the role retention"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(molecule: Molecule, scenario: str) -> None:
    molecule("test", "--destroy", "never", "--scenario-name", scenario)
