"""pytest's plugin: what each test cost, and the longest files first."""

from __future__ import annotations

import datetime
import functools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler.loadfile import LoadFileScheduling
from xdist.workermanage import WorkerController

from tests.profile import budgets, costs, long_tests
from tests.support.counts import RUN, ansible_runs
from tests.support.standin import DIRECTORY, KUBERNETES, REGION, ROOT, own_directory

MEASURED = "tests.json"
#: logs of API servers in a stand-in's directory, and what is in them once each time that one starts
LOGS = "clusters/*/*/kube-apiserver.log"
STARTED = re.compile(rb"\] Version: ")


class LongestFirst(LoadFileScheduling):
    """A test process gets its next file when it begins the last test of the one before: no earlier, so that another may be free first."""

    def _reschedule(self, node: WorkerController) -> None:
        if not self.workqueue or self._pending_of(self.assigned_work[node]) <= 1:
            super()._reschedule(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return LongestFirst(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-result", metavar="TARGET", help="record the result of these tests of a make target in docs/long-tests.yml")
    parser.addoption("--budgets", action="store_true", help="fail if a test costs more than tests/profile/costs.yml allows")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Costs(config))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        recorded = costs.read()
        items.sort(key=lambda item: (-recorded.seconds_of(file := item.nodeid.split("::")[0]), file))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    item.stash[BEFORE] = control_planes()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Before the stand-ins of a file are gone: the report of the teardown takes the properties along."""
    item.user_properties.append(("ansible_runs", ansible_runs().count(item.nodeid)))
    item.user_properties.append(("control_planes", max(0, control_planes() - item.stash.get(BEFORE, 0))))
    return (yield)


BEFORE = pytest.StashKey[int]()


def control_planes() -> int:
    """How many have been started so far in the stand-ins of this test process that are still there.

    Without that of the cluster that tests share: whichever of them comes first makes it.
    """
    own = re.compile(rf"-{os.getpid()}(-|$)")
    logs = [log for directory in DIRECTORY.glob("*-*") if own.search(directory.name) for log in directory.glob(LOGS)]
    shared = own_directory() / "clusters" / REGION / KUBERNETES
    return sum(_starts(log, log.stat().st_size) for log in logs if log.parent != shared)


@functools.cache
def _starts(log: Path, _size: int) -> int:
    return len(STARTED.findall(log.read_bytes()))


class Costs:
    """In the process that sees all reports: adds up what each test cost."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.tests: dict[str, costs.Cost] = {}
        self.excesses: list[str] = []
        self._own: Path | None = None
        if RUN not in os.environ:
            (ROOT / ".cache").mkdir(exist_ok=True)
            self._own = Path(tempfile.mkdtemp(prefix="test-run-", dir=ROOT / ".cache"))
            os.environ[RUN] = str(self._own)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = self.tests.setdefault(report.nodeid, costs.Cost())
        test.seconds += report.duration
        if report.when == "teardown":
            for name, value in report.user_properties:
                if hasattr(test, name):
                    setattr(test, name, value)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        found = {name: vars(test) for name, test in self.tests.items()}
        Path(os.environ[RUN], MEASURED).write_text(json.dumps(found), encoding="utf-8")
        if self._config.getoption("budgets"):
            self.excesses = budgets.excesses(costs.read(), self.tests)
            if self.excesses and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        target = self._config.getoption("record_result")
        if target and exitstatus == pytest.ExitCode.OK:
            parts, _colour = terminalreporter.build_summary_stats_line()
            result = f"{', '.join(text for text, _markup in parts)} in {sum(test.seconds for test in self.tests.values()):.0f} s"
            reasons = {report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", [])}
            versions = long_tests.pinned(target)
            long_tests.record(target, long_tests.Result(datetime.date.today().isoformat(), result, versions, sorted(reasons)))
        if self.excesses:
            terminalreporter.section("tests that cost too much", red=True)
            for excess in self.excesses:
                terminalreporter.line(excess)

    def pytest_unconfigure(self) -> None:
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)
            del os.environ[RUN]
