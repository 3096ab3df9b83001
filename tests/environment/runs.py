"""Run the collection's playbooks as a user does, and read what they did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "inventories" / "demo"


@dataclass
class Run:
    """What one ansible-playbook did."""

    code: int
    output: str
    answer: dict[str, Any]

    @property
    def stats(self) -> dict[str, dict[str, int]]:
        return self.answer.get("stats", {})

    @property
    def changed(self) -> int:
        return sum(host["changed"] for host in self.stats.values())

    def results(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(host, task name, result) of every task; the items of a loop one by one."""
        for play in self.answer.get("plays", []):
            for task in play["tasks"]:
                for host, result in task["hosts"].items():
                    for item in result.get("results", [result]) if isinstance(result, dict) else []:
                        if isinstance(item, dict):
                            yield host, task["task"]["name"], item

    def actions(self) -> set[tuple[str, ...]]:
        """What was done, or would be: (host, action, resource, attributes); a stock module's change by its task's name."""
        done: set[tuple[str, ...]] = set()
        for host, task, result in self.results():
            if "actions" in result:
                for action in result["actions"]:
                    done.add((host, action["action"], action["resource"], ",".join(sorted(action["attributes"]))))
            elif result.get("changed"):
                done.add((host, "change", task, str(result.get("iam_role", {}).get("role_name", ""))))
        return done

    def messages(self) -> str:
        """Every failure's message."""
        return "\n".join(str(result.get("msg", "")) for _host, _task, result in self.results() if result.get("failed"))


def command(playbook: str, inventory: Path | str, *arguments: str, check: bool = False, **variables: Any) -> list[str]:
    extra = ["--extra-vars", json.dumps(variables)] if variables else []
    mode = ["--check", "--diff"] if check else []
    return ["ansible-playbook", "-i", str(inventory), f"opta.platform.{playbook}", *mode, *extra, *arguments]


def play(
    playbook: str,
    environment: Mapping[str, str],
    *arguments: str,
    inventory: Path | str = DEMO,
    check: bool = False,
    timeout_seconds: float = 900,
    **variables: Any,
) -> Run:
    """Run a playbook of the collection to its end. variables: extra vars."""
    line = command(playbook, inventory, *arguments, check=check, **variables)
    with tempfile.TemporaryFile("w+") as output:
        variables_of_process = ansible_environment(environment)
        ended = subprocess.run(
            line, env=variables_of_process, stdout=output, stderr=subprocess.STDOUT, timeout=timeout_seconds, check=False, cwd=ROOT
        )
        output.seek(0)
        text = output.read()
    return Run(ended.returncode, text, _answer(text))


def begin(playbook: str, environment: Mapping[str, str], log: Path, *arguments: str, **variables: Any) -> subprocess.Popen[bytes]:
    """Start a playbook in a process group of its own, to be killed."""
    with log.open("wb") as output:
        return subprocess.Popen(
            command(playbook, DEMO, *arguments, **variables),
            env=ansible_environment(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes], whole_group: bool) -> None:
    """SIGKILL the controller with all it started, or the controller alone."""
    if whole_group:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def ansible_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a user who has sourced tests/environment.sh and the stand-in's variables; results as JSON."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache"),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_JSON_INDENT": "0",
        "ANSIBLE_FORKS": "10",
        **environment,
    }


def _answer(text: str) -> dict[str, Any]:
    start = text.find('{\n"custom_stats"')
    if start < 0:
        return {}
    decoded, _end = json.JSONDecoder().raw_decode(text[start:])
    return decoded
