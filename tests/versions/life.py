"""One life of an environment and a service: from nothing, through a change by hand, to nothing."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.environment.conftest import UNPROTECTED
from tests.environment.observed import left_in_aws
from tests.support.playbooks import SETTINGS, Run, read_results
from tests.support.standin import DIRECTORY, ROOT, Standin

from . import installed
from .matrix import Combination

DEMO = ROOT / "inventories" / "demo"
ENVIRONMENT, SERVICE = "staging", "hello"
IMAGE = "docker.io/nginxinc/nginx-unprivileged:1.29"
#: of the demo: the network, the cluster, Aurora, the add-ons, and one service
LESS = {
    "documentdb_clusters": [],
    "elasticache_replication_groups": [],
    "s3_buckets": [],
    "dns_cert_domain": "",
    "opta_service_public_addresses": [],
    "opta_service_links": [{"aurora": "main"}],
}


class FailedError(Exception):
    """What went otherwise than it should."""


class Life:
    """The runs of one combination on a stand-in of its own."""

    def __init__(self, combination: Combination, standin: Standin) -> None:
        self._combination = combination
        self._standin = standin
        self._python = installed.virtual_environment(combination.ansible_core)
        self._settings = installed.settings(combination.ansible_core, combination.ansible)

    def live(self) -> None:
        """Raises FailedError at the first thing that is not as it should be."""
        ours, other = self._combination.helm, self._combination.other_helm
        self._run("env", ours)
        self._run("service", ours)
        self._nothing_to_do(other)
        self._change_by_hand()
        self._run("service", other)
        self._as_described()
        self._run("destroy", ours, opta_destroy_confirm=ENVIRONMENT, opta_delete_retained=True, **UNPROTECTED)
        left = {kind: items for kind, items in left_in_aws(self._standin, ENVIRONMENT).items() if items}
        if left:
            raise FailedError(f"destroy left {left}")

    def _run(self, playbook: str, helm: str, **variables: Any) -> Run:
        directory = self._standin.directory
        results, output = directory / "results.jsonl", directory / f"{playbook}.output"
        results.unlink(missing_ok=True)
        host = SERVICE if playbook == "service" else ENVIRONMENT
        command = [str(self._python / "bin" / "ansible-playbook"), "-i", str(DEMO), f"opta.platform.{playbook}", "--limit", host]
        command += ["--extra-vars", json.dumps({**LESS, **variables})]
        with output.open("wb") as file:
            environment = self._environment(helm, results)
            done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False)
        run = Run(done.returncode, output.read_text(), read_results(results))
        if run.returncode:
            raise FailedError(f"{playbook} with helm {helm} ended with {run.returncode}: {run.failure()}\n{run.output[-3000:]}")
        return run

    def _environment(self, helm: str, results: Path) -> Mapping[str, str]:
        first = [str(installed.helm(helm)), str(self._python / "bin")]
        path = os.pathsep.join([*first, self._standin.environment["PATH"]])
        return {**self._standin.environment, **self._settings, **SETTINGS, "PATH": path, "OPTA_RESULTS": str(results)}

    def _nothing_to_do(self, helm: str) -> None:
        mark = self._standin.mark()
        for playbook in ("env", "service"):
            changed = self._run(playbook, helm).changed()
            if changed:
                raise FailedError(f"a second {playbook} with helm {helm} changed something: {changed}")
        if self._standin.mutating(mark):
            raise FailedError(f"a second run with helm {helm} called {self._standin.mutating(mark)}")

    def _change_by_hand(self) -> None:
        """With kubectl, as somebody in trouble does."""
        self._kubectl("set", "image", "deployment/hello", f"*={IMAGE}-by-hand")

    def _as_described(self) -> None:
        image = self._kubectl("get", "deployment/hello", "-o", "jsonpath={.spec.template.spec.containers[0].image}")
        if image != IMAGE:
            raise FailedError(f"a change by hand was not set back: image {image}")

    def _kubectl(self, *arguments: str) -> str:
        done = self._standin.kubernetes(*arguments, "--namespace", SERVICE, "--context", f"opta-{ENVIRONMENT}", check=False)
        if done.returncode:
            raise FailedError(f"kubectl {' '.join(arguments)}: {done.stderr}")
        return done.stdout


def live(combination: Combination) -> None:
    """A life on a stand-in that is taken down at its end."""
    standin = Standin(DIRECTORY / f"versions-{os.getpid()}")
    try:
        Life(combination, standin.up()).live()
    finally:
        standin.down()
