"""Ansible as the tests run it: playbooks in, the results of every task out."""

from __future__ import annotations

import itertools
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .counts import current_test
from .standin import ROOT

SUPPORT = Path(__file__).resolve().parent
TASK = re.compile(r"^TASK \[(.*)\] \**$", re.MULTILINE)
SETTINGS = {"ANSIBLE_CONFIG": str(SUPPORT / "ansible.cfg")}


@dataclass(frozen=True)
class Run:
    """How a run of ansible-playbook ended: its return code, what it printed, and each task's result."""

    returncode: int
    output: str
    tasks: list[dict[str, Any]]

    @property
    def results(self) -> list[dict[str, Any]]:
        """The results of tasks and loop items; of a loop, its items."""
        return [task["result"] for task in self.tasks if task["status"] != "skipped"]

    def actions(self, host: str | None = None) -> list[dict[str, Any]]:
        """Everything that the modules did or, in check mode, would do."""
        chosen = [task for task in self.tasks if host in (None, task["host"])]
        return [action for task in chosen for action in task["result"].get("actions") or []]

    def changed(self, host: str | None = None) -> list[str]:
        """Names of the tasks that changed something."""
        return [task["task"] for task in self.tasks if task["status"] == "changed" and host in (None, task["host"])]

    def failure(self) -> str:
        """The messages of the tasks that failed."""
        failed = [task for task in self.tasks if task["status"] in ("failed", "item failed", "unreachable")]
        return "\n".join(str(task["result"].get("msg")) for task in failed)


@dataclass(frozen=True)
class Begun:
    """A run that has begun: the process of ansible-playbook, what it prints, and where its results go."""

    pid: int
    output: Path
    results: Path

    def has_ended(self) -> bool:
        """Whether it has ended by itself, or was killed."""
        return not Path(f"/proc/{self.pid}").exists()

    def tasks(self) -> list[str]:
        """The names of the tasks that have begun."""
        return TASK.findall(self.output.read_text()) if self.output.exists() else []


class Playbooks:
    """Runs ansible-playbook against one stand-in, through the server that has imported Ansible and the collection already."""

    def __init__(self, environment: Mapping[str, str], directory: Path) -> None:
        self._environment = {**os.environ, **environment, **SETTINGS}
        self._directory = directory
        self._numbers = itertools.count(1)
        self._server: subprocess.Popen[bytes]
        self._connection: socket.socket | None = None

    def run(
        self,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        directory: Path = ROOT,
    ) -> Run:
        """ansible-playbook with these arguments; variables become extra vars."""
        return self.end(self.begin(*arguments, variables=variables, environment=environment, directory=directory))

    def begin(
        self,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        directory: Path = ROOT,
    ) -> Begun:
        """Begin a run; `end` must follow before the next one."""
        number = next(self._numbers)
        results, output = self._directory / f"{number}.results", self._directory / f"{number}.output"
        extra = ["--extra-vars", json.dumps(variables)] if variables else []
        request = {
            "arguments": [*arguments, *extra],
            "environment": {**self._environment, **current_test(), **(environment or {}), "OPTA_RESULTS": str(results)},
            "directory": str(directory),
        }
        with output.open("wb") as written, open(os.devnull, "rb") as nothing:
            descriptors = [nothing.fileno(), written.fileno(), written.fileno()]
            socket.send_fds(self._connected(), [json.dumps(request).encode()], descriptors)
        return Begun(self._answer()["pid"], output, results)

    def end(self, begun: Begun) -> Run:
        """Wait for the end of a run."""
        returncode = int(self._answer()["returncode"])
        return Run(returncode, begun.output.read_text(), read_results(begun.results))

    def play(self, play: Mapping[str, Any] | Sequence[Mapping[str, Any]], *arguments: str, **settings: Any) -> Run:
        """Run one play, or several, written as data, on the inventory `localhost,` unless arguments name another."""
        path = self._directory / f"play-{next(self._numbers)}.yml"
        path.write_text(json.dumps([play] if isinstance(play, Mapping) else list(play)))
        inventory = [] if "-i" in arguments else ["-i", "localhost,"]
        return self.run(str(path), *inventory, *arguments, **settings)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._server.wait(timeout=60)

    def _connected(self) -> socket.socket:
        if self._connection is None:
            self._connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                command = [sys.executable, "-m", "tests.support.playbook_server", str(theirs.fileno())]
                self._server = subprocess.Popen(
                    command, cwd=ROOT, env=self._environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
                )
        return self._connection

    def _answer(self) -> dict[str, Any]:
        answer = self._connected().recv(1024)
        if not answer:
            raise RuntimeError(f"the playbook server has ended with {self._server.wait()}")
        return dict(json.loads(answer))


def read_results(path: Path) -> list[dict[str, Any]]:
    """The lines that the callback `results` wrote; a line cut by a kill is left out."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]
