"""Ports and processes of the stand-in."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standin import processes
from tests.standin.processes import HOST, ProcessTable, end, is_alive, release_port, reserve_port, start_time
from tests.support.process_tree import bound_process
from tests.support.until import until

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def table(tmp_path: Path) -> Iterator[ProcessTable]:
    running = ProcessTable(tmp_path / "processes.json", tmp_path)
    yield running
    running.end_all(((signal.SIGKILL, 5),))


def test_a_reserved_port_is_not_reserved_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    first = reserve_port()
    monkeypatch.setattr(processes, "PORTS", range(first, first + 1))
    with pytest.raises(RuntimeError, match="no free port"):
        reserve_port()
    release_port(first)
    assert reserve_port() == first
    release_port(first)


def test_a_port_in_use_is_not_reserved(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        port = listening.getsockname()[1]
        monkeypatch.setattr(processes, "PORTS", range(port, port + 1))
        with pytest.raises(RuntimeError, match="no free port"):
            reserve_port()


def test_a_reservation_holds_across_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    port = reserve_port()
    program = f"from tests.standin import processes; processes.PORTS = range({port}, {port + 1}); processes.reserve_port()"
    other = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    release_port(port)
    assert "no free port" in other.stderr


def test_a_process_is_recorded_and_ended(table: ProcessTable) -> None:
    table.start("sleeper", ["/bin/sleep", "60"])
    recorded = json.loads(table.path.read_text())["sleeper"]
    assert is_alive(recorded)
    assert table.end_all() == []
    assert not is_alive(recorded)
    assert json.loads(table.path.read_text()) == {}


def test_another_process_can_end_what_is_recorded(table: ProcessTable) -> None:
    table.start("sleeper", ["/bin/sleep", "60"])
    recorded = table.processes["sleeper"]
    ProcessTable(table.path, table.directory).end_all()
    assert not is_alive(recorded)


def test_processes_end_last_started_first(table: ProcessTable, tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    for name in ("first", "second", "third"):
        program = f"trap 'echo {name} >> {ended}; exit' TERM; echo ready > {tmp_path / name}; while :; do sleep 0.02; done"
        table.start(name, ["/bin/sh", "-c", program])
        table.wait_until(name, (tmp_path / name).read_text, seconds=10)
    table.end_all()
    assert ended.read_text().split() == ["third", "second", "first"]


def test_a_process_that_ignores_sigterm_is_killed(table: ProcessTable, tmp_path: Path) -> None:
    table.start("deaf", ["/bin/sh", "-c", f"trap '' TERM; echo ready > {tmp_path / 'ready'}; while :; do sleep 0.02; done"])
    table.wait_until("deaf", (tmp_path / "ready").read_text, seconds=10)
    recorded = table.processes["deaf"]
    assert table.end_all(((signal.SIGTERM, 0.2), (signal.SIGKILL, 5))) == []
    assert not is_alive(recorded)


def test_a_reused_pid_is_never_ended() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as innocent:
        earlier = {"pid": innocent.pid, "start": "1"}
        assert end(earlier, ((signal.SIGKILL, 1),))
        assert innocent.poll() is None
        innocent.kill()


def test_a_process_that_ends_early_shows_its_log(table: ProcessTable) -> None:
    table.start("broken", ["/bin/sh", "-c", "echo the reason; exit 3"])

    def never() -> None:
        raise ConnectionError

    with pytest.raises(RuntimeError, match="(?s)broken ended.*the reason"):
        table.wait_until("broken", never, seconds=10)


def test_a_process_that_does_not_become_ready_is_reported(table: ProcessTable) -> None:
    table.start("slow", ["/bin/sleep", "60"])

    def never() -> None:
        raise ConnectionError

    with pytest.raises(RuntimeError, match="slow did not get ready in time"):
        table.wait_until("slow", never, seconds=0.1)


def test_variables_are_set_and_removed(table: ProcessTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    seen = tmp_path / "seen"
    program = f'echo "[$AWS_PROFILE] [$MORE]" > {seen}.new; mv {seen}.new {seen}'
    table.start("shell", ["/bin/sh", "-c", program], {"AWS_PROFILE": None, "MORE": "yes"})
    until(seen.exists, 10, "the process has begun")
    assert seen.read_text() == "[] [yes]\n"


def test_bound_processes_die_with_the_one_that_started_them(tmp_path: Path) -> None:
    """Also when the thread that asked for them has ended long ago, and however hard the parent dies."""
    program = f"""
import pathlib, signal, threading
from tests.standin.processes import ProcessTable
directory = pathlib.Path({str(tmp_path)!r})
table = ProcessTable(directory / "processes.json", directory)
thread = threading.Thread(target=table.start, args=("child", ["/bin/sleep", "60"]))
thread.start(); thread.join()
table.start("later", ["/bin/true"])
table.wait_until("later", lambda: (directory / "later.log").stat())
(directory / "started").touch()
signal.pause()
"""
    words = [sys.executable, "-c", program]
    with bound_process(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) as parent:
        until((tmp_path / "started").exists, 20, "the child has begun")
        child = json.loads((tmp_path / "processes.json").read_text())["child"]
        assert is_alive(child)
        parent.kill()
    until(lambda: not is_alive(child), 10, "the child has ended")


def test_an_ended_process_has_no_start_time() -> None:
    with subprocess.Popen(["/bin/true"]) as ended:
        pid = ended.pid
        until(lambda: start_time(pid) is None, 10, "it is a zombie")
    assert start_time(pid) is None
