"""tests/profile/costs.yml: what the tests cost when `make test-profile` ran last."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.support import collection

PATH = Path(__file__).with_name("costs.yml")
LISTED = 20
HEADING = """---
# What the tests cost, written by `make test-profile`: seconds of the files that take more than one, for the order in which they run, and
# the most expensive tests, which `make test` holds to these numbers (tests/profile/budgets.py).
"""
#: seconds of a file that is not listed, by the beginning of its path
UNLISTED = (("tests/unit/", 0.5), ("tests/contracts/", 1.0), ("tests/integration/", 5.0), ("", 10.0))


@dataclass
class Cost:
    """Seconds with setup and teardown, runs of ansible-playbook, and control planes started."""

    seconds: float = 0.0
    ansible_runs: int = 0
    control_planes: int = 0


@dataclass
class Costs:
    """date: of the measurement, as YYYY-MM-DD. files: seconds by path. tests: the most expensive by node id, the longest first."""

    date: str = ""
    files: dict[str, float] = field(default_factory=dict)
    tests: dict[str, Cost] = field(default_factory=dict)

    def seconds_of(self, file: str) -> float:
        """Seconds of a file, or what one like it takes."""
        if file in self.files:
            return self.files[file]
        return next(seconds for beginning, seconds in UNLISTED if file.startswith(beginning))


def read(path: Path = PATH) -> Costs:
    """Nothing recorded when there is no file."""
    if not path.exists():
        return Costs()
    content = collection.load(path)
    tests = {entry.pop("test"): Cost(**entry) for entry in content["tests"]}
    return Costs(content["date"], content["files"], tests)


class Indented(yaml.SafeDumper):
    """Lists as yamllint wants them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def write(costs: Costs, path: Path = PATH) -> None:
    content = {
        "date": costs.date,
        "files": {file: round(seconds, 1) for file, seconds in costs.files.items()},
        "tests": [{"test": name, **vars(test), "seconds": round(test.seconds, 1)} for name, test in costs.tests.items()],
    }
    path.write_text(HEADING + yaml.dump(content, Dumper=Indented, sort_keys=False, width=1000), encoding="utf-8")


def measured(tests: Mapping[str, Cost]) -> Costs:
    """What is recorded of a run of all tests."""
    ordered = sorted(tests.items(), key=lambda item: -item[1].seconds)
    files = {file: seconds for file, seconds in by_file(tests).items() if seconds > 1}
    return Costs(datetime.date.today().isoformat(), files, dict(ordered[:LISTED]))


def by_file(tests: Mapping[str, Cost]) -> dict[str, float]:
    """Seconds by file, the most first."""
    files: dict[str, float] = {}
    for name, test in tests.items():
        file = name.split("::")[0]
        files[file] = files.get(file, 0) + test.seconds
    return dict(sorted(files.items(), key=lambda item: -item[1]))
