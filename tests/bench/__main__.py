"""Measure on a stand-in of its own: `python -m tests.bench [--latency-ms N]`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

from tests.support.playbooks import SETTINGS, read_results
from tests.support.standin import DIRECTORY, Standin

from .measure import Measured, measured

INVENTORY = ("-i", "inventories/demo", "--limit", "staging")
DESTROY = json.dumps({"opta_destroy_confirm": "staging", "opta_deletion_protection": False})
RUNS = (
    ("plan of everything", ("opta.platform.env", "--check", "--diff")),
    ("first run", ("opta.platform.env",)),
    ("second run", ("opta.platform.env",)),
    ("destroy", ("opta.platform.destroy", "-e", DESTROY)),
)
COLUMNS = ("run", "wall s", "CPU s", "peak MiB", "tasks", "changed", "API calls", "of them changing")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--latency-ms", type=int, default=0, help="what each AWS call takes longer")
    latency = parser.parse_args().latency_ms
    standin = Standin(DIRECTORY / f"bench-{os.getpid()}", times={}).up("--latency-ms", str(latency))
    try:
        print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}")
        for name, arguments in RUNS:
            print(f"| {' | '.join([name, *one(standin, arguments)])} |", flush=True)
    finally:
        standin.down()


def one(standin: Standin, arguments: tuple[str, ...]) -> list[str]:
    """The cells of one run; ends the program when the run fails."""
    results = standin.directory / "results.jsonl"
    results.unlink(missing_ok=True)
    output = standin.directory / "output.txt"
    environment = {**os.environ, **standin.environment, **SETTINGS, "OPTA_RESULTS": str(results)}
    mark = standin.mark()
    with output.open("w") as file:
        command = ["ansible-playbook", *INVENTORY, *arguments]
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
        done: Measured = measured(process)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{output.read_text()[-6000:]}")
    tasks = [task for task in read_results(results) if task["status"] in ("ok", "changed")]
    changed = [task for task in tasks if task["status"] == "changed"]
    figures = [len(tasks), len(changed), len(standin.requests(mark)), len(standin.mutating(mark))]
    return [f"{done.wall_seconds:.1f}", f"{done.cpu_seconds:.1f}", f"{done.peak_mib:.0f}", *map(str, figures)]


if __name__ == "__main__":
    main()
