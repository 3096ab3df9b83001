"""The server that forks runs of ansible-playbook, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standin.owner import VARIABLE, identity
from tests.support.process_tree import bound_process, with_variable
from tests.support.standin import ROOT
from tests.support.until import until

COMMAND = ROOT / "tests" / "support" / "commands" / "ansible-playbook"
MARK = "OPTA_TEST_OF"
#: its task's process is a grandchild of the run, in a session of its own
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
PLAY = [{"hosts": "localhost", "gather_facts": False, "vars": LOCAL, "tasks": [{"ansible.builtin.command": "sleep 60"}]}]
OWNER = """
import pathlib, signal, sys
from tests.support.playbooks import Playbooks
playbooks = Playbooks({}, pathlib.Path(sys.argv[1]))
playbooks.begin(sys.argv[2], "-i", "localhost,")
signal.pause()
"""


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A value of the variable MARK, by which everything that the test starts is found."""
    value = f"{tmp_path.name}-{os.getpid()}"
    monkeypatch.setenv(MARK, value)
    yield value
    for pid in with_variable(MARK, value):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def play(tmp_path: Path) -> str:
    (tmp_path / "play.yml").write_text(json.dumps(PLAY))
    return str(tmp_path / "play.yml")


def sleeps(mark: str) -> bool:
    return any(Path(f"/proc/{pid}/comm").read_text() == "sleep\n" for pid in with_variable(MARK, mark))


def runs(mark: str) -> None:
    until(lambda: sleeps(mark), 120, "the play runs its task")


def nothing_runs(mark: str) -> None:
    until(lambda: not list(with_variable(MARK, mark)), 60, "everything has ended")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_and_its_run_end_with_the_test_process(mark: str, play: str, tmp_path: Path, end: signal.Signals) -> None:
    words = [sys.executable, "-c", OWNER, str(tmp_path), play]
    with bound_process(words, cwd=ROOT) as owner:
        runs(mark)
        owner.send_signal(end)
        owner.wait(60)
    nothing_runs(mark)


def test_the_server_of_a_command_ends_with_its_owner(mark: str, play: str, tmp_path: Path) -> None:
    with bound_process(["sleep", "60"], env={}) as owner:
        variables = {**os.environ, "OPTA_PLAYBOOK_SERVERS": str(tmp_path), VARIABLE: identity(owner.pid)}
        with bound_process([str(COMMAND), play, "-i", "localhost,"], env=variables, stdout=subprocess.DEVNULL) as command:
            runs(mark)
            owner.kill()
            assert command.wait(60) == 256 - signal.SIGKILL
    nothing_runs(mark)
    assert [path.suffix for path in tmp_path.iterdir() if path.is_socket()] == []


def test_a_run_ends_with_its_command_and_the_server_serves_the_next_one(mark: str, play: str, tmp_path: Path) -> None:
    variables = {**os.environ, "OPTA_PLAYBOOK_SERVERS": str(tmp_path), VARIABLE: identity(os.getpid())}
    with bound_process([str(COMMAND), play, "-i", "localhost,"], env=variables, stdout=subprocess.DEVNULL) as command:
        runs(mark)
        command.kill()
    until(lambda: not sleeps(mark), 60, "the run has ended")
    shown = subprocess.run([str(COMMAND), "--help"], env=variables, capture_output=True, text=True, check=True).stdout
    assert shown.startswith("usage: ansible-playbook")
    assert len([path for path in tmp_path.iterdir() if path.is_socket()]) == 1


def test_a_server_that_cannot_start_is_reported(tmp_path: Path) -> None:
    variables = {**os.environ, "OPTA_PLAYBOOK_SERVERS": str(tmp_path), VARIABLE: "1:0"}
    done = subprocess.run([str(COMMAND), "--help"], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the playbook server has ended before the run: see" in done.stderr


def test_the_ansible_version_is_read_once_without_a_server(tmp_path: Path) -> None:
    variables = {**os.environ, "OPTA_PLAYBOOK_SERVERS": str(tmp_path)}
    shown = {
        subprocess.run([str(COMMAND), "--version"], env=variables, capture_output=True, text=True, check=True).stdout for _time in "12"
    }
    assert [text.startswith("ansible-playbook [core") for text in shown] == [True]
    assert [path.name for path in tmp_path.iterdir()] == ["version"]
