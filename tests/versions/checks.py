"""The contracts and the unit tests under one ansible-core; what tests the tests' own tools is left out. And every module as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from tests.support.standin import ROOT

from . import installed
from .life import FailedError
from .matrix import newest

#: what pinned versions are compared with is the result of this very run
RECORDS = ("costs", "versions")
PYTEST = ("-m", "pytest", "-q")
LEFT_OUT = ("bench", "documentation", "profile", "selection", "standin", "support", "versions")


def check(ansible_core: str) -> None:
    """Raises FailedError with pytest's own last lines."""
    python = installed.virtual_environment(ansible_core) / "bin"
    environment = {
        **os.environ,
        **installed.settings(ansible_core, newest(ansible_core)),
        "PATH": os.pathsep.join([str(python), os.environ["PATH"]]),
    }
    ignored = [f"--ignore=tests/unit/{name}" for name in LEFT_OUT]
    ignored += [f"--ignore=tests/contracts/test_{name}.py" for name in RECORDS]
    _test([str(python / "python"), *PYTEST, *ignored, "tests/contracts", "tests/unit"], environment)


def check_processes() -> None:
    """Raises FailedError when a module gives another result in the worker than as a process of its own, under the pinned ansible-core."""
    _test([sys.executable, *PYTEST, "-m", "processes", "tests/environment"], os.environ)


def _test(command: Sequence[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(f"{' '.join(command[-2:])} ended with {done.returncode}:\n{done.stdout[-6000:]}{done.stderr[-1000:]}")
