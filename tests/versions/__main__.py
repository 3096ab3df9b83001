"""Runs contracts, unit tests and a life of an environment and a service under each supported release."""

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
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what is run (default: all)")
    options = parser.parse_args()
    right = []
    if "checks" in options.parts:
        right.append(_tried("every module as a process of its own", check_processes))
    for core in options.core:
        if reason := installed.missing(PYTHONS[core]):
            print(f"wrong  ansible-core {core}: {reason}", flush=True)
            right.append(False)
            continue
        if "checks" in options.parts:
            right.append(_tried(f"ansible-core {core}, contracts and unit tests", functools.partial(check, core)))
        if "lives" in options.parts:
            right += [_tried(each.title, functools.partial(live, each)) for each in combinations(core)]
    if not all(right):
        return 1
    if (options.core, options.parts) == (list(PYTHONS), list(PARTS)):
        result = f"{len(right)} right: {', '.join(f'{name} {versions}' for name, versions in ran().items())}"
        long_tests.record("test-versions", long_tests.Result(datetime.date.today().isoformat(), result, long_tests.pinned()))
    return 0


def _tried(title: str, work: Callable[[], None]) -> bool:
    """Do it and say how it ended; whether it ended well."""
    begun, wrong = time.monotonic(), ""
    try:
        work()
    except (FailedError, BinaryError, subprocess.CalledProcessError) as error:
        wrong = f": {error}"
    print(f"{'wrong' if wrong else 'right'}  {title}, {time.monotonic() - begun:.0f} s{wrong}", flush=True)
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
