"""Run pytest with the given arguments, then print what the tests cost: python -m tests.profile [--record] ARGUMENTS

--record: write the costs to tests/profile/costs.yml. Ends with pytest's return code.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.profile import costs
from tests.profile.cpu import Processes
from tests.profile.plugin import MEASURED
from tests.profile.report import markdown
from tests.support.counts import ANSIBLE_RUNS, RUN

INTERVAL_SECONDS = 0.5


def main(arguments: list[str]) -> int:
    record = "--record" in arguments
    command = [sys.executable, "-m", "pytest", *(argument for argument in arguments if argument != "--record")]
    with tempfile.TemporaryDirectory(prefix="test-profile-") as directory:
        begun, processes = time.monotonic(), Processes(f"{RUN}={directory}")
        with subprocess.Popen(command, env={**os.environ, RUN: directory}) as running:
            while running.poll() is None:
                processes.look()
                time.sleep(INTERVAL_SECONDS)
        processes.look()
        wall = time.monotonic() - begun
        measured = Path(directory, MEASURED)
        if not measured.exists():
            return running.returncode
        tests = {name: costs.Cost(**cost) for name, cost in json.loads(measured.read_text(encoding="utf-8")).items()}
        runs = Path(directory, ANSIBLE_RUNS)
        ansible_runs = len(runs.read_text(encoding="utf-8").splitlines()) if runs.exists() else 0
    print("\n" + markdown(tests, processes.seconds(), wall, processes.started("kube-apiserver"), ansible_runs))
    if record and running.returncode == 0:
        costs.write(costs.measured(tests))
        print(f"\nwritten: {costs.PATH}")
    return running.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
