"""Runs contracts, unit tests and the life cycle of an environment and a service with each supported release."""

from __future__ import annotations

import argparse
import datetime
import functools
import subprocess
import sys
import time
from collections.abc import Callable

from tests.profile import long_tests
from tests.standin.binaries import BinaryError

from . import installed
from .checks import check, check_processes
from .life import FailedError, live
from .matrix import PYTHONS, combinations
from .ran import ran

PARTS = ("checks", "lives")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.versions", description=__doc__)
    parser.add_argument("--core", nargs="+", choices=PYTHONS, default=list(PYTHONS), help="releases of ansible-core (default: all)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="parts to run (default: all)")
    options = parser.parse_args()
    passed = []
    if "checks" in options.parts:
        passed.append(_tried("every module as a process", check_processes))
    for core in options.core:
        if reason := installed.missing(PYTHONS[core]):
            print(f"failed  ansible-core {core}: {reason}", flush=True)
            passed.append(False)
            continue
        if "checks" in options.parts:
            passed.append(_tried(f"ansible-core {core}, contracts and unit tests", functools.partial(check, core)))
        if "lives" in options.parts:
            passed += [_tried(each.title, functools.partial(live, each)) for each in combinations(core)]
    if not all(passed):
        return 1
    if (options.core, options.parts) == (list(PYTHONS), list(PARTS)):
        result = f"{len(passed)} passed: {', '.join(f'{name} {versions}' for name, versions in ran().items())}"
        long_tests.record("test-versions", long_tests.Result(datetime.date.today().isoformat(), result, long_tests.pinned()))
    return 0


def _tried(title: str, work: Callable[[], None]) -> bool:
    """Do the work and print how it ended. Returns whether it passed."""
    begun, failure = time.monotonic(), ""
    try:
        work()
    except (FailedError, BinaryError, subprocess.CalledProcessError) as error:
        failure = f": {error}"
    print(f"{'failed' if failure else 'passed'}  {title}, {time.monotonic() - begun:.0f} s{failure}", flush=True)
    return not failure


if __name__ == "__main__":
    sys.exit(main())
