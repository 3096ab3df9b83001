"""Processes of the stand-in: started bound to their parent's life, known by pid and start time, ended in reverse order."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.support.until import until

HOST = "127.0.0.1"
ATTEMPTS = 100
PORTS = range(15000, 32000)  # below the kernel's ephemeral ports: no outgoing connection can take one between choosing and listening
BOUND = Path(__file__).resolve().with_name("bound.py")
_reservations: dict[str, socket.socket] = {}
# The kernel sends the death signal when the thread that forked ends, so one thread that never ends starts everything.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starter")


def reserve_port() -> int:
    """A free TCP port of 127.0.0.1 that no other stand-in chooses while this process lives, or until `release_port`.

    Raises RuntimeError when no port is free.
    """
    for port in random.sample(PORTS, len(PORTS)):
        if _reserve(HOST, port):
            return port
    raise RuntimeError(f"no free port of {HOST} between {PORTS.start} and {PORTS.stop - 1}")


def release_port(port: int) -> None:
    """Ends the reservation of a port (no error when there is none)."""
    _release(HOST, port)


def reserve_address(port: int) -> str:
    """An address of this machine alone (127.0.0.0/8) whose port is free, and that no other stand-in chooses until `release_address`.

    So what has a fixed port stands side by side with its like. Raises RuntimeError when the port is taken on all addresses.
    """
    for _ in range(ATTEMPTS):
        address = ".".join(str(part) for part in (127, *(random.randint(1, 254) for _ in range(3))))
        if _reserve(address, port):
            return address
    raise RuntimeError(f"port {port} is taken on every address of this machine: something else listens on all of them")


def release_address(address: str, port: int) -> None:
    """Ends the reservation of an address (no error when there is none)."""
    _release(address, port)


def _reserve(address: str, port: int) -> bool:
    """Reserves a port of an address, unless it is taken.

    An abstract Unix socket named after both is the reservation: the kernel drops it with the process.
    """
    reservation = socket.socket(socket.AF_UNIX)
    try:
        reservation.bind(f"\0opta-platform-stand-in-{address}:{port}")
        with socket.socket() as probe:
            probe.bind((address, port))
    except OSError:
        reservation.close()
        return False
    _reservations[f"{address}:{port}"] = reservation
    return True


def _release(address: str, port: int) -> None:
    if f"{address}:{port}" in _reservations:
        _reservations.pop(f"{address}:{port}").close()


def start_time(pid: int) -> str | None:
    """The start time of a living process in clock ticks since boot (field 22 of /proc/PID/stat), None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def resident_mebibytes(pid: int) -> int:
    """Memory that a process holds, in MiB; 0 when it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def is_alive(process: dict[str, Any]) -> bool:
    """Whether this very process (`pid` and `start`) lives: a reused pid has another start time."""
    return process["start"] is not None and start_time(process["pid"]) == process["start"]


def end(process: dict[str, Any], signals: Sequence[tuple[int, float]]) -> bool:
    """Sends each (signal, seconds to wait) in turn until the process is gone; True when it is."""
    for number, seconds in signals:
        if not is_alive(process):
            return True
        with contextlib.suppress(ProcessLookupError):
            os.kill(process["pid"], number)
        with contextlib.suppress(TimeoutError):
            until(lambda: not is_alive(process), seconds, longest_pause=0.02)
    return not is_alive(process)


def bound_to_this_process(death_signal: int, user: str = "") -> list[str]:
    """The beginning of a command that gets the signal when the thread that starts it ends. user: whose process it becomes."""
    return [sys.executable, "-I", "-S", str(BOUND), str(os.getpid()), str(int(death_signal)), user]


class ProcessTable:
    """The processes of one part of the stand-in, written to a JSON file, so that another process can end them too.

    Arguments: the file; the directory of the logs (`NAME.log`), which is also the processes' working directory.
    """

    def __init__(self, path: Path, directory: Path) -> None:
        self.path, self.directory = path, directory
        self.processes: dict[str, dict[str, Any]] = {}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        if path.exists():
            self.processes = json.loads(path.read_text())

    def start(
        self,
        name: str,
        command: Sequence[object],
        environment: dict[str, str | None] | None = None,
        bound: bool = True,
        user: str = "",
        death_signal: int = signal.SIGKILL,
    ) -> None:
        """Starts a process and records it. `bound`: it gets the death signal when this process ends.

        environment: variables to set, or to remove (None). user: whose process it is, when this is root's; only of a bound one.
        """
        variables = {**os.environ, "NO_PROXY": HOST, "no_proxy": HOST, **(environment or {})}
        words = [str(word) for word in command]
        if bound:
            words = [*bound_to_this_process(death_signal, user), *words]
        with (self.directory / f"{name}.log").open("ab") as log:
            child = _starter.submit(
                subprocess.Popen,
                words,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.directory,
                start_new_session=True,
                env={name: value for name, value in variables.items() if value is not None},
            ).result()
        self._children[name] = child
        self.processes[name] = {"pid": child.pid, "start": start_time(child.pid)}
        self._write()

    def wait_until(self, name: str, probe: Callable[[], Any], seconds: float = 120) -> Any:
        """Calls `probe` until it raises no OSError and returns its answer.

        Raises RuntimeError with the log's tail when the process ends before, or when the time is over.
        """
        answers: list[Any] = []

        def answered() -> bool:
            if not is_alive(self.processes[name]):
                return True
            with contextlib.suppress(OSError):
                answers.append(probe())
            return bool(answers)

        with contextlib.suppress(TimeoutError):
            until(answered, seconds, longest_pause=0.05)
        if answers:
            return answers[0]
        state = "did not get ready in time" if is_alive(self.processes[name]) else "ended"
        raise RuntimeError(f"{name} {state}; the end of {self.directory / name}.log:\n{self.log_tail(name)}")

    def log_tail(self, name: str, characters: int = 2000) -> str:
        """The last characters of a process's log."""
        log = self.directory / f"{name}.log"
        return log.read_text(errors="replace")[-characters:] if log.exists() else ""

    def end_all(self, signals: Sequence[tuple[int, float]] = ((signal.SIGTERM, 3), (signal.SIGKILL, 5))) -> list[str]:
        """Ends the processes one at a time, last started first; returns the names of those that would not end."""
        stubborn = []
        for name in reversed(list(self.processes)):
            if end(self.processes[name], signals):
                if name in self._children:
                    self._children.pop(name).wait()
                del self.processes[name]
            else:
                stubborn.append(name)
        self._write()
        return stubborn

    def _write(self) -> None:
        replacement = self.path.with_suffix(".new")
        replacement.write_text(json.dumps(self.processes, indent=1))
        replacement.replace(self.path)
