"""A command beside the tests, such as the linters, whose longest one leaves a core to others. Its failure ends the tests, and is theirs."""

from __future__ import annotations

import shlex
import signal
import subprocess
import tempfile

import pytest

from tests.standin.processes import bound_to_this_process
from tests.support.collection import ROOT


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--beside", metavar="COMMAND", help="run this beside the tests: when it fails, they end and fail")


def pytest_configure(config: pytest.Config) -> None:
    command = config.getoption("beside")
    if command and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Beside(command))


class _Beside:
    def __init__(self, command: str) -> None:
        self._command = command
        self._output = tempfile.TemporaryFile("w+")  # noqa: SIM115 - it ends with the session
        self._running: subprocess.Popen[bytes]

    def pytest_sessionstart(self) -> None:
        command = [*bound_to_this_process(signal.SIGTERM), *shlex.split(self._command)]
        self._running = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self._output, stderr=subprocess.STDOUT)

    def pytest_runtest_logreport(self) -> None:
        if self._running.poll():
            pytest.exit(f"{self._command} failed", returncode=int(pytest.ExitCode.TESTS_FAILED))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus != pytest.ExitCode.OK:
            self._running.terminate()
        if self._running.wait() and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._running.returncode > 0:
            self._output.seek(0)
            terminalreporter.section(f"{self._command} failed", red=True)
            terminalreporter.line(self._output.read())
